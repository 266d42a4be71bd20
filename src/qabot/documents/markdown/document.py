"""Markdown: CommonMark with tables, strikethrough, footnotes and alerts, to headings and blocks.

markdown-it reads the file into a flat list of tokens, which is walked once. Footnotes stay where they are defined.
"""

import re
from collections.abc import Iterable
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.anchors.index import slugify
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from qabot.documents.composer import Composer
from qabot.documents.decoding import BOM, decode
from qabot.documents.grid import Cell, Row, row_texts
from qabot.documents.markdown import front_matter, html
from qabot.documents.markdown.front_matter import NOTHING, Metadata
from qabot.documents.parsed import Parsed
from qabot.documents.prose import alternative, collapsed, raised
from qabot.errors import DocumentError

# Below this level markdown-it leaves text out. A quote is one level, a list is two.
_LEVELS = 50
# From each open bracket the parser looks for the one that closes it. A book takes some 50,000 steps.
_MOST_STEPS = 1_000_000
# A rule and an empty line above a text are no front matter.
_FRONT_MATTER = re.compile(r"---[ \t]*(?:\r\n?|\n)(?=[ \t]*\S)")
_RAISING = re.compile(r"<(/?)sup[\s>]", re.IGNORECASE)
_EXPLICIT_ANCHOR = re.compile(r"\{:? ?#([^\s{}]+)(?: [^{}]*)?\}$")


def parse(data: bytes) -> Parsed:
    """The title, sections and blocks of a Markdown file.

    Raises DocumentError, whose text is a clause, where it cannot be read.
    """
    decoded, encoding = decode(data)
    text = decoded.removeprefix(BOM)
    tokens, metadata = _read(text)
    if any(token.level >= _LEVELS - 2 for token in tokens):
        raise DocumentError(f"it nests lists or quotes more than {_LEVELS // 2 - 2} deep; take some levels out")
    composer = Composer()
    _Walk(composer).over(tokens)
    return composer.parsed(metadata.title, date=metadata.date, url=metadata.url, encoding=encoding)


def _read(text: str) -> tuple[list[Token], Metadata]:
    if _FRONT_MATTER.match(text):
        tokens = _parser().use(front_matter_plugin).parse(text)
        if tokens and tokens[0].type == "front_matter":
            metadata = front_matter.read(tokens[0].content)
            if metadata is not None:
                return tokens, metadata
    return _parser().parse(text), NOTHING


def _parser() -> MarkdownIt:
    parser = MarkdownIt()
    parser.inline = _Inline()
    parser.configure("commonmark", {"maxNesting": _LEVELS, "alerts": True}).enable(["table", "strikethrough"])
    return parser.use(footnote_plugin, inline=False, move_to_end=False)


class _Inline(ParserInline):
    """Gives up where brackets are open over so much that it would take hours."""

    def __init__(self) -> None:
        super().__init__()
        self._steps = 0

    def skipToken(self, state: StateInline) -> None:  # noqa: N802
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise DocumentError("it has too many square brackets that nothing closes; close them or write \\[")
        super().skipToken(state)


