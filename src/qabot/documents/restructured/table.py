"""Tables of reStructuredText: the text of each row, with the cells that reach into it from the rows above."""

from collections.abc import Callable, Iterator

from docutils import nodes

from qabot.documents.restructured.text import leaves
from qabot.documents.rows import Cell, column_names, row_text

TextOf = Callable[[nodes.Element], str]


def row_texts(table: nodes.Element, text_of: TextOf) -> Iterator[tuple[str, int | None]]:
    """What each row of a table's body says, and its line. Without a body, the rows of the head are said."""
    groups = [group for part in table.children if isinstance(part, nodes.tgroup) for group in part.children]
    head = [row for group in groups if isinstance(group, nodes.thead) for row in _rows(group, text_of)]
    body = [row for group in groups if isinstance(group, nodes.tbody) for row in _rows(group, text_of)]
    width = max((columns.stop for cells, _ in head + body for columns, _ in cells), default=0)
    names = column_names(cells for cells, _ in head) if body else {}
    for cells, line in body or head:
        yield row_text(cells, names, width), line


def _rows(group: nodes.Element, text_of: TextOf) -> Iterator[tuple[list[Cell], int | None]]:
    # By the column in which it begins, a cell and in how many more rows it stands.
    above: dict[int, tuple[Cell, int]] = {}
    for row in group.children:
        column = 0
        cells: list[Cell] = []
        line = None
        entries = iter(row.children)
        while column in above or (entry := next(entries, None)) is not None:
            if column in above:
                cell, more = above.pop(column)
            else:
                assert isinstance(entry, nodes.Element)
                pieces = list(leaves(entry))
                text = " ".join(filter(None, map(text_of, pieces)))
                cell, more = (range(column, column + 1 + entry.get("morecols", 0)), text), entry.get("morerows", 0) + 1
                line = line or next((piece.line for piece in pieces if piece.line), None)
            cells.append(cell)
            if more > 1:
                above[column] = cell, more - 1
            column = cell[0].stop
        yield cells, line
