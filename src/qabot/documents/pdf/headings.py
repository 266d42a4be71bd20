"""Which lines of a PDF are headings: those that its bookmarks name, and what is short, alone and set larger or bold."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pypdfium2 import PdfDocument

from qabot.documents.numbering import read_number
from qabot.documents.pdf.layout import Layout
from qabot.documents.pdf.lines import Line, Style
from qabot.documents.pdf.paragraphs import Mark, Piece
from qabot.documents.prose import ends_sentence

MOST_BOOKMARKS = 100_000
# A heading goes over so many lines at most.
_MOST_LINES = 4
_MOST_CHARACTERS = 120
_MOST_WORDS = 16
_LARGER = 1.1
# So many places with the wording of a bookmark are looked at on its page.
_MOST_PLACES = 20

_NUMBER = re.compile(
    r"(?:(?:chapter|appendix|annex|part|section)\s+)?(?:\d+|[A-Z]|[IVX]+)(?:\.\d+)*[.:)]?\s+(?=\S)", re.IGNORECASE
)
_CHAPTER = re.compile(r"(?:book|part|chapter|kapitel|chapitre|appendix|annex|anhang)\s+\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the document's outline. `page` and `level` count from 0; `top` is a height on the page, if given."""

    title: str
    level: int
    page: int
    top: float | None


def bookmarks(document: PdfDocument) -> list[Bookmark]:
    """The outline of a document, in its order."""
    found = []
    for entry, _ in zip(document.get_toc(), range(MOST_BOOKMARKS), strict=False):
        destination = entry.get_dest()
        page = destination.get_index() if destination else None
        if page is None:
            continue
        _, view = destination.get_view()
        top = view[1] if len(view) == 3 else view[0] if len(view) == 1 else None
        try:
            found.append(Bookmark(entry.get_title(), entry.level, page, top))
        except UnicodeDecodeError:
            continue
    return found


def bookmarked(pages: Sequence[Sequence[Line]], entries: Sequence[Bookmark]) -> list[dict[int, Mark]]:
    """For each page, the headings that bookmarks name; none where most bookmarks name no line."""
    spans = {page: _spans(pages[page]) for page in {entry.page for entry in entries} if page < len(pages)}
    found: list[dict[int, Mark]] = [{} for _ in pages]
    taken: list[set[int]] = [set() for _ in pages]
    for entry in entries:
        if place := _place(entry, spans.get(entry.page, {}), taken, pages):
            first, count = place
            taken[entry.page].update(range(first, first + count))
            begin, mark = _with_number_above(pages[entry.page][: first + count], first, entry.level + 1)
            found[entry.page][begin] = mark
    return found if 2 * sum(map(len, found)) >= len(entries) else [{} for _ in pages]


def mark_headings(found: Sequence[Piece], layout: Layout, title: str | None) -> None:
    """Make headings of the pieces that look like some, at the level that their letters are among those of headings.

    Among bookmarked headings, a piece is one only if it is set like one of them, or lower and clearly as a heading, or
    if it opens the document as its title.
    """
    known = [piece for piece in found if piece.kind == "heading"]
    begin = found.index(known[0]) if known else 0
    looks = [found[place] for place in range(begin, len(found)) if _looks(found, place, layout)]
    levels: dict[Style, Counter[int]] = defaultdict(Counter)
    for piece in known:
        levels[piece.lines[-1].style][piece.level] += 1
    lowest = max((piece.level for piece in known), default=0)
    smallest = min(map(_rank, known), default=None)
    if smallest:
        looks = [p for p in looks if p.lines[-1].style in levels or (_rank(p) < smallest and _stands_out(p, layout))]
    ranks = sorted({_rank(piece) for piece in looks if piece.lines[-1].style not in levels}, reverse=True)
    first = found[0]
    opens = known and begin and _looks(found, 0, layout) and _rank(first) > max(map(_rank, known))
    if opens and (title is None or letters(title) == letters(" ".join(line.text for line in first.lines))):
        first.kind, first.level = "heading", 0
    for piece in looks:
        alike = levels.get(piece.lines[-1].style)
        piece.kind = "heading"
        piece.level = alike.most_common(1)[0][0] if alike else lowest + 1 + ranks.index(_rank(piece))


