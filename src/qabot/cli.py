"""The command line: reads arguments, shows results, turns errors into one sentence and an exit status.

Exit status: 0 answered, 1 not answered (or not intact, or fallen below a baseline), 2 an error, 130 Ctrl-C.
What takes long to import is imported in the command that needs it.
"""

import io
import os
import shutil
import sys
import traceback
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qabot import __version__
from qabot.errors import QabotError
from qabot.render.wording import one_line
from qabot.settings import Settings

if TYPE_CHECKING:
    from qabot.answer import Answerer
    from qabot.evaluate import Report
    from qabot.render.terminal import Line

_STYLES: dict[str, dict[str, Any]] = {
    "plain": {},
    "mark": {"bold": True},
    "dim": {"dim": True},
    "good": {"fg": "green"},
    "doubtful": {"fg": "yellow"},
    "bar": {"fg": "green"},
}
_WIDEST = 110
_WATCH_MILLISECONDS = 60_000


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
        _say(f"{error.format_message()} See {command} --help.")
        return 2
    except (click.Abort, KeyboardInterrupt):
        return 130
    except (BrokenPipeError, SystemExit):
        # Whoever read the output has gone (click turns that into SystemExit); Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except Exception as error:
        if isinstance(error, QabotError):
            _say(str(error))
        elif isinstance(error, OSError):
            _say(f"Something could not be read or written: {error}.")
        else:
            _say(f"Something unexpected went wrong ({type(error).__name__}: {error}); see it whole with -v.")
        if {"-v", "--verbose"} & set(arguments):
            traceback.print_exc()
        return 2


def _share(context: click.Context, parameter: click.Parameter, value: str) -> float:
    """A share between 0 and 1, written as people do: "10%"."""
    try:
        share = float(value.replace("%", "")) / 100
    except ValueError:
        share = 0.0
    # 0.1 without the sign might mean a tenth.
    if not 0 < share < 1 or ("%" not in value and share < 0.01):
        raise click.BadParameter(f"{value!r} is no risk: write a percentage such as 10%.", context, parameter)
    return share


