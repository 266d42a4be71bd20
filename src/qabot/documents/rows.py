"""What a row of a table says: its values with the names of their columns, "Item: Bread; Price: 3 €"."""

from collections.abc import Iterable, Mapping, Sequence

# The columns that a cell spans, and its text.
Cell = tuple[range, str]


def column_names(header: Iterable[Sequence[Cell]]) -> dict[int, str]:
    """The name of each column; where several rows name it, the names in all of them from the top down."""
    found: dict[int, dict[str, None]] = {}
    for row in header:
        for columns, text in row:
            for column in columns:
                found.setdefault(column, {})[text] = None
    return {column: " ".join(filter(None, names)).rstrip(" :") for column, names in found.items()}


def row_text(row: Sequence[Cell], names: Mapping[int, str], width: int) -> str:
    """The text of a row in a table of `width` columns; a cell as wide as the table has no column's name."""
    said: list[str] = []
    for columns, text in row:
        named = dict.fromkeys(name for column in columns if (name := names.get(column)))
        if text:
            said += [f"{name}: {text}" for name in named] if named and not spans_all(columns, width) else [text]
    return "; ".join(said)


def spans_all(columns: range, width: int) -> bool:
    """Whether these are all columns of a table that has several."""
    return len(columns) == width > 1
