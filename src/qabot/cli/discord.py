"""`bot`: answering on Discord."""

import click

from qabot.cli.options import open_answerer
from qabot.render.wording import one_line
from qabot.settings import Settings


@click.command()
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
        for finding in findings(lambda: open_answerer({}, asking=False), Settings.load()):
            click.echo(one_line(str(finding)))
            good = good and finding.good
        return 0 if good else 2
    from qabot.discord_app import main as start

    return start()
