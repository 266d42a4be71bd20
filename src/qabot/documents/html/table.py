"""HTML: the rows of a table, each said with the names of its columns."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from selectolax.lexbor import LexborNode

from qabot.documents import grid
from qabot.documents.html.text import CODE, HEADINGS, children, words

_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_CELLS = frozenset({"td", "th"})
_BLOCKS_OF_TEXT = CODE | {"ul", "ol", "dl", "blockquote"}


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
    rows = [grid.Row(_cells(row, left_out), head, group) for row, group, head in _rows(table, left_out)]
    return [text for _, text in grid.row_texts(rows)]


def _rows(table: LexborNode, left_out: AbstractSet[int]) -> Iterator[tuple[LexborNode, int, bool]]:
    """The rows, with the number of their group, and whether that is a <thead>."""
    for number, group in enumerate(children(table, left_out)):
        if group.tag in _GROUPS:
            for row in children(group, left_out):
                if row.tag == "tr":
                    yield row, number, group.tag == "thead"


def _cells(row: LexborNode, left_out: AbstractSet[int]) -> list[grid.Cell]:
    return [
        grid.Cell(
            words(element, left_out),
            element.tag == "th",
            grid.span(element.attributes.get("colspan")),
            grid.span(element.attributes.get("rowspan")),
        )
        for element in children(row, left_out)
        if element.tag in _CELLS
    ]
