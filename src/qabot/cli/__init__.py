"""The command line: reads arguments, shows results, turns errors into one sentence and an exit status.

Exit status: 0 answered, 1 not answered (or not intact, or fallen below a baseline), 2 an error, 130 Ctrl-C.
What takes long to import is imported in the command that needs it.
"""

import io
import os
import sys
import traceback

import click

from qabot import __version__
from qabot.cli.asking import ask, chat
from qabot.cli.discord import bot
from qabot.cli.documents import index, show, sources, verify
from qabot.cli.measuring import calibrate, evaluate_command
from qabot.cli.screen import say
from qabot.errors import QabotError


def main() -> None:
    """Run the command line and exit."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command line and return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        # A quote may hold what the terminal's encoding does not: better shown by number than not at all.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        status = commands.main(arguments, "qabot", standalone_mode=False)
        if sys.stdout is not None:  # as it is where a shell has closed it
            sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return 2
    except click.ClickException as error:
        command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "qabot"
        say(f"{error.format_message()} See {command} --help.")
        return 2
    except (click.Abort, KeyboardInterrupt):
        return 130
    except (BrokenPipeError, SystemExit):
        # Whoever read the output has gone (click turns that into SystemExit); Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except Exception as error:
        if isinstance(error, QabotError):
            say(str(error))
        elif isinstance(error, OSError):
            say(f"Something could not be read or written: {error}.")
        else:
            say(f"Something unexpected went wrong ({type(error).__name__}: {error}); see it whole with -v.")
        if {"-v", "--verbose"} & set(arguments):
            traceback.print_exc()
        return 2


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("-v", "--verbose", is_flag=True, expose_value=False, help="Show errors with their traceback.")
@click.version_option(__version__, "-V", "--version", message="qabot %(version)s")
def commands() -> None:
    """Answer questions from your documents, word for word, with the section they stand in.

    \b
    qabot ask "What energy density do the new solid-state cells reach?"
    qabot chat
    qabot sources
    """


for command in (ask, chat, index, sources, show, verify, evaluate_command, calibrate, bot):
    commands.add_command(command)
