"""HTML within Markdown: its text without the tags, piece by piece.

A tag at a time and without a tree: in Markdown an element may begin in one block and end in another.
"""

import re
from collections.abc import Iterator, Mapping

from markdown_it import MarkdownIt
from markdown_it.common.html_blocks import block_names
from selectolax.lexbor import LexborHTMLParser

from qabot.documents import grid
from qabot.documents.prose import alternative, collapsed, raised

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
_SEPARATING = frozenset(block_names) | {"pre"}
_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_TABLE = _GROUPS | {"table", "tr", "td", "th", "caption"}
_KINDS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "li", "pre", "td", "th"})
_UNSEEN = frozenset({"script", "style", "svg", "template"})
# Tags, comments and entities, and nothing of Markdown.
_PARSER = MarkdownIt("zero", {"html": True}).enable(["html_inline", "entity"])


def shown(tag: str) -> str:
    """What is seen of a tag or comment amid text: the words for an image, a space where a new line would begin."""
    match = _TAG.match(tag)
    name = match[2].lower() if match else ""
    if name == "img":
        image = alternative(_attributes(tag).get("alt") or "")
        return f" {image} " if image else ""
    return " " if name in _SEPARATING or name == "br" else ""


def pieces(source: str) -> Iterator[tuple[str, str, int]]:
    """The texts of an HTML block, each after what it is and before the line that it is on, counted from 0.

    What it is: h1 to h6, li, pre or tr as its tag says, and p for all others.
    """
    kind, text, unseen, begun = "p", "", "", 0
    high = False
    table = _Table()
    for closing, name, words, line in _split(source):
        if unseen:
            unseen = "" if closing and name == unseen else unseen
        elif name in _UNSEEN and not closing:
            unseen = name
        elif name not in _SEPARATING or (kind in ("td", "th") and name not in _TABLE):
            high = not closing if name == "sup" else high
            seen = shown(words) if name else raised(words) if high else words
            begun = begun if text else line
            text += seen if text or seen.strip() else ""
        else:
            if kind in ("td", "th"):
                table.end_cell(text)
            elif text:
                yield kind, text if kind == "pre" else collapsed(text), begun
            if name == "table":
                yield from table.rows()
                table = _Table()
            elif name in _GROUPS:
                table.group(head=name == "thead" and not closing)
            elif name == "tr" and not closing:
                table.row(line)
            elif name in ("td", "th") and not closing:
                table.cell(words, line)
            item_goes_on = kind == "li" and name == "p"
            kind = name if name in _KINDS and not closing else "li" if item_goes_on else "p"
            text = ""


class _Table:
    """The rows of a table so far, each with its line."""

    def __init__(self) -> None:
        self._rows: list[grid.Row] = []
        self._lines: list[int] = []
        self._tag = ""
        self._head = False
        self._groups = 0

    def group(self, head: bool) -> None:
        """A group of rows begins or ends."""
        self._head = head
        self._groups += 1

    def row(self, line: int) -> None:
        self._rows.append(grid.Row([], self._head, self._groups))
        self._lines.append(line)

    def cell(self, tag: str, line: int) -> None:
        """A cell begins, perhaps without a row."""
        self._tag = tag
        if not self._rows:
            self.row(line)

    def end_cell(self, text: str) -> None:
        given = _attributes(self._tag) if "span" in self._tag.lower() else {}
        self._rows[-1].cells.append(
            grid.Cell(
                collapsed(text),
                self._tag[:3].lower() == "<th",
                grid.span(given.get("colspan")),
                grid.span(given.get("rowspan")),
            )
        )

    def rows(self) -> Iterator[tuple[str, str, int]]:
        for index, text in grid.row_texts(self._rows):
            yield "tr", text, self._lines[index]


def _attributes(tag: str) -> Mapping[str, str | None]:
    """The attributes of a tag; the parser takes <td> only within a table."""
    element = LexborHTMLParser(_TAG.sub("<img", tag, count=1), is_fragment=True).root
    return element.attributes if element else {}


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
