"""How a plain text is laid out as a whole: a line per paragraph, or paragraphs wrapped at some width."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from qabot.documents.prose import ends_sentence
from qabot.documents.text.lines import Line

LONG = 120  # columns; nobody wraps by hand beyond this


@dataclass(frozen=True, slots=True)
class Layout:
    """`flowing`: each line is a paragraph. Else paragraphs are wrapped at about `width` columns.

    `margin` is the indentation of most lines, None where they have none in common.
    `starred`: what stands after a "*" at the left edge is a heading, as in Org files and release notes: always a line
    by itself, never a list's item of several lines.
    """

    flowing: bool
    width: int
    margin: int | None = None
    starred: bool = False


def measure(lines: Sequence[Line]) -> Layout:
    """The layout of a text, given all its lines."""
    lengths = sorted(line.indent + len(line.text) for line in lines if not line.rule)
    if not lengths:
        return Layout(flowing=False, width=0)
    fitting = [length for length in lengths if length <= LONG]
    width = fitting[len(fitting) * 95 // 100] if fitting else LONG
    if sum(lengths) - sum(fitting) >= sum(lengths) / 2:
        return Layout(flowing=True, width=width)
    # Wrapped prose goes on in lower case on three lines of four, and few of its lines close a sentence; a line per
    # paragraph does neither. Verse begins its lines with capitals too, but its lines seldom close a sentence.
    pairs = [(a, b) for a, b in pairwise(lines) if not (b.gap or a.rule or b.rule)]
    going_on = sum(b.text[0].islower() for _, b in pairs)
    closed = sum(ends_sentence(line.text) for line in lines)
    flowing = bool(pairs) and going_on <= 0.1 * len(pairs) and closed >= 0.6 * len(lines)
    margin, often = Counter(line.indent for line in lines if not line.rule).most_common(1)[0]
    return Layout(flowing, width, margin if often >= len(lines) / 2 else None, _is_starred(lines))


def _is_starred(lines: Sequence[Line]) -> bool:
    """Whether "*" at the left edge marks headings: two at least, each alone between blank lines, none a sentence."""
    stars = 0
    for index, line in enumerate(lines):
        if line.indent == 0 and line.text.startswith("* "):
            closed = index + 1 == len(lines) or lines[index + 1].gap or lines[index + 1].rule
            if not closed or not line.gap or ends_sentence(line.text):
                return False
            stars += 1
    return stars > 1
