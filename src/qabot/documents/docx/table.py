"""The grid of a table in a Word document: merged cells, column names, and what a row says with them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from qabot.documents.docx.numbering import number
from qabot.documents.docx.text import CELL, ROW, is_on, shown, within
from qabot.documents.rows import column_names, row_text, spans_all

# Word has no more columns.
_MOST_COLUMNS = 63
_RUN, _TEXT = qn("w:r"), qn("w:t")
_SETTINGS, _CELL_SETTINGS, _DELETED = qn("w:trPr"), qn("w:tcPr"), qn("w:del")
_MERGE = f"{_CELL_SETTINGS}/{qn('w:vMerge')}"
_SPAN = f"{_CELL_SETTINGS}/{qn('w:gridSpan')}"
_BOLD = f"{qn('w:rPr')}/{qn('w:b')}"

TextOf = Callable[[BaseOxmlElement], str]


@dataclass(frozen=True, slots=True)
class Cell:
    """`content` has its text: the cell above if it is `merged` with that one."""

    content: BaseOxmlElement
    columns: range
    merged: bool


@dataclass(frozen=True, slots=True)
class Row:
    """`header` says that it is repeated on every page."""

    cells: tuple[Cell, ...]
    header: bool

    def texts(self, text_of: TextOf) -> list[tuple[range, str]]:
        """The columns and the text of each cell."""
        return [(cell.columns, text_of(cell.content)) for cell in self.cells]


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of a table and the number of its columns.

    In a table that is a form, `named_rows`, the first cell of each row is its name: "**Name** | Ann".
    """

    rows: tuple[Row, ...]
    width: int
    named_rows: bool

    def header(self) -> range:
        """The rows that name the columns: those repeated on every page, else the first; none of a table without."""
        first = next((index for index, row in enumerate(self.rows) if not self._is_caption(row)), len(self.rows))
        last = first
        while last < len(self.rows) and self.rows[last].header:
            last += 1
        last = max(last, first + 1)
        return range(first, last) if last < len(self.rows) and not self.named_rows else range(0)

    def row_text(self, row: Row, names: Mapping[int, str], text_of: TextOf) -> str:
        """What a row says: "Column: value; Column: value"."""
        cells = row.texts(text_of)
        if self.named_rows and len(row.cells) > 1:
            (_, name), *others = cells
            return ": ".join(filter(None, (name.rstrip(" :"), row_text(others, {}, self.width))))
        return row_text(cells, names, self.width)

    def names(self, header: range, text_of: TextOf) -> dict[int, str]:
        """The names of the columns."""
        return column_names(self.rows[index].texts(text_of) for index in header)

    def _is_caption(self, row: Row) -> bool:
        return spans_all(row.cells[0].columns, self.width)


def grid(table: BaseOxmlElement) -> Grid:
    """The rows of a table, without those deleted in a tracked change."""
    rows: list[Row] = []
    above: dict[int, BaseOxmlElement] = {}
    for element in within(table, {ROW}):
        settings = element.find(_SETTINGS)
        if settings is not None and settings.find(_DELETED) is not None:
            continue
        before = settings.find(qn("w:gridBefore")) if settings is not None else None
        cells = _cells(element, _columns(before, 0), above)
        if cells:
            header = settings is not None and is_on(settings.find(qn("w:tblHeader")))
            rows.append(Row(tuple(cells), header))
    width = max((row.cells[-1].columns.stop for row in rows), default=0)
    return Grid(tuple(rows), width, _names_rows(rows))


def _cells(row: BaseOxmlElement, column: int, above: dict[int, BaseOxmlElement]) -> list[Cell]:
    cells: list[Cell] = []
    for element in within(row, {CELL}):
        merge = element.find(_MERGE)
        merged = merge is not None and merge.get(qn("w:val")) != "restart" and column in above
        columns = range(column, column + max(1, _columns(element.find(_SPAN), 1)))
        cells.append(Cell(above[column] if merged else element, columns, merged))
        if merge is not None:
            above[column] = cells[-1].content
        else:
            above.pop(column, None)
        column = columns.stop
    return cells


def _names_rows(rows: Sequence[Row]) -> bool:
    several = [row.cells for row in rows if len(row.cells) > 1]
    return bool(several) and all(
        _is_name(first.content) and not any(_is_name(cell.content) for cell in others) for first, *others in several
    )


def _is_name(cell: BaseOxmlElement) -> bool:
    """Whether a cell is all in bold type or ends with a colon."""
    runs = [run for run in shown(cell) if run.tag == _RUN and run.find(_TEXT) is not None]
    if not runs:
        return False
    last = runs[-1].findall(_TEXT)[-1].text or ""
    return last.rstrip().endswith(":") or all(is_on(run.find(_BOLD)) for run in runs)


def _columns(settings: BaseOxmlElement | None, default: int) -> int:
    return default if settings is None else min(number(settings, "w:val", default), _MOST_COLUMNS)
