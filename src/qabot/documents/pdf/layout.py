"""What a whole PDF has in common: the letters of its running text, the distance of its lines, its fixed-width fonts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from qabot.documents.pdf.lines import Line, Style, Word

# Lines of one paragraph are hardly ever further apart, in letter sizes, unless all lines of the document are.
_LEADING = 1.6
_USUAL = 1.25
_FARTHEST = 2.5
# The left margins of one column differ by less, in points.
_COLUMN = 24
# Fewer lines than this say little about the others.
_FEWEST_LINES = 10
_FEWEST_IN_COLUMN = 3


@dataclass(frozen=True, slots=True)
class Layout:
    """The measures of a document.

    `leading` is the usual distance between two lines of a letter size, `edges` where the lines end that begin in a
    column of 24 points, on a page or (-1) on any.
    """

    body: Style
    leading: Mapping[float, float]
    edges: Mapping[tuple[int, int], float]
    fixed: frozenset[str]

    def is_code(self, line: Line) -> bool:
        """Whether a line is all in a fixed-width font, and the running text is not."""
        if self.body.font in self.fixed or line.style.font not in self.fixed:
            return False
        # Arrows and the like are often taken from another font.
        return all(word.style.font in self.fixed or not word.text[0].isalnum() for word in line.words)

    def distance(self, line: Line) -> float:
        """How far below `line` the next one of its paragraph stands."""
        return min(self.leading.get(line.style.size, _USUAL * line.style.size), _FARTHEST * line.style.size)

    def is_full(self, line: Line, after: Line) -> bool:
        """Whether the first word of the line `after` did not fit on `line`."""
        column = int(line.left // _COLUMN)
        places = [(line.page, near) for near in (column - 1, column, column + 1)]
        edge = max((self.edges[place] for place in places if place in self.edges), default=self.edges[-1, column])
        word = after.words[0]
        return line.right + word.right - word.left + line.style.size > edge


def measure(pages: Sequence[Sequence[Line]]) -> Layout:
    """The measures of a document, given the lines of each page; there must be one."""
    styles: Counter[Style] = Counter()
    drops: dict[float, Counter[float]] = defaultdict(Counter)
    ends: dict[tuple[int, int], list[float]] = defaultdict(list)
    for lines in pages:
        for line in lines:
            styles[line.style] += len(line.text)
            column = int(line.left // _COLUMN)
            ends[line.page, column].append(line.right)
            ends[-1, column].append(line.right)
        for above, line in pairwise(lines):
            drop = round(above.baseline - line.baseline, 1)
            if drop > 0 and above.style.size == line.style.size:
                drops[line.style.size][drop] += 1
    leading = {size: _leading(size, count) for size, count in drops.items()}
    edges = {place: max(right) for place, right in ends.items() if place[0] < 0 or len(right) >= _FEWEST_IN_COLUMN}
    words = (word for lines in pages for line in lines for word in line.words)
    return Layout(styles.most_common(1)[0][0], leading, edges, _fixed(words))


def _leading(size: float, drops: Counter[float]) -> float:
    close = Counter({drop: times for drop, times in drops.items() if 0.8 * size < drop < _LEADING * size})
    if 5 * close.total() >= drops.total():
        return close.most_common(1)[0][0]
    return drops.most_common(1)[0][0] if drops.total() >= _FEWEST_LINES else _USUAL * size


def _fixed(words: Iterable[Word]) -> frozenset[str]:
    """The fonts all of whose letters are equally far apart."""
    advances: dict[str, dict[str, float]] = defaultdict(dict)
    for word in words:
        if word.advance and word.text.isascii() and len(word.text) > 1:
            advances[word.style.font].setdefault(word.text, word.advance)
    return frozenset(font for font, by_word in advances.items() if _is_fixed(by_word))


def _is_fixed(advances: Mapping[str, float]) -> bool:
    middle = median(advances.values())
    equal = sum(abs(advance - middle) < 0.02 * middle for advance in advances.values())
    # Figures are equally wide in most fonts.
    letters = {letter for text in advances for letter in text[:-1] if letter.isalpha()}
    return len(letters) > 3 and len(advances) > 2 and equal > 0.9 * len(advances)