def _also(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option that asks further collections."""
    text = "Ask this collection of the index too, as it was last indexed; may be given several times."
    return click.option("--also", multiple=True, metavar="NAME", help=text)(command)


def _places(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say where things are, on every command that answers."""
    options = (
        click.option("--knowledge", metavar="DIR", help="The folder of documents [knowledge/]."),
        click.option("--index", metavar="FILE", help="The index [.qabot/ beside the folder of documents]."),
        click.option("--collection", metavar="NAME", help="The name of this set of documents in the index [default]."),
        click.option("--encoder", metavar="MODEL", help="Another sentence-transformers model, by name or folder."),
        click.option("--reader", metavar="DIR", help="Another reading model's folder, or off to answer without one."),
        click.option("-v", "--verbose", is_flag=True, expose_value=False, help="Show errors with their traceback."),
    )
    for option in reversed(options):
        command = option(command)
    return command


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


@commands.command()
@click.argument("question", nargs=-1, required=True)
@click.option("--json", "one_object", is_flag=True, help="Print one JSON object.")
@click.option("-k", "limit", type=click.IntRange(1, 20), help="At most so many quotes [as many as answer together].")
@_also
@_places
def ask(
    question: tuple[str, ...], one_object: bool, limit: int | None, also: tuple[str, ...], **places: str | None
) -> int:
    """Ask the documents a QUESTION.

    "-" reads one question a line and prints one JSON object a line. Exit status: 0 answered, 1 not answered, 2 error.

    \b
    qabot ask "Who leads the National Battery Innovation Center?"
    qabot ask --json "Which emerging applications are there?" | python3 -m json.tool
    qabot ask - < questions.txt > answers.jsonl
    """
    from qabot.render.machine import as_json, as_object
    from qabot.types import Answer

    with closing(_answerer(places)) as answerer:
        if question == ("-",):
            for line in sys.stdin.buffer if sys.stdin is not None else ():
                click.echo(as_json(_asked(answerer, line.decode(errors="replace").rstrip("\r\n"), limit, also)))
            return 0
        result = answerer.ask(" ".join(question), limit=limit, also=also)
        if one_object:
            click.echo(as_json(as_object(result)))
        else:
            from qabot.render.terminal import result_lines

            _show(result_lines(result, answerer.file, _width()))
    return 0 if isinstance(result, Answer) else 1


@commands.command()
@_also
@_places
def chat(also: tuple[str, ...], **places: str | None) -> int:
    """Ask one question after the other, with follow-ups ("and sodium-ion?", "who said that?").

    Tab completes words of the documents, the arrow keys bring back earlier questions, Ctrl-D ends.
    """
    from qabot.chat import converse

    with closing(_answerer(places)) as answerer:
        return converse(answerer, lambda lines: _show(lines), _width(), also)


@commands.command()
@click.option("--watch", is_flag=True, help="Go on, and take in every change of the folder as it happens.")
@_places
def index(watch: bool, **places: str | None) -> int:
    """Bring the index up to date and say what changed. Other commands do this by themselves.

    Only what changed is read, and of that only what is new is encoded. Questions are answered all the while.

    \b
    qabot index
    qabot index --watch
    qabot index --knowledge handbook --collection handbook --index team.sqlite
    """
    from qabot.render.terminal import summary_lines

    with closing(_answerer(places, asking=False)) as answerer:
        _show(summary_lines(answerer.summary, answerer.sources(), answerer.store.path))
        if watch:
            _watch(answerer)
    return 0


def _watch(answerer: "Answerer") -> None:
    """Take in the changes of the folder as they happen, and say what is new."""
    from watchfiles import watch as changes

    from qabot.progress import ProgressBar
    from qabot.render.terminal import summary_lines

    _say(f"watching {answerer.knowledge}; Ctrl-C ends.")
    skipped, trouble = answerer.summary.skipped, ""
    # Several changes within a second and a half, as when a folder is copied, are taken in together. The folder is also
    # looked at once a minute: not every disk tells of its changes, and what went wrong before may go well now.
    for _ in changes(
        answerer.knowledge,
        watch_filter=None,
        rust_timeout=_WATCH_MILLISECONDS,
        yield_on_timeout=True,
        ignore_permission_denied=True,
    ):
        try:
            with ProgressBar() as bar:
                summary = answerer.refresh(bar.update, bar.waiting)
            if summary.added or summary.changed or summary.removed or summary.skipped != skipped:
                _show(summary_lines(summary, answerer.sources(), answerer.store.path))
            skipped, trouble = summary.skipped, ""
        except QabotError as error:  # an emptied folder, say: it may be filled again
            if str(error) != trouble:
                _say(str(error))
            trouble = str(error)


@commands.command()
@click.option("--json", "objects", is_flag=True, help="Print one JSON object a document.")
@_places
def sources(objects: bool, **places: str | None) -> int:
    """List the documents that are answered from, with their sections."""
    from qabot.render.machine import as_json, source_object
    from qabot.render.terminal import source_lines

    with closing(_answerer(places)) as answerer:
        if objects:
            for source in answerer.sources():
                click.echo(as_json(source_object(source)))
        else:
            _show(source_lines(answerer.sources()))
    return 0


@commands.command()
@click.argument("reference")
@_places
def show(reference: str, **places: str | None) -> int:
    """Show the passage that a REFERENCE points to, in its section.

    \b
    qabot show "china-battery-innovation.txt#char=1293,1504"
    """
    from qabot.render.terminal import context_lines

    with closing(_answerer(places)) as answerer:
        _show(context_lines(answerer.show(reference), answerer.file, _width()))
    return 0


@commands.command()
@click.argument("reference")
@_places
def verify(reference: str, **places: str | None) -> int:
    """Say whether the quote that a REFERENCE points to still stands: intact, moved or altered.

    Exit status: 0 intact, 1 moved or altered, 2 error.
    """
    from qabot.render.terminal import verification_lines

    with closing(_answerer(places)) as answerer:
        verification = answerer.verify(reference)
    _show(verification_lines(verification))
    return 0 if verification.state == "intact" else 1


@commands.command("eval")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--split", help='Only the questions of this split ("dev", "test").')
@click.option("--report", type=click.Path(path_type=Path), metavar="HTML", help="Write a page with every question.")
@click.option("--baseline", type=click.Path(path_type=Path), metavar="JSON", help="Fail where a figure fell below.")
@click.option("--write-baseline", type=click.Path(path_type=Path), metavar="JSON", help="Record these figures.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON object.")
@_also
@_places
def evaluate_command(
    file: Path,
    split: str | None,
    report: Path | None,
    baseline: Path | None,
    write_baseline: Path | None,
    as_json: bool,
    also: tuple[str, ...],
    **places: str | None,
) -> int:
    """Measure the answers to the labelled questions of FILE (JSON lines).

    Exit status: 0, 1 where a figure fell below the baseline, 2 where a quote is not verbatim.

    \b
    qabot eval tests/data/article_questions.jsonl --split test
    qabot eval questions.jsonl --report report.html
    """
    from qabot.evaluate import evaluate, read_questions

    questions = read_questions(file, split, Settings.load(places).collection)
    with closing(_answerer(places, patient=True)) as answerer:
        about = {
            "questions": str(file),
            "split": split or "all",
            "encoder": answerer.encoder.name,
            "reader": answerer.reading_model.name if answerer.reading_model else "off",
            "qabot": __version__,
        }
        quiet = not (sys.stderr and sys.stderr.isatty())
        with click.progressbar(length=len(questions), label="asking", file=sys.stderr, hidden=quiet) as bar:
            measured = evaluate(answerer, questions, lambda done, of: bar.update(done - bar.pos), about, also)
    if as_json:
        click.echo(measured.to_json())
    else:
        click.echo("\n".join(measured.lines()))
    if report:
        _write(report, measured.to_html())
    if write_baseline:
        _write(write_baseline, measured.to_baseline())
    return _judged(measured, _fallen(measured, baseline) if baseline else [])


@commands.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--split", help='Only the questions of this split ("dev").')
@click.option("--risk", callback=_share, default="10%", help="How many of the answers may be wrong [10%].")
@click.option("--reset", is_flag=True, help="Forget what was fitted to these documents; no FILE needed.")
@_places
def calibrate(file: Path | None, split: str | None, risk: float, reset: bool, **places: str | None) -> int:
    """Fit how passages are ranked, sentences chosen and answers refused to your documents and questions.

    FILE holds labelled questions (JSON lines), some of which the documents do not answer. The numbers are kept
    beside the index and used from then on; --reset takes them back.

    \b
    qabot calibrate questions.jsonl
    qabot calibrate questions.jsonl --risk 5%     # fewer answers, and fewer of them wrong
    """
    from qabot.answer import own_calibration

    if reset:
        own_calibration(Settings.load(places)).unlink(missing_ok=True)
        click.echo("The numbers that came with the model are used again.")
        return 0
    if file is None:
        raise click.UsageError("Give a FILE of labelled questions, or --reset.")
    from qabot.evaluate import evaluate, read_questions
    from qabot.evaluate.calibrate import calibrate as fit

    questions = read_questions(file, split, Settings.load(places).collection)
    with closing(_answerer(places, asking=False)) as answerer:
        name = f"{file.name}, {f'split {split}, ' if split else ''}n = {len(questions)}"
        fitted = fit([(answerer, questions)], name, risk, lambda step: click.echo(f"{step} ...", err=True))
        path = own_calibration(answerer.settings)
        fitted.calibration.save(path)
    with closing(_answerer(places, asking=False)) as answerer:
        measured = evaluate(answerer, questions)
    click.echo(f"Fitted on {name}; kept in {path}.")
    click.echo("How sure was fitted without the questions that it is measured on (ten-fold). Half of them answerable:")
    for level in fitted.levels:
        click.echo(f"  {level}{'  <- the threshold' if level.risk == risk else ''}")
    click.echo("On these same questions, so better than on others:")
    click.echo("\n".join(measured.lines()))
    return 0


@commands.command()
@click.option("--check", is_flag=True, help="Only say whether all is there that the bot needs.")
@click.option("-v", "--verbose", is_flag=True, expose_value=False, help="Show errors with their traceback.")
def bot(check: bool) -> int:
    """Answer on Discord. The token is taken from DISCORD_TOKEN or the file that DISCORD_TOKEN_FILE names.

    --check looks at the token, the application, the permissions on each server, the documents and the models, and
    does not connect. Exit status: 0 all is in order, 2 something is not.

    \b
    DISCORD_TOKEN_FILE=token qabot bot --check
    """
    if check:
        from qabot.discord_app.check import check as findings

        good = True
        for finding in findings(lambda: _answerer({}, asking=False), Settings.load()):
            click.echo(one_line(str(finding)))
            good = good and finding.good
        return 0 if good else 2
    from qabot.discord_app import main as start

    return start()


def _answerer(places: dict[str, str | None], *, asking: bool = True, patient: bool = False) -> "Answerer":
    """An answerer; what may be wrong with its answers is said if they are asked for.

    Whoever asks does not wait for another process that is indexing, unless `patient`.
    """
    from qabot.answer import Answerer
    from qabot.progress import ProgressBar

    settings = Settings.load(places)
    with ProgressBar() as bar:
        answerer = Answerer(settings, bar.update, bar.waiting, patient=patient or not asking)
    if not answerer.store.writable:
        _say(f"The index {answerer.store.path} cannot be written; answering from what is there.")
    if asking:
        if answerer.summary.behind:
            _say("Another process is indexing; answering from what is there.")
        for skipped in answerer.summary.skipped:
            _say(f"skipped {skipped.path}: {skipped.reason}")
        if not answerer.calibrated:
            models = [answerer.encoder.name, *([answerer.reading_model.name] if answerer.reading_model else [])]
            _say(f"How sure is not fitted for {' and '.join(models)}; see qabot calibrate --help.")
    return answerer


def _asked(answerer: "Answerer", question: str, limit: int | None, also: tuple[str, ...]) -> dict[str, Any]:
    from qabot.render.machine import as_object

    try:
        return as_object(answerer.ask(question, limit=limit, also=also))
    except QabotError as error:
        return {"question": question, "error": str(error)}


def _fallen(measured: "Report", baseline: Path) -> list[str]:
    from qabot.evaluate import compare

    try:
        return compare(measured, _read(baseline))
    except QabotError as error:
        raise QabotError(f"{baseline}: {error}") from error


def _judged(measured: "Report", fallen: Iterable[str]) -> int:
    for sentence in [*measured.errors, *fallen]:
        _say(sentence)
    return 2 if measured.errors else 1 if fallen else 0


def _say(message: str) -> None:
    """Say something beside the answer: names of files and texts of errors may hold anything."""
    click.echo(f"qabot: {one_line(message)}", err=True)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QabotError(f"{path} cannot be read: {error}.") from error


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise QabotError(f"{path} cannot be written: {error.strerror}.") from error


def _width() -> int | None:
    """The columns to wrap at, or None where no one looks."""
    return min(shutil.get_terminal_size().columns, _WIDEST) if sys.stdout and sys.stdout.isatty() else None


def _show(lines: Iterable["Line"]) -> None:
    colour = False if os.environ.get("NO_COLOR") else None
    for line in lines:
        click.echo("".join(click.style(span.text, **_STYLES[span.style]) for span in line), color=colour)
