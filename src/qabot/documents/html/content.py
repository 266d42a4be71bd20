"""HTML: the headings, paragraphs, lists, tables and code of a page, in the order in which they are read."""

from collections.abc import Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from qabot.documents.composer import Composer
from qabot.documents.html.numbers import ListNumbers
from qabot.documents.html.page import Page
from qabot.documents.html.table import caption, has_rows, row_texts
from qabot.documents.html.text import BLOCKS, CODE, HEADINGS, children, code, described, said, words
from qabot.documents.prose import collapsed
from qabot.types import BlockKind

_LISTS = frozenset({"ul", "ol", "menu", "dir"})
_SECTIONS = frozenset({"section", "div", "article"})
# Longer terms are no name that one could show above a quote.
_LONGEST_NAME = 80
_LONGEST_NAMES = 40


@dataclass(slots=True)
class _Definitions:
    """A definition list that is being read, and what its last terms are called.

    `fields` ("Parameters: ...") say something of what the list around them defines, and are called by that.
    """

    name: str | None = None
    fields: bool = False


@dataclass(slots=True)
class _Section:
    """A <section> that is being read. `anchor` is its id until it has had a heading; `headed`: it has had an <h1>."""

    anchor: str | None
    headed: bool = False


class Reader:
    """Walks through a page once and hands its pieces to a composer.

    `title` is what the page calls itself; `first_level` are its headings <h1>, but for those of sections in sections.
    """

    def __init__(self, composer: Composer, page: Page, title: str | None) -> None:
        self.first_level: list[str] = []
        self._composer = composer
        self._page = page
        self._title = title
        self._line: list[str] = []
        # Names and labels that wait for the paragraph after them.
        self._terms: list[str] = []
        self._number = ""
        self._definitions = [_Definitions()]
        self._numbers: list[ListNumbers] = []
        self._items = 0
        # The id that was last seen with no text after it.
        self._anchor: str | None = None
        # From the outermost in.
        self._sections: list[_Section] = []

    def read(self) -> None:
        """Read the whole page; only once."""
        root = self._page.root
        open_ = [(root, children(root, self._page.left_out))] if root is not None and self._enter(root) else []
        while open_:
            element, rest = open_[-1]
            node = next(rest, None)
            if node is None:
                open_.pop()
                self._leave(element)
            elif node.is_text_node:
                self._line.append(said(node))
            elif self._enter(node):
                open_.append((node, children(node, self._page.left_out)))
        self._end_paragraph()
        self._end_terms()

    def _enter(self, element: LexborNode) -> bool:
        """Whether what is within the element is still to be read."""
        tag = element.tag or ""
        if element.mem_id in self._page.labels:
            self._end_paragraph()
            self._add_term(element)
            return False
        if tag not in BLOCKS:
            self._enter_inline(element, tag)
            return True
        self._end_paragraph()
        if tag in HEADINGS:
            self._heading(element, int(tag[1]))
        elif tag in CODE:
            self._end_terms()
            self._say(code(element, self._page.left_out), "code")
        elif tag == "dt":
            self._add_term(element)
        elif tag == "table" and self._has_rows(element):
            self._table(element)
        else:
            self._enter_block(element, tag)
            return True
        return False

    def _enter_inline(self, element: LexborNode, tag: str) -> None:
        if tag == "br":
            self._line.append(" ")
        elif tag == "img":
            self._line.append(described(element))
        elif self._anchor is None:
            self._anchor = element.id or (element.attributes.get("name") if tag == "a" else None)

    def _enter_block(self, element: LexborNode, tag: str) -> None:
        if tag in _SECTIONS:
            self._anchor = element.id or self._anchor
            self._sections += [_Section(element.id)] if tag == "section" else []
        elif tag == "dl":
            self._end_terms()
            around = self._definitions[-1].name
            classes = (element.attributes.get("class") or "").split()
            self._definitions.append(_Definitions(around, around is not None and "field-list" in classes))
        elif tag == "dd":
            self._define()
        elif tag in _LISTS:
            self._end_terms()
            self._numbers.append(ListNumbers(element))
        elif tag == "li":
            self._end_terms()
            self._items += 1
            self._number += self._numbers[-1].label(element) if self._numbers else ""

    def _leave(self, element: LexborNode) -> None:
        tag = element.tag or ""
        if tag not in BLOCKS:
            return
        self._end_paragraph()
        if tag == "section":
            self._sections.pop()
        elif tag == "dl":
            self._end_terms()
            self._definitions.pop()
        elif tag == "dd":
            self._end_terms()
        elif tag in _LISTS:
            self._numbers.pop()
        elif tag == "li":
            self._end_terms()
            self._items -= 1
            self._number = ""

    def _add_term(self, element: LexborNode) -> None:
        if term := words(element, self._page.left_out):
            self._terms.append(term)

    def _define(self) -> None:
        """What comes next is said of the terms before it."""
        current = self._definitions[-1]
        # A <dd> outside of any list would name all that comes after it.
        if self._terms and len(self._definitions) > 1 and not current.fields:
            current.name = _name(self._terms)

    def _heading(self, element: LexborNode, level: int) -> None:
        text = words(element, self._page.left_out)
        if not text:
            return
        self._end_terms()
        level = self._level(level)
        # A book on one page may have chapters of the level of its title.
        above_all = text == self._title and not self.first_level
        self._composer.heading(0 if above_all else level, text, anchor=self._anchor_of(element))
        self._anchor = None
        if self._sections:
            self._sections[-1].anchor = None
        if level == 1:
            self.first_level.append(text)

    def _level(self, given: int) -> int:
        """The level of a heading; some pages have <h1> in all their sections, one within the other."""
        if given == 1 and self._sections:
            self._sections[-1].headed = True
        return given + max(sum(section.headed for section in self._sections) - 1, 0)

    def _anchor_of(self, heading: LexborNode) -> str | None:
        given = heading.id or self._anchor or (self._sections[-1].anchor if self._sections else None)
        # DocBook and older pages name the place where a heading stands by an empty link in it.
        within = heading.css("[id], a[name]") if given is None else []
        names = (element.id or element.attributes.get("name") for element in within if self._is_read(element))
        return given or next(filter(None, names), None)

    def _is_read(self, element: LexborNode) -> bool:
        return element.mem_id not in self._page.left_out

    def _has_rows(self, table: LexborNode) -> bool:
        return table.mem_id not in self._page.layout and has_rows(table, self._page.left_out)

    def _table(self, table: LexborNode) -> None:
        self._end_terms()
        self._say(caption(table, self._page.left_out), "paragraph")
        for text in row_texts(table, self._page.left_out):
            self._say(text, "row")

    def _end_paragraph(self) -> None:
        text = collapsed("".join(self._line))
        self._line.clear()
        if text:
            text = self._number + "\n".join([*self._terms, text])
            self._number = ""
            self._terms.clear()
            self._say(text, "item" if self._items else "paragraph")

    def _end_terms(self) -> None:
        """No paragraph came after them."""
        if self._terms:
            self._line.append(self._terms.pop())
            self._end_paragraph()

    def _say(self, text: str, kind: BlockKind) -> None:
        if text.strip():
            self._composer.block(text, kind, named=self._definitions[-1].name)
            self._anchor = None


def _name(terms: Sequence[str]) -> str | None:
    """What to call the terms of a definition: all of them, else the first, else that up to its parameters."""
    names = [term.rstrip(" :") for term in terms]
    together, first, short = ", ".join(names), names[0], names[0].partition("(")[0].strip()
    name = together if len(together) <= _LONGEST_NAMES else first if len(first) <= _LONGEST_NAME else short
    return name if len(name) <= _LONGEST_NAME and any(map(str.isalpha, name)) else None
