"""Tables with cells that span columns and rows, as in HTML: where each cell stands, and what each row says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qabot.documents import rows

# Of a wider cell, or one further right, it is not told over which others it stands.
_MOST_COLUMNS = 100
_TO_THE_END = 1_000_000


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as the mark-up gives it. `width` and `height` count columns and rows."""

    text: str
    header: bool = False
    width: int = 1
    height: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """The cells that begin in a row, which `head` says names the columns. No cell goes on below its `group` of rows."""

    cells: list[Cell]
    head: bool = False
    group: int = 0


@dataclass(frozen=True, slots=True)
class _Placed:
    cell: Cell
    columns: range
    last_row: int

    def said(self) -> rows.Cell:
        return self.columns, self.cell.text


def span(given: str | None) -> int:
    """How many columns or rows `colspan` or `rowspan` says; 0 means all that follow in the group."""
    if not given or not given.strip().isdecimal() or len(given) > 6:
        return 1
    return int(given) or _TO_THE_END


def row_texts(table: Sequence[Row]) -> Iterator[tuple[int, str]]:
    """What each row says, "Column: value; Column: value", after its place in the table.

    Rows that name the columns say nothing of their own, unless there are no others.
    """
    placed = list(_placed(table))
    width = max((cell.columns.stop for row in placed for cell in row), default=0)
    heads = [index for index, row in enumerate(table) if row.head] or _opening_heads(placed)
    if len(heads) == len(placed):
        heads = []
    naming = {index for index in heads if not any(rows.spans_all(cell.columns, width) for cell in placed[index])}
    names = rows.column_names([cell.said() for cell in placed[index]] for index in sorted(naming))
    for index, row in enumerate(placed):
        if row and index not in naming:
            yield index, _text(row, names, width)


def _placed(table: Sequence[Row]) -> Iterator[list[_Placed]]:
    """The cells that stand in each row, with those that go on from the rows above it."""
    above: dict[int, _Placed] = {}
    group = None
    for index, row in enumerate(table):
        above = {column: cell for column, cell in above.items() if cell.last_row >= index} if row.group == group else {}
        group = row.group
        found = dict.fromkeys(above.values())
        column = 0
        for cell in row.cells:
            while column in above:
                column += 1
            width = min(cell.width, _MOST_COLUMNS)
            placed = _Placed(cell, range(column, column + width), index + cell.height - 1)
            found[placed] = None
            if cell.height > 1 and column < _MOST_COLUMNS:
                above |= dict.fromkeys(placed.columns, placed)
            column += width
        yield sorted(found, key=lambda cell: cell.columns.start)


def _opening_heads(placed: Sequence[Sequence[_Placed]]) -> list[int]:
    """The rows at the top that have but header cells."""
    heads = []
    for index, row in enumerate(placed):
        if not all(at.cell.header or not at.cell.text for at in row):
            break
        heads.append(index)
    return heads


def _text(row: Sequence[_Placed], names: dict[int, str], width: int) -> str:
    first, *others = row
    # As in a form: "Name: Ann".
    if not names and others and first.cell.header and first.cell.text and not all(at.cell.header for at in others):
        values = rows.row_text([at.said() for at in others], names, width)
        return f"{first.cell.text.rstrip(' :')}: {values}" if values else first.cell.text
    return rows.row_text([at.said() for at in row], names, width)
