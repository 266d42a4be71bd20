"""`index`, `sources`, `show` and `verify`: the documents, and places in them."""

from contextlib import closing
from typing import TYPE_CHECKING

import click

from qabot.cli.options import open_answerer, takes_places
from qabot.cli.screen import print_lines, say, terminal_width
from qabot.errors import QabotError

if TYPE_CHECKING:
    from qabot.answer import Answerer

_WATCH_MILLISECONDS = 60_000


@click.command()
@click.option("--watch", is_flag=True, help="Go on, and take in every change of the folder as it happens.")
@takes_places
def index(watch: bool, **places: str | None) -> int:
    """Bring the index up to date and say what changed. Other commands do this by themselves.

    Only what changed is read, and of that only what is new is encoded. Questions are answered all the while.

    \b
    qabot index
    qabot index --watch
    qabot index --knowledge handbook --collection handbook --index team.sqlite
    """
    from qabot.render.terminal import summary_lines

    with closing(open_answerer(places, asking=False)) as answerer:
        print_lines(summary_lines(answerer.summary, answerer.sources(), answerer.store.path))
        if watch:
            _watch(answerer)
    return 0


@click.command()
@click.option("--json", "objects", is_flag=True, help="Print one JSON object a document.")
@takes_places
def sources(objects: bool, **places: str | None) -> int:
    """List the documents that are answered from, with their sections."""
    from qabot.render.machine import as_json, source_object
    from qabot.render.terminal import source_lines

    with closing(open_answerer(places)) as answerer:
        if objects:
            for source in answerer.sources():
                click.echo(as_json(source_object(source)))
        else:
            print_lines(source_lines(answerer.sources()))
    return 0


@click.command()
@click.argument("reference")
@takes_places
def show(reference: str, **places: str | None) -> int:
    """Show the passage that a REFERENCE points to, in its section.

    \b
    qabot show "china-battery-innovation.txt#char=1293,1504"
    """
    from qabot.render.terminal import context_lines

    with closing(open_answerer(places)) as answerer:
        print_lines(context_lines(answerer.show(reference), answerer.file, terminal_width()))
    return 0


@click.command()
@click.argument("reference")
@takes_places
def verify(reference: str, **places: str | None) -> int:
    """Say whether the quote that a REFERENCE points to still stands: intact, moved or altered.

    Exit status: 0 intact, 1 moved or altered, 2 error.
    """
    from qabot.render.terminal import verification_lines

    with closing(open_answerer(places)) as answerer:
        verification = answerer.verify(reference)
    print_lines(verification_lines(verification))
    return 0 if verification.state == "intact" else 1


def _watch(answerer: "Answerer") -> None:
    """Take in the changes of the folder as they happen, and say what is new."""
    from watchfiles import watch as changes

    from qabot.progress import ProgressBar
    from qabot.render.terminal import summary_lines

    say(f"watching {answerer.knowledge}; Ctrl-C ends.")
    skipped, trouble = answerer.summary.skipped, ""
    # Changes with less than half a second between them, as when a folder is copied, are taken in together. The folder
    # is also looked at once a minute: not every disk tells of its changes, and what went wrong may go well now.
    for _ in changes(
        answerer.knowledge,
        watch_filter=None,
        debounce=5_000,
        step=500,
        rust_timeout=_WATCH_MILLISECONDS,
        yield_on_timeout=True,
        ignore_permission_denied=True,
    ):
        try:
            with ProgressBar() as bar:
                summary = answerer.refresh(bar.update, bar.waiting)
            if summary.added or summary.changed or summary.removed or summary.skipped != skipped:
                print_lines(summary_lines(summary, answerer.sources(), answerer.store.path))
            skipped, trouble = summary.skipped, ""
        except QabotError as error:  # an emptied folder, say: it may be filled again
            if str(error) != trouble:
                say(str(error))
            trouble = str(error)
