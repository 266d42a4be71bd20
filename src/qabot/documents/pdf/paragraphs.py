"""The lines of PDF pages -> paragraphs, items of lists, rows of tables, blocks of code, over the page breaks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from qabot.documents.pdf import breaks
from qabot.documents.pdf.layout import Layout
from qabot.documents.pdf.lines import Line

PieceKind = Literal["paragraph", "item", "row", "code", "note", "heading"]

# Of the size of the running text: notes are smaller.
_NOTE_SIZE = 0.92
# In points: the paragraphs of an item begin at the same place.
_ALIGNED = 2.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A heading that is known to begin at some line: its lines, how many lines above it say no more, its level."""

    lines: int
    above: int
    level: int


@dataclass(slots=True)
class Piece:
    """Lines that belong together. `level` is a heading's, and counts from 0, the document's title."""

    kind: PieceKind
    lines: list[Line]
    level: int = 0


def pieces(pages: Sequence[Sequence[Line]], headings: Sequence[Mapping[int, Mark]], layout: Layout) -> list[Piece]:
    """The pieces of the document in reading order.

    `headings` gives, for each page, the headings that begin at its lines. Notes at the foot of a page stand before the
    paragraph or the list that runs on over the page break.
    """
    found: list[Piece] = []
    for lines, marks in zip(pages, headings, strict=True):
        below = _on_page(lines, marks, layout)
        last = next((place for place in range(len(found) - 1, -1, -1) if found[place].kind != "note"), None)
        if below and last is not None:
            goes_on = _goes_on(found[last], below[0], layout)
            if goes_on or found[last].kind == below[0].kind == "item":
                _put_notes_before(found, last)
            if goes_on:
                found[-1].lines += below.pop(0).lines
        found += below
    return _with_items(found)


def _on_page(lines: Sequence[Line], headings: Mapping[int, Mark], layout: Layout) -> list[Piece]:
    found: list[Piece] = []
    notes = _notes(lines, layout)
    place = 0
    while place < len(lines):
        line = lines[place]
        if place in headings:
            mark = headings[place]
            begin, place = place + mark.above, place + mark.above + mark.lines
            found.append(Piece("heading", list(lines[begin:place]), mark.level))
            continue
        above = found[-1] if found else None
        below = lines[place + 1] if place + 1 < len(lines) else None
        kind = "note" if place >= notes else _kind(line, above, below, layout)
        if above and _joins(above, line, kind, layout):
            above.lines.append(line)
        else:
            found.append(Piece(kind, [line]))
        place += 1
    return found


def _notes(lines: Sequence[Line], layout: Layout) -> int:
    """Where the notes at the foot of a page begin: lines smaller than the running text down to the end."""
    first = len(lines)
    for place in range(len(lines) - 1, -1, -1):
        line = lines[place]
        if line.style.size >= _NOTE_SIZE * layout.body.size or layout.is_code(line):
            break
        if breaks.opens_note(line):
            first = place
    return first


def _kind(line: Line, above: Piece | None, below: Line | None, layout: Layout) -> PieceKind:
    """What a line looks like, given what stands above and below it."""
    if above and above.kind == "row" and breaks.are_rows(above.lines[-1], line):
        return "row"
    flowing = above if above and above.kind in ("paragraph", "item") else None
    if layout.is_code(line):
        # A line of a paragraph may by chance be nothing but a long name in such a font.
        by_chance = flowing is not None and not breaks.begins_anew(line, flowing.lines, layout)
        return "paragraph" if by_chance else "code"
    if below and not layout.is_code(below) and breaks.are_rows(below, line):
        return "row"
    return "item" if _opens_item(line, flowing, layout) else "paragraph"


def _opens_item(line: Line, above: Piece | None, layout: Layout) -> bool:
    before = above.lines[-1] if above else None
    return breaks.opens_item(line, before, above is not None and above.kind == "item", layout)


def _joins(piece: Piece, line: Line, kind: PieceKind, layout: Layout) -> bool:
    """Whether `line`, which looks like `kind`, goes on with the piece before it on its page."""
    before = piece.lines[-1]
    if before.turn != line.turn:
        return False
    match piece.kind, kind:
        case "row", "paragraph":
            return breaks.continues_row(line, piece.lines, layout)
        case "code", "code":
            return breaks.continues_code(line, before, layout)
        case "note", "note":
            return breaks.continues_note(line, before, layout)
        case "paragraph" | "item", "paragraph" if before.baseline <= line.baseline:
            return breaks.runs_on(line, before, layout)
        case "paragraph" | "item", "paragraph":
            return not breaks.begins_anew(line, piece.lines, layout)
    return False


def _goes_on(piece: Piece, below: Piece, layout: Layout) -> bool:
    """Whether the first piece of a page goes on with the last one before it."""
    if piece.kind == below.kind == "code":
        return True
    flowing = piece.kind in ("paragraph", "item") and below.kind == "paragraph"
    return flowing and breaks.runs_on(below.lines[0], piece.lines[-1], layout)


def _put_notes_before(found: list[Piece], last: int) -> None:
    """Move the notes that follow on the piece at `last` to before it, or before the list on their page that it ends."""
    notes = found[last + 1 :]
    begin = last
    while notes and begin and found[begin].kind == "item" and found[begin - 1].kind in ("item", "code", "paragraph"):
        if found[begin - 1].lines[0].page != notes[0].lines[0].page:
            break
        begin -= 1
    found[begin:] = [*notes, *found[begin : last + 1]]


def _with_items(found: Sequence[Piece]) -> list[Piece]:
    """The pieces, where further paragraphs of an item, which are set in as its text is, are items as well."""
    margin: float | None = None
    for piece in found:
        if piece.kind == "item":
            margin = piece.lines[0].words[1].left
        elif piece.kind == "paragraph":
            if margin is not None and min(line.left for line in piece.lines) >= margin - _ALIGNED:
                piece.kind = "item"
            else:
                margin = None
        elif piece.kind not in ("code", "note"):
            margin = None
    return list(found)
