"""What stands on the pages of a PDF beside its text: running heads and feet, page numbers, lists of contents."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qabot.documents.pdf.layout import Layout
from qabot.documents.pdf.lines import Line, join

# A running head has at most so many lines.
_HEAD_LINES = 3
# What stands in the margin is set off from the text by more than this, in letter sizes, and is hardly larger than it.
_SET_OFF = 1.5
_LARGER = 1.2
_FEWEST_ENTRIES = 4

_DIGITS = re.compile(r"\d+")
_LEADER = re.compile(r"(?:\s*\.){4,}\s*(?=(?:\d+|[ivxlc]+)$)")
_PAGE_NUMBER = re.compile(r"\d+|[ivxlc]+")
_OWN_NUMBER = re.compile(r"(?:[\dA-Z]{1,3}(?:\.\d+)*[.:]?)\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class _Edge:
    """The uppermost or lowest lines of the page `page`, which stand on one height. `parts` are set far apart."""

    page: int
    lines: tuple[int, ...]
    parts: tuple[str, ...]


def without_furniture(pages: Sequence[Sequence[Line]], layout: Layout) -> list[list[Line]]:
    """The lines of the pages that are text. Something always is."""
    left = [list(lines) for lines in pages]
    for _ in range(_HEAD_LINES):
        found = _running(left, layout)
        rest = [
            [line for index, line in enumerate(lines) if (page, index) not in found] for page, lines in enumerate(left)
        ]
        # Pages of a single line each, such as slides, may well be alike.
        if not found or not any(rest):
            break
        left = rest
    rest = _without_contents(left, layout)
    return rest if any(rest) else left


def _running(pages: Sequence[Sequence[Line]], layout: Layout) -> set[tuple[int, int]]:
    """Lines at one height at the edge of several pages that repeat apart from their figures, or count the pages.

    Each is given as its page and its place on it.
    """
    places: dict[tuple[bool, int], list[_Edge]] = defaultdict(list)
    for page, lines in enumerate(pages):
        for top in (True, False):
            if edge := _edge(page, lines, top, layout):
                places[top, round(lines[edge.lines[0]].baseline / 2)].append(edge)
    running = [
        edges
        for edges in places.values()
        if len(edges) >= max(2, len(pages) / 5) and (_repeat(edges) or _count_pages(edges))
    ]
    return {(edge.page, index) for edges in running for edge in edges for index in edge.lines}


def _edge(page: int, lines: Sequence[Line], top: bool, layout: Layout) -> _Edge | None:
    upright = [(line.baseline, index) for index, line in enumerate(lines) if line.turn == 0]
    if not upright:
        return None
    height = max(upright)[0] if top else min(upright)[0]
    found = tuple(index for baseline, index in upright if abs(baseline - height) < 2)
    size = max(lines[index].style.size for index in found)
    others = [abs(baseline - height) for baseline, _ in upright if abs(baseline - height) >= 2]
    if size > _LARGER * layout.body.size or min(others, default=height + size) <= _SET_OFF * size:
        return None
    return _Edge(page, found, tuple(join(cell) for index in found for cell in lines[index].cells))


def _repeat(edges: Sequence[_Edge]) -> bool:
    """Whether part of them is on several pages. Where each page has a section of its own, few are."""
    names = [{_DIGITS.sub("", part) for part in edge.parts} for edge in edges]
    pages = Counter(name for edge in names for name in edge)
    return 3 * sum(any(pages[name] > 1 for name in edge) for edge in names) >= len(edges)


def _count_pages(edges: Sequence[_Edge]) -> bool:
    shifts = Counter(
        shift for edge in edges for shift in {int(figure) - edge.page for figure in _figures(" ".join(edge.parts))}
    ).most_common(1)
    return bool(shifts) and shifts[0][1] >= max(3, len(edges) / 2)


def _figures(text: str) -> Iterator[str]:
    return (word for word in text.split() if word.isascii() and word.isdecimal() and len(word) < 6)


def _without_contents(pages: Sequence[list[Line]], layout: Layout) -> list[list[Line]]:
    """The pages without lists of headings and the pages that they stand on."""
    known = Counter(form for lines in pages for line in lines for form in _forms(line.text))
    left = []
    goes_on = False
    for lines in pages:
        entries = {index: name for index, line in enumerate(lines) if (name := _entry(line))}
        # Where a list has filled the page before, its last entries may stand alone on top of this one.
        ending = next(index for index in range(len(lines) + 1) if index not in entries) if goes_on else 0
        named = sum(any(known[form] for form in _forms(name)) for name in entries.values())
        goes_on = False
        if len(entries) >= _FEWEST_ENTRIES and 2 * named >= len(entries):
            first, last = min(entries), max(entries) + 1
            goes_on = last == len(lines)
            above = lines[first - 1] if first else None
            titled = above is not None and (above.bold or above.style.size > layout.body.size)
            lines = lines[: first - titled] + lines[last:]
        else:
            lines = lines[ending:]
        left.append(lines)
    return left


def _entry(line: Line) -> str | None:
    """What a line of a list of contents names, before its page number; None where the line is none."""
    if leader := _LEADER.search(line.text):
        return line.text[: leader.start()]
    if len(line.cells) > 1 and _PAGE_NUMBER.fullmatch(join(line.cells[-1])):
        return " ".join(map(join, line.cells[:-1]))
    return None


def _forms(text: str) -> set[str]:
    """A heading with and without its own number, in letters and figures only."""
    return {"".join(filter(str.isalnum, form.casefold())) for form in (text, _OWN_NUMBER.sub("", text, count=1))}
