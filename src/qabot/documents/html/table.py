"""HTML: the rows of a table, each said with the names of its columns."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from qabot.documents.html.text import CODE, HEADINGS, children, words
from qabot.documents.rows import Cell, column_names, row_text, spans_all

_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_CELLS = frozenset({"td", "th"})
_BLOCKS_OF_TEXT = CODE | {"ul", "ol", "dl", "blockquote"}
# Of a wider cell, or one further right, it is not told over which others it stands.
_MOST_COLUMNS = 100


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    header: bool
    columns: range
    last_row: int

    def said(self) -> Cell:
        return self.columns, self.text


@dataclass(frozen=True, slots=True)
class _Row:
    cells: tuple[_Cell, ...]
    head: bool

    def said(self) -> list[Cell]:
        return [cell.said() for cell in self.cells]


def has_rows(table: LexborNode, left_out: AbstractSet[int]) -> bool:
    """Whether a table has data in rows and columns; others only place text side by side."""
    tags = set()
    for node in table.traverse():
        if node.mem_id == table.mem_id:
            continue
        if node.tag == "table" or node.tag in HEADINGS:
            return False
        tags.add(node.tag)
    if "th" not in tags and tags & _BLOCKS_OF_TEXT:
        return False
    return any(sum(cell.tag in _CELLS for cell in children(row, left_out)) > 1 for row, _, _ in _rows(table, left_out))


def caption(table: LexborNode, left_out: AbstractSet[int]) -> str:
    """The caption of a table, or ""."""
    return " ".join(words(child, left_out) for child in children(table, left_out) if child.tag == "caption")


def row_texts(table: LexborNode, left_out: AbstractSet[int]) -> list[str]:
    """What each row says: "Column: value; Column: value"."""
    rows = list(_grid(table, left_out))
    width = max((cell.columns.stop for row in rows for cell in row.cells), default=0)
    heads = [index for index, row in enumerate(rows) if row.head] or _opening_heads(rows)
    if len(heads) == len(rows):
        heads = []
    naming = {index for index in heads if not any(spans_all(cell.columns, width) for cell in rows[index].cells)}
    names = column_names(rows[index].said() for index in sorted(naming))
    return [_text(row, names, width) for index, row in enumerate(rows) if index not in naming]


def _rows(table: LexborNode, left_out: AbstractSet[int]) -> Iterator[tuple[LexborNode, int, bool]]:
    """The rows, with the number of their group, and whether that is a <thead>."""
    for number, group in enumerate(children(table, left_out)):
        if group.tag in _GROUPS:
            for row in children(group, left_out):
                if row.tag == "tr":
                    yield row, number, group.tag == "thead"


def _grid(table: LexborNode, left_out: AbstractSet[int]) -> Iterator[_Row]:
    above: dict[int, _Cell] = {}
    current = -1
    for index, (row, group, head) in enumerate(_rows(table, left_out)):
        # No cell goes on below the end of its group.
        above = {column: cell for column, cell in above.items() if cell.last_row >= index} if group == current else {}
        current = group
        found = dict.fromkeys(above.values())
        column = 0
        for element in children(row, left_out):
            if element.tag not in _CELLS:
                continue
            while column in above:
                column += 1
            attributes = element.attributes
            width = min(_number(attributes.get("colspan")), _MOST_COLUMNS)
            # 0 means: to the end of the group.
            last_row = index + (_number(attributes.get("rowspan"), nothing=1_000_000)) - 1
            cell = _Cell(words(element, left_out), element.tag == "th", range(column, column + width), last_row)
            found[cell] = None
            if last_row > index and column < _MOST_COLUMNS:
                above |= dict.fromkeys(cell.columns, cell)
            column += width
        if found:
            yield _Row(tuple(sorted(found, key=lambda cell: cell.columns.start)), head)


def _number(given: str | None, nothing: int = 1) -> int:
    if not given or not given.strip().isdecimal() or len(given) > 6:
        return 1
    return int(given) or nothing


def _opening_heads(rows: Sequence[_Row]) -> list[int]:
    """The rows at the top that have but header cells."""
    heads = []
    for index, row in enumerate(rows):
        if not all(cell.header or not cell.text for cell in row.cells):
            break
        heads.append(index)
    return heads


def _text(row: _Row, names: dict[int, str], width: int) -> str:
    first, *others = row.cells
    # As in a form: "Name: Ann".
    if not names and others and first.header and first.text and not all(cell.header for cell in others):
        values = row_text([cell.said() for cell in others], names, width)
        return f"{first.text.rstrip(' :')}: {values}" if values else first.text
    return row_text(row.said(), names, width)