class _Walk:
    """Takes the tokens in order and hands their text on, with what must be remembered in between."""

    def __init__(self, composer: Composer) -> None:
        self._composer = composer
        self._anchors: dict[str, int] = {}
        # The next number of each list that we are in, None where it has bullets.
        self._lists: list[int | None] = []
        self._number = ""
        self._line = 1
        # The rows of the table that we are in, and the lines that they are on.
        self._rows: list[Row] = []
        self._row_lines: list[int] = []

    def over(self, tokens: Iterable[Token]) -> None:
        for before, token in pairwise([Token("", "", 0), *tokens]):
            self._line = token.map[0] + 1 if token.map else self._line
            match token.type:
                case "inline" if before.type == "heading_open":
                    self._heading(int(before.tag[1]), token.children or [], token.level == 1)
                case "inline" if before.type in ("th_open", "td_open"):
                    self._rows[-1].cells.append(Cell(words(token.children or []), header=before.type == "th_open"))
                case "inline" if self._lists and _leads_within(token.children or []):
                    pass
                case "inline":
                    self._prose(words(token.children or []))
                case "fence":
                    self._code(token.content, self._line + 1)
                case "code_block":
                    self._code(token.content, self._line)
                case "html_block":
                    self._html(token.content, token.level == 0)
                case _:
                    self._structure(token)

    def _structure(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open":
                self._lists.append(None)
            case "ordered_list_open":
                self._lists.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
            case "list_item_open" if (number := self._lists[-1]) is not None:
                self._number += f"{number}. "
                self._lists[-1] = number + 1
            case "list_item_close":
                self._number = ""
            case "tr_open":
                self._rows.append(Row([]))
                self._row_lines.append(self._line)
            case "table_close":
                self._end_table()

    def _end_table(self) -> None:
        for index, text in row_texts(self._rows):
            self._composer.block(text, "row", line=self._row_lines[index])
        self._rows, self._row_lines = [], []

    def _prose(self, text: str) -> None:
        if text:
            self._composer.block(self._number + text, "item" if self._lists else "paragraph", line=self._line)
            self._number = ""

    def _code(self, text: str, line: int) -> None:
        self._composer.block("\n".join(map(str.rstrip, text.split("\n"))), "code", line=line)

    def _html(self, source: str, outermost: bool) -> None:
        first = self._line
        for kind, text, below in html.pieces(source):
            self._line = first + below
            match kind:
                case "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if outermost:
                    self._composer.heading(int(kind[1]), text, anchor=self._anchor(text) or None, line=self._line)
                case "pre":
                    self._code(text, self._line)
                case "li":
                    self._composer.block(text, "item", line=self._line)
                case "tr":
                    self._composer.block(text, "row", line=self._line)
                case _:
                    self._prose(text)

    def _heading(self, level: int, children: list[Token], outermost: bool) -> None:
        # Badges beside it are no part of a heading.
        text = words(child for child in children if child.type != "image") or words(children)
        if explicit := _EXPLICIT_ANCHOR.search(text):
            text, anchor = text[: explicit.start()], explicit[1]
            self._anchors.setdefault(anchor, 0)
        else:
            # As GitHub does it: of what is shown as text, without images.
            anchor = self._anchor("".join(child.content for child in children if child.type in ("text", "code_inline")))
        # Within a quote or a list it heads nothing of what comes after.
        if outermost:
            self._composer.heading(level, text, anchor=anchor or None, line=self._line)
        else:
            self._prose(text.rstrip())

    def _anchor(self, text: str) -> str:
        slug = anchor = slugify(text)
        while anchor in self._anchors:
            self._anchors[slug] += 1
            anchor = f"{slug}-{self._anchors[slug]}"
        self._anchors[anchor] = 0
        return anchor


def _leads_within(children: list[Token]) -> bool:
    """Whether this is but a link to a place in the document, as in a table of contents."""
    links = [child for child in children if child.type == "link_open"]
    return (
        len(links) == 1
        and str(links[0].attrs["href"]).startswith("#")
        and (children[0].type, children[-1].type) == ("link_open", "link_close")
    )


def words(tokens: Iterable[Token]) -> str:
    """The text of a paragraph without its mark-up; of an image, its alternative text."""
    found: list[str] = []
    high = False
    for token in tokens:
        match token.type:
            case "text" | "code_inline":
                found.append(raised(token.content) if high else token.content)
            case "softbreak":
                found.append("\n")
            case "hardbreak":
                found.append(" ")
            case "html_inline":
                found.append(html.shown(token.content))
                raising = _RAISING.match(token.content)
                high = not raising[1] if raising else high
            case "image":
                # Two badges side by side are not one word. The parser bounds how deep images nest.
                beside = found and found[-1][-1:].isalnum()
                found.append(" " * bool(beside) + alternative(words(token.children or [])))
    return collapsed("".join(found))
