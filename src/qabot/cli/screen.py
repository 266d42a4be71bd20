"""What the commands show: styled lines, and a word beside them where something is to be said."""

import os
import shutil
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from qabot.render.wording import one_line

if TYPE_CHECKING:
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


def print_lines(lines: Iterable["Line"]) -> None:
    """Print lines, in colour where someone looks."""
    colour = False if os.environ.get("NO_COLOR") else None
    for line in lines:
        click.echo("".join(click.style(span.text, **_STYLES[span.style]) for span in line), color=colour)


def say(message: str) -> None:
    """Say something beside the answer: names of files and texts of errors may hold anything."""
    click.echo(f"qabot: {one_line(message)}", err=True)


def terminal_width() -> int | None:
    """The columns to wrap at, or None where no one looks."""
    return min(shutil.get_terminal_size().columns, _WIDEST) if sys.stdout and sys.stdout.isatty() else None
