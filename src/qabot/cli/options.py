"""The options that commands share, and the answerer that they name."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from qabot.cli.screen import say
from qabot.settings import Settings

if TYPE_CHECKING:
    from qabot.answer import Answerer


def takes_places(command: Callable[..., Any]) -> Callable[..., Any]:
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


def asks_also(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option that asks further collections."""
    text = "Ask this collection of the index too, as it was last indexed; may be given several times."
    return click.option("--also", multiple=True, metavar="NAME", help=text)(command)


def open_answerer(places: dict[str, str | None], *, asking: bool = True, patient: bool = False) -> "Answerer":
    """An answerer; what may be wrong with its answers is said if they are asked for.

    Whoever asks does not wait for another process that is indexing, unless `patient`.
    """
    from qabot.answer import Answerer
    from qabot.progress import ProgressBar

    settings = Settings.load(places)
    with ProgressBar() as bar:
        answerer = Answerer(settings, bar.update, bar.waiting, patient=patient or not asking)
    if not answerer.store.writable:
        say(f"The index {answerer.store.path} cannot be written; answering from what is there.")
    if asking:
        if answerer.summary.behind:
            say("Another process is indexing; answering from what is there.")
        for skipped in answerer.summary.skipped:
            say(f"skipped {skipped.path}: {skipped.reason}")
        if not answerer.calibrated:
            models = [answerer.encoder.name, *([answerer.reading_model.name] if answerer.reading_model else [])]
            say(f"How sure is not fitted for {' and '.join(models)}; see qabot calibrate --help.")
    return answerer