def letters(text: str) -> str:
    """A heading by its letters and figures only: how else it is written may differ from place to place."""
    return "".join(filter(str.isalnum, text.casefold()))


def _looks(found: Sequence[Piece], place: int, layout: Layout) -> bool:
    """Whether a piece is short, alone and set larger than the running text, or bold."""
    piece = found[place]
    if piece.kind not in ("paragraph", "item") or len(piece.lines) >= _MOST_LINES or place + 1 == len(found):
        return False
    text = " ".join(line.text for line in piece.lines)
    if len(text) > _MOST_CHARACTERS or len(text.split()) > _MOST_WORDS or not any(map(str.isalpha, text)):
        return False
    larger = all(line.style.size >= _LARGER * layout.body.size for line in piece.lines)
    bold = all(line.bold and line.style.size >= 0.95 * layout.body.size for line in piece.lines)
    if not larger and (not bold or layout.body.bold):
        return False
    if text.endswith((".", ",", ";", ":")) or (ends_sentence(text) and not text.endswith("?")):
        return False
    numbered = read_number(text) is not None
    if piece.kind == "item":
        return numbered
    neighbours = [found[near] for near in (place - 1, place + 1) if 0 <= near < len(found)]
    return numbered or not any(_rank(near) == _rank(piece) and near.kind == "paragraph" for near in neighbours)


def _stands_out(piece: Piece, layout: Layout) -> bool:
    numbered = read_number(piece.lines[0].text)
    return piece.lines[0].style.size >= _LARGER * layout.body.size or (numbered is not None and len(numbered.parts) > 1)


def _rank(piece: Piece) -> tuple[float, bool]:
    """The letters of a piece: those of a higher heading are larger, or bold."""
    line = piece.lines[-1]
    return round(2 * line.style.size) / 2, line.bold


def _spans(lines: Sequence[Line]) -> dict[str, list[tuple[int, int]]]:
    """Where on a page, and over how many lines, each wording stands that a heading may have."""
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for first in range(len(lines)):
        text = ""
        for count, line in enumerate(lines[first : first + _MOST_LINES], 1):
            text = f"{text.removesuffix('-')}{'' if text.endswith('-') else ' '}{line.text}".strip()
            for form in _forms(text):
                spans[form].append((first, count))
    return spans


def _place(
    entry: Bookmark,
    spans: Mapping[str, Sequence[tuple[int, int]]],
    taken: Sequence[set[int]],
    pages: Sequence[Sequence[Line]],
) -> tuple[int, int] | None:
    """The first line and the number of lines of the heading that a bookmark names: what is nearest to where it leads.

    No line belongs to two headings.
    """
    places = [place for form in sorted(_forms(entry.title)) for place in spans.get(form, ())[:_MOST_PLACES]]
    free = [(first, count) for first, count in places if taken[entry.page].isdisjoint(range(first, first + count))]

    def distance(place: tuple[int, int]) -> tuple[float, int]:
        line = pages[entry.page][place[0]]
        return 0.0 if entry.top is None else round(abs(line.baseline - entry.top)), -place[1]

    return min(free, key=distance, default=None)


def _with_number_above(lines: Sequence[Line], first: int, level: int) -> tuple[int, Mark]:
    """A heading that ends the lines, and the place of its first one, with what opens the page with "CHAPTER 3".

    A number in words is left out: sections are counted.
    """
    above = " ".join(line.text for line in lines[:first][:_MOST_LINES])
    if not (0 < first < _MOST_LINES and _CHAPTER.fullmatch(above)):
        return first, Mark(len(lines) - first, 0, level)
    numbered = read_number(f"{above} {lines[first].text}") is not None
    return 0, Mark(len(lines), 0, level) if numbered else Mark(len(lines) - first, first, level)


def _forms(text: str) -> set[str]:
    """A heading with and without its own number, in letters and figures only."""
    return {letters(text), letters(_NUMBER.sub("", text, count=1))} - {""}
