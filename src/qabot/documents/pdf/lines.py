"""The words of a PDF page -> its lines."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

# Letters whose baselines lie apart by more of their size than this are on different lines.
_APART = 0.6
# Words of one line that are further apart, in letter sizes, are cells of a table or a number in the margin.
_WIDE = 1.5


@dataclass(frozen=True, slots=True)
class Style:
    """How letters are set. `size` is in points on the page."""

    font: str
    size: float
    bold: bool


class Word(NamedTuple):
    """Letters between two spaces, or as many of them as stand on one height. `glued` ones follow without a space.

    `advance` is the mean distance between its letters, in their size; 0 where it has only one.
    """

    text: str
    left: float
    right: float
    baseline: float
    style: Style
    turn: int
    glued: bool
    advance: float


@dataclass(frozen=True)
class Line:
    """The words on one line of the page `page`, which counts from 0. Heights count from the bottom of the page.

    `turn` says by how many quarters of a circle the line is turned against the page.
    """

    page: int
    words: tuple[Word, ...]

    @cached_property
    def text(self) -> str:
        """The line as text, with single spaces."""
        return join(self.words)

    @cached_property
    def style(self) -> Style:
        """How most of its letters are set."""
        count: Counter[Style] = Counter()
        for word in self.words:
            count[word.style] += len(word.text)
        return count.most_common(1)[0][0]

    @cached_property
    def baseline(self) -> float:
        """The height of its largest letters."""
        return max(self.words, key=lambda word: word.style.size).baseline

    @property
    def left(self) -> float:
        """Where it begins."""
        return self.words[0].left

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.words[-1].right

    @property
    def turn(self) -> int:
        """Quarters of a circle."""
        return self.words[0].turn

    @cached_property
    def bold(self) -> bool:
        """Whether all of it is bold."""
        return all(word.style.bold for word in self.words)

    @cached_property
    def cells(self) -> tuple[tuple[Word, ...], ...]:
        """Its words, parted where wide gaps are."""
        cells = [[self.words[0]]]
        for before, word in zip(self.words, self.words[1:], strict=False):
            if word.left - before.right > _WIDE * self.style.size:
                cells.append([])
            cells[-1].append(word)
        return tuple(map(tuple, cells))


def join(words: Sequence[Word]) -> str:
    """Words as text, with single spaces."""
    text = "".join(word.text if word.glued else f" {word.text}" for word in words).strip()
    return unicodedata.normalize("NFC", text)


def lines(words: Iterable[Word | None], page: int) -> list[Line]:
    """The lines that the words of a page make; at None a line may end."""
    found: list[Line] = []
    line: list[Word] = []
    parted = False
    for word in words:
        if word is None:
            parted = True
            continue
        if line and not _continues(line[-1], word, parted):
            found.append(Line(page, tuple(line)))
            line = []
        line.append(word)
        parted = False
    if line:
        found.append(Line(page, tuple(line)))
    return found


def _continues(before: Word, word: Word, parted: bool) -> bool:
    """Whether `word` stands on the line of the word before it. pdfium ends lines, too, at a formula's tall brackets."""
    size = max(before.style.size, word.style.size)
    if word.turn != before.turn or abs(word.baseline - before.baseline) > _APART * size:
        return False
    return not parted or word.left > before.right - size
