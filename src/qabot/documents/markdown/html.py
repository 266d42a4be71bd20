"""HTML within Markdown: its text without the tags, piece by piece.

A tag at a time and without a tree: in Markdown an element may begin in one block and end in another.
"""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.common.html_blocks import block_names
from selectolax.lexbor import LexborHTMLParser

from qabot.documents.rows import Cell, column_names, row_text

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
_SEPARATING = frozenset(block_names) | {"pre"}
_TABLE = frozenset({"table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption"})
_KINDS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "li", "pre", "td", "th"})
_UNSEEN = frozenset({"script", "style", "svg", "template"})
# Tags, comments and entities, and nothing of Markdown.
_PARSER = MarkdownIt("zero", {"html": True}).enable(["html_inline", "entity"])


def shown(tag: str) -> str:
    """What is seen of a tag or comment amid text: the words for an image, a space where a new line would begin."""
    match = _TAG.match(tag)
    name = match[2].lower() if match else ""
    if name == "img":
        image = LexborHTMLParser(tag, is_fragment=True).root
        return f" {alternative(image.attributes.get('alt') or '')} " if image else ""
    return " " if name in _SEPARATING or name == "br" else ""


def alternative(said: str) -> str:
    """What stands for an image, where it says something: "logo" and "figure1.png" do not."""
    return said if sum(any(map(str.isalpha, word)) for word in said.split()) > 1 else ""


def pieces(source: str) -> Iterator[tuple[str, str, int]]:
    """The texts of an HTML block, each after what it is and before the line that it is on, counted from 0.

    What it is: h1 to h6, li, pre or tr as its tag says, and p for all others.
    """
    kind, text, unseen, begun = "p", "", "", 0
    row_begun = 0
    table = _Table()
    for closing, name, words, line in _split(source):
        if unseen:
            unseen = "" if closing and name == unseen else unseen
        elif name in _UNSEEN and not closing:
            unseen = name
        elif name not in _SEPARATING or (kind in ("td", "th") and name not in _TABLE):
            seen = shown(words) if name else words
            begun = begun if text else line
            text += seen if text or seen.strip() else ""
        else:
            if kind in ("td", "th"):
                table.cell(kind, text)
            elif text:
                yield kind, text if kind == "pre" else " ".join(text.split()), begun
            if name in ("tr", "table"):
                yield from (("tr", row, row_begun) for row in table.rows(ended=name == "table"))
                row_begun = line
            item_goes_on = kind == "li" and name == "p"
            kind = name if name in _KINDS and not closing else "li" if item_goes_on else "p"
            text = ""


def row(columns: Sequence[str], cells: Sequence[str]) -> str:
    """A row of a table, each cell under the name of its column."""
    return row_text(_placed(cells), column_names([_placed(columns)]), len(columns))


def _placed(texts: Sequence[str]) -> list[Cell]:
    return [(range(place, place + 1), text) for place, text in enumerate(texts)]


class _Table:
    """The rows of a table.

    One of nothing but `th` names the columns of those after it, or is a row if there are none.
    """

    def __init__(self) -> None:
        self._columns: list[str] = []
        self._named = False
        self._cells: list[tuple[str, str]] = []

    def cell(self, kind: str, text: str) -> None:
        self._cells.append((kind, " ".join(text.split())))

    def rows(self, ended: bool) -> Iterator[str]:
        """What can be told now that a row, or the table, has ended."""
        cells = [cell for _, cell in self._cells]
        if {kind for kind, _ in self._cells} == {"th"}:
            yield from self._heads_alone()
            self._columns, self._named = cells, False
        elif any(cells):
            yield row(self._columns, cells)
            self._named = True
        self._cells = []
        if ended:
            yield from self._heads_alone()
            self._columns = []

    def _heads_alone(self) -> Iterator[str]:
        if any(self._columns) and not self._named:
            yield row([], self._columns)


def _split(source: str) -> Iterator[tuple[str, str, str, int]]:
    """Texts, and tags with "/" if they close, their name and themselves; of all, the line that they are on.

    What is open at the end is closed there.
    """
    unclosed = source.find("<!--", source.rfind("-->") + 1)
    source = source[:unclosed] if unclosed >= 0 else source
    line = 0
    for token in _PARSER.parseInline(source)[0].children or []:
        line += token.content.count("\n")
        if token.type == "text":
            yield "", "", token.content, line - token.content.lstrip().count("\n")
        elif match := _TAG.match(token.content):
            yield match[1], match[2].lower(), token.content, line
    yield from (("/", name, "", line) for name in (*_UNSEEN, "table"))
