"""reStructuredText (.rst): the nodes that docutils makes of it, to sections and blocks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Parser
from docutils.utils import Reporter, new_document

from qabot.documents.composer import Composer
from qabot.documents.decoding import BOM, decode
from qabot.documents.parsed import Parsed
from qabot.documents.restructured.directives import our_directives
from qabot.documents.restructured.roles import Words
from qabot.documents.restructured.table import row_texts
from qabot.documents.restructured.text import SKIPPED, Substitutions, item_numbers, leaves
from qabot.errors import DocumentError
from qabot.types import BlockKind

MOST_CHARACTERS = 2_000_000
MOST_LINES = 50_000
# Nodes within each other, two or three of them for a list in a list.
DEEPEST = 60

_LONGEST_NAME = 60

_TOO_DEEP = "its lists or quotations are nested too deeply; make it flatter"
_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%B %d, %Y")
# Fields that tell Sphinx something, and no reader.
_SETTINGS = frozenset({"tocdepth"})
_BEFORE_FIELDS = (*SKIPPED, nodes.title, nodes.target, nodes.system_message)
_REVISED = re.compile(r"\$\w+:\s*(\S+).*\$")


def parse(data: bytes) -> Parsed:
    """The text of a document with its sections and blocks. Raises DocumentError where it cannot be read."""
    text, encoding = decode(data)
    if len(text) > MOST_CHARACTERS:
        raise DocumentError(f"it has more than {MOST_CHARACTERS:,} characters; split it")
    if text.count("\n") > MOST_LINES:
        raise DocumentError(f"it has more than {MOST_LINES:,} lines; split it")
    try:
        document = _tree(text.removeprefix(BOM))
    except RecursionError:
        raise DocumentError(_TOO_DEEP) from None
    # docutils reports faulty mark-up in the tree; what it raises is a fault of its own.
    except Exception as error:
        raise DocumentError(f"docutils cannot read it ({type(error).__name__}: {error}); mend its mark-up") from None
    reader = _Reader(document)
    reader.read()
    title = document.get("title") or reader.field("title")
    date = _date(reader.field("date") or reader.field("created") or "")
    return reader.composer.parsed(title, date=date, encoding=encoding)


def _tree(text: str) -> nodes.document:
    settings: Any = get_default_settings(Parser)
    settings.file_insertion_enabled = settings.raw_enabled = False
    settings.report_level = settings.halt_level = 5
    settings.line_length_limit = MOST_CHARACTERS
    settings.syntax_highlight = "none"
    settings.trim_footnote_reference_space = True
    document = new_document("", settings)
    with our_directives():
        # Python's enhancement proposals open like a mail.
        Parser(rfc2822=text.startswith("PEP:"), inliner=Words()).parse(text, document)
    return document


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a node stands: how deep, under a heading of which level, in an item or not.

    `before`, in the file at `line`, opens its text; `named` is the term that it says something of.
    """

    depth: int = 0
    level: int = 0
    kind: BlockKind = "paragraph"
    before: str = ""
    line: int | None = None
    named: str | None = None


