"""How far indexing is, drawn on a terminal: only where it takes long enough to be seen, and gone when it ends."""

import sys
import time
from typing import TYPE_CHECKING, Self

from qabot.types import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

_SHOWN_AFTER_SECONDS = 0.5


class ProgressBar:
    """To be used with `with`; `update` and `waiting` are what `index.refresh` wants."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._bar: Bar | None = None
        self._said = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def update(self, progress: Progress) -> None:
        """Show how far it is."""
        if not sys.stderr.isatty() or time.monotonic() - self._started < _SHOWN_AFTER_SECONDS:
            return
        if self._bar is None:
            self._bar = _drawn()
        part = progress.texts / progress.of_texts if progress.of_texts else 0.0
        name = "".join(character if character.isprintable() else "?" for character in progress.path)
        [task] = self._bar.tasks
        rate = f"{task.speed:.1f} a second" if task.speed else ""
        done = progress.document - 1 + part
        self._bar.update(task.id, completed=done, total=progress.documents, rate=rate, name=name)

    def waiting(self) -> None:
        """Say, once, that another process is indexing."""
        if not self._said:
            print("qabot: waiting for another process that is indexing ...", file=sys.stderr)
            self._said = True


def _drawn() -> "Bar":
    # Imported only when something is drawn: it takes longer than an answer.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        TextColumn("indexing"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[name]}", markup=False),
        console=Console(stderr=True),
        transient=True,
    )
    bar.add_task("indexing", rate="", name="")
    bar.start()
    return bar
