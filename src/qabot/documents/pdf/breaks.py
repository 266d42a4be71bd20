"""Where paragraphs of a PDF begin: whether a line goes on with the lines above it, opens an item or a note."""

import re
from collections.abc import Sequence

from qabot.documents.pdf.layout import Layout
from qabot.documents.pdf.lines import Line
from qabot.documents.prose import ends_sentence, ends_with_colon

# In letter sizes: so far apart are two margins, so far is a first line set in at most, so near two sizes of one text.
_INDENT = 0.5
_FIRST_LINE = 3.0
_SAME_SIZE = 0.08
# In distances of lines: what is further below begins a new paragraph.
_BELOW = 1.25
# In points: the cells of a column begin or end at the same place.
_ALIGNED = 2.0
_FEW_WORDS = 2
# In distances of lines: rows of a table may be so far apart.
_FAR_BELOW = 4.0

_BULLET = re.compile("[•◦▪▫●○■□◆◇‣⁃∙·➢➤►▶✓✔❖\ue000-\uf8ff]")
_WEAK_BULLET = re.compile(r"[-–—*]")
_ENUMERATOR = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{2,5})[.)]|\[\d{1,3}\]")
_NOTE = re.compile(r"[*†‡]|\d{1,3}(?=[A-Z])")


def is_complete(line: Line) -> bool:
    """Whether a line closes a sentence, or announces something."""
    return ends_sentence(line.text) or ends_with_colon(line.text)


def has_bullet(line: Line) -> bool:
    """Whether a line opens with a mark that says nothing but that an item begins."""
    if len(line.words) < 2:
        return False
    first, second = line.words[:2]
    if first.text == "o":
        return first.style.font != second.style.font
    return bool(_BULLET.fullmatch(first.text) or _WEAK_BULLET.fullmatch(first.text))


def opens_item(line: Line, above: Line | None, in_list: bool, layout: Layout) -> bool:
    """Whether a line opens an item of a list. A number or dash may also begin a line by accident.

    `above` is the line of the paragraph, or of an item (`in_list`), right above it.
    """
    first = line.words[0].text
    if has_bullet(line) and not _WEAK_BULLET.fullmatch(first):
        return True
    if len(line.words) < 2 or not (_WEAK_BULLET.fullmatch(first) or _ENUMERATOR.fullmatch(first)):
        return False
    return above is None or in_list or is_complete(above) or not _is_near(above, line, layout.distance(line))


def opens_note(line: Line) -> bool:
    """Whether a line opens a note at the foot of a page."""
    first = line.words[0]
    return bool(_NOTE.match(first.text)) or (first.text.isdecimal() and first.style.size < line.style.size)


def begins_anew(line: Line, paragraph: Sequence[Line], layout: Layout) -> bool:
    """Whether `line`, which stands below a paragraph, begins a new one."""
    before = paragraph[-1]
    size = before.style.size
    if abs(line.style.size - size) > _SAME_SIZE * size:
        return True
    usual = layout.distance(before)
    if len(paragraph) > 1 and paragraph[-2].page == before.page:
        # Within a formula or a quotation, lines may stand further apart than elsewhere, but all of them do.
        usual = max(usual, min(paragraph[-2].baseline - before.baseline, 2 * usual))
    if not _is_near(before, line, usual):
        return True
    complete, full = is_complete(before), layout.is_full(before, line)
    weight_changes = before.words[-1].style.bold != line.words[0].style.bold and (before.bold or line.bold)
    if weight_changes and (complete or not full):
        return True
    if not full and (complete or not line.text[0].islower()):
        return True
    shift = line.left - before.left
    if abs(shift) <= _INDENT * size:
        return False
    # The first line of a paragraph may be set in, or all others of an item.
    return len(paragraph) > 1 or not full or (complete and -shift > _FIRST_LINE * size)


def runs_on(line: Line, before: Line, layout: Layout) -> bool:
    """Whether `line`, at the top of a page or column, goes on with the paragraph above the break."""
    if abs(line.style.size - before.style.size) > _SAME_SIZE * before.style.size or line.bold != before.bold:
        return False
    if line.text[0].islower() or before.text.endswith("-"):
        return not ends_with_colon(before.text)
    return not is_complete(before) and layout.is_full(before, line)


def are_rows(line: Line, other: Line) -> bool:
    """Whether two lines have cells that begin or end at the same place, beside the first."""
    far = abs(line.baseline - other.baseline) > _FAR_BELOW * line.style.size
    if far or len(line.cells) < 2 or len(other.cells) < 2 or has_bullet(line) or has_bullet(other):
        return False
    return any(
        abs(cell[0].left - near[0].left) < _ALIGNED
        # Lines of a paragraph all end at the same place.
        or (max(len(cell), len(near)) <= _FEW_WORDS and abs(cell[-1].right - near[-1].right) < _ALIGNED)
        for cell in line.cells[1:]
        for near in other.cells[1:]
    )


def continues_row(line: Line, row: Sequence[Line], layout: Layout) -> bool:
    """Whether a line goes on with cells of a row, except for the first."""
    starts = [cell[0].left for cell in row[0].cells[1:]]
    return _is_near(row[-1], line, layout.distance(line)) and all(
        any(abs(cell[0].left - start) < _ALIGNED for start in starts) for cell in line.cells
    )


def continues_code(line: Line, before: Line, layout: Layout) -> bool:
    """Whether a line of code belongs to the block of the one above it, perhaps after blank lines."""
    return 0 < before.baseline - line.baseline < _FAR_BELOW * layout.distance(line)


def continues_note(line: Line, before: Line, layout: Layout) -> bool:
    """Whether a line goes on with the note above it."""
    return not opens_note(line) and _is_near(before, line, layout.distance(line))


def _is_near(above: Line, line: Line, distance: float) -> bool:
    return 0 < above.baseline - line.baseline <= _BELOW * distance