class _Reader:
    def __init__(self, document: nodes.document) -> None:
        self.composer = Composer()
        self._substitutions = Substitutions(document)
        self._opening = _opening(document)
        self._waiting: list[tuple[nodes.Node, _Place]] = [(document, _Place())]

    def read(self) -> None:
        while self._waiting:
            node, place = self._waiting.pop()
            if place.depth > DEEPEST:
                raise DocumentError(_TOO_DEEP)
            if isinstance(node, nodes.Element) and not isinstance(node, SKIPPED):
                self._take(node, place)

    def field(self, name: str) -> str | None:
        """What a field says that opens the document, such as its date."""
        fields = [(self._words(field.children[0]), field.children[1]) for field in self._opening]
        return next((self._words(body) for called, body in fields if called.lower() == name), None)

    def _take(self, node: nodes.Element, place: _Place) -> None:
        match node:
            case nodes.section():
                self._later(node.children, replace(place, level=place.level + 1))
            case nodes.title() if isinstance(node.parent, nodes.section):
                # docutils gives the line of the rule below.
                line = node.line - 1 if node.line else None
                anchor = next(iter(node.parent["ids"]), None)
                self.composer.heading(place.level, self._words(node), line=line, anchor=anchor)
            case nodes.bullet_list() | nodes.enumerated_list():
                for item, number in reversed([*zip(node.children, item_numbers(node), strict=True)]):
                    self._waiting.append((item, replace(place, kind="item", before=number)))
            case nodes.list_item() if not node.children or isinstance(node.children[0], nodes.paragraph):
                self._opened_by(place.before, node.children, place)
            case nodes.citation():
                self._opened_by(f"[{node.children[0].astext()}] ", node.children[1:], place)
            case nodes.definition_list_item() | nodes.option_list_item():
                terms = self._terms(node)
                named = _name(terms[0]) if terms else None
                place = replace(place, kind="item", line=node.line or node.children[0].line, named=named)
                self._opened_by("\n".join(terms) + "\n", node.children[-1].children, place)
            case nodes.field():
                if not self._is_setting(node):
                    name, body = node.children
                    self._opened_by(f"{self._words(name)}: ", body.children, replace(place, line=node.line))
            case nodes.table():
                self._table(node, place)
            case nodes.line_block():
                self.composer.block("\n".join(map(self._words, leaves(node))), place.kind, line=node.line)
            case nodes.literal_block() | nodes.doctest_block() | nodes.math_block():
                self.composer.block(self._substitutions.words(node), "code", line=node.line)
            case nodes.system_message():
                # What docutils cannot make out at all it repeats there, and nowhere else.
                if node["level"] >= Reporter.ERROR_LEVEL:
                    self._later([child for child in node.children if isinstance(child, nodes.literal_block)], place)
            case nodes.TextElement() | nodes.image():
                self._say(place.before + self._words(node), place.line or node.line, place)
            case _:
                self._later(node.children, place)

    def _later(self, children: Sequence[nodes.Node], place: _Place) -> None:
        place = replace(place, depth=place.depth + 1, before="", line=None)
        self._waiting += [(child, place) for child in reversed(children)]

    def _opened_by(self, words: str, children: Sequence[nodes.Node], place: _Place) -> None:
        """Words that open the first of the children if that is a paragraph, and else stand before it."""
        # What a directive of ours holds stands in a container.
        while children and isinstance(children[0], nodes.container):
            children = [*children[0].children, *children[1:]]
        if children and isinstance(children[0], nodes.paragraph):
            self._later(children[1:], place)
            self._waiting.append((children[0], replace(place, depth=place.depth + 1, before=words)))
        else:
            self._say(words, place.line, place)
            self._later(children, place)

    def _say(self, text: str, line: int | None, place: _Place) -> None:
        self.composer.block(text, place.kind, line=line, named=place.named)

    def _terms(self, node: nodes.Element) -> list[str]:
        """What is defined: the terms, with the class of each in brackets, or the forms of an option."""
        terms: list[str] = []
        for child in node.children[:-1]:
            if isinstance(child, nodes.option_group):
                terms.append(", ".join(option.astext() for option in child.children))
            elif isinstance(child, nodes.classifier):
                terms[-1] += f" ({self._words(child)})"
            else:
                terms.append(self._words(child))
        return terms

    def _is_setting(self, field: nodes.Element) -> bool:
        """Whether it is a field that tells Sphinx something, and no reader."""
        name, body = field.children
        return field in self._opening and (not body.children or self._words(name) in _SETTINGS)

    def _table(self, table: nodes.Element, place: _Place) -> None:
        for child in table.children:
            if isinstance(child, nodes.title):
                self._say(self._words(child), child.line, place)
        for text, line in row_texts(table, self._words):
            self.composer.block(text, "row", line=line)

    def _words(self, node: nodes.Node) -> str:
        return " ".join(self._substitutions.words(node).split())


def _opening(document: nodes.document) -> Sequence[nodes.Node]:
    """The fields that stand before any other text."""
    node: nodes.Node = document
    while isinstance(node, (nodes.document, nodes.section)):
        node = next((child for child in node.children if not isinstance(child, _BEFORE_FIELDS)), nodes.Text(""))
    return node.children if isinstance(node, nodes.field_list) else ()


def _name(term: str) -> str | None:
    """What a section path calls a term: the long signature of a function goes by the function's name."""
    name = term if len(term) <= _LONGEST_NAME else term.partition("(")[0].strip()
    return name if len(name) <= _LONGEST_NAME else None


def _date(text: str) -> str | None:
    revised = _REVISED.fullmatch(text)
    for words in (revised[1],) if revised else (text, text[:10]):
        for form in _DATES:
            try:
                return datetime.strptime(words, form).date().isoformat()
            except ValueError:
                continue
    return None
