"""Directives of reStructuredText: which of them are read in what way, whether docutils knows them or Sphinx does.

What is not named here and unknown to docutils is read as the text in it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from docutils.statemachine import StringList

_ALONE = Lock()

_OPTION = re.compile(r":[\w-]+:(?:\s|$)")

_LEFT_OUT = frozenset(
    """codeauthor contents currentmodule date default-domain default-role footer header highlight include index
    literalinclude meta module moduleauthor py:currentmodule py:module raw role sectionauthor section-numbering sectnum
    tabularcolumns target-notes toctree program""".split()
)
_CODE = frozenset(
    """code code-block code-cell console digraph doctest graph graphviz ipython jupyter-execute math mermaid plantuml
    plot productionlist prompt sourcecode testcode testoutput testsetup tikz uml""".split()
)
_OBJECTS = frozenset(
    """attribute autoattribute autoclass autodata autoexception autofunction automethod automodule cfunction class
    classmethod cmacro cmdoption cmember confval coroutinefunction coroutinemethod ctype cvar data decorator
    decoratormethod describe envvar exception function method object opcode option pdbcommand property
    staticmethod""".split()
)
_CONDITIONS = frozenset("cssclass ifconfig only rst-class".split())
# What is said of the versions that follow.
_VERSIONS = {
    "availability": "Availability",
    "deprecated": "Deprecated since version {}",
    "deprecated-removed": "Deprecated since version {}, removed in version {}",
    "versionadded": "Added in version {}",
    "versionchanged": "Changed in version {}",
    "versionremoved": "Removed in version {}",
}


@contextmanager
def our_directives() -> Iterator[None]:
    """Within it, docutils finds the directives here. It looks them up in one place for the whole program."""
    with _ALONE:
        theirs = directives.directive

        def find(
            directive_name: str, language_module: Any, document: nodes.document
        ) -> tuple[type[Directive] | None, list[nodes.system_message]]:
            own = _own(directive_name.lower())
            if own is not None:
                return own, []
            return theirs(directive_name, language_module, document)[0] or _Text, []

        directives.directive = find
        try:
            yield
        finally:
            directives.directive = theirs


def _own(name: str) -> type[Directive] | None:
    if name in _LEFT_OUT:
        return _LeftOut
    if name in _CODE:
        return _Code
    if name in _CONDITIONS:
        return _Condition
    if name in _VERSIONS:
        return _Version
    if name in _OBJECTS or ":" in name:
        return _Object
    return None


class _Text(Directive):
    """Text in a directive. It may begin on the directive's own line, and options may follow there."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        head, body, start = self.parts()
        container = nodes.container()
        self.state.nested_parse(head, self.content_offset, container)
        self.state.nested_parse(body, start, container)
        return [container]

    def parts(self) -> tuple[StringList, StringList, int]:
        """The lines on and right below the directive's own, without options; the rest; the offset of the rest."""
        lines = self.content
        end = 0
        # Else the text begins below a blank line.
        if self.content_offset < self.lineno:
            while end < len(lines) and lines[end].strip() and not _OPTION.match(lines[end]):
                end += 1
        start = end
        if end < len(lines) and _OPTION.match(lines[end]) and (end or self.content_offset <= self.lineno):
            while start < len(lines) and lines[start].strip():
                start += 1
        while start < len(lines) and not lines[start].strip():
            start += 1
        return lines[:end], lines[start:], self.content_offset + start


class _LeftOut(Directive):
    has_content = True

    def run(self) -> list[nodes.Node]:
        return []


class _Condition(_Text):
    """What stands on its own line is no text."""

    def run(self) -> list[nodes.Node]:
        _, body, start = self.parts()
        container = nodes.container()
        self.state.nested_parse(body, start, container)
        return [container]


class _Code(_Text):
    """On the directive's own line stands its language, but for mathematics."""

    def run(self) -> list[nodes.Node]:
        head, body, start = self.parts()
        code = [*(head if self.name.lower() == "math" else head[1:]), *body]
        block = nodes.literal_block("", "\n".join(code))
        block.line = start + 1
        return [block]


class _Version(_Text):
    """On the directive's own line stand one or two versions, which may be followed by text."""

    def run(self) -> list[nodes.Node]:
        head, body, start = self.parts()
        pattern = _VERSIONS[self.name.lower()]
        expected = pattern.count("{}")
        # Those that are missing are left open.
        words = [*(head[0].split(maxsplit=expected) if head else []), "", ""]
        said = pattern.format(*words).strip()
        if head:
            head.disconnect()
            head[0] = words[expected]
        container = nodes.container()
        self.state.nested_parse(head, self.content_offset, container)
        self.state.nested_parse(body, start, container)
        if container.children and isinstance(container[0], nodes.paragraph):
            container[0].insert(0, nodes.Text(f"{said}: "))
        else:
            paragraph = nodes.paragraph("", said)
            paragraph.line = self.lineno
            container.insert(0, paragraph)
        return [container]


class _Object(_Text):
    """A function, an option or the like: its signatures, which have no mark-up, and what is said about it."""

    def run(self) -> list[nodes.Node]:
        head, body, start = self.parts()
        signatures = [line.strip() for line in "\n".join(head).replace("\\\n", " ").split("\n") if line.strip()]
        if not len(body) and self.name == "class" and all(map(str.islower, signatures)):
            # docutils' own directive of this name says how the next paragraph looks.
            return []
        definition = nodes.definition()
        self.state.nested_parse(body, start, definition)
        terms = [nodes.term("", signature) for signature in signatures]
        for term in terms:
            term.line = self.lineno
        return [nodes.definition_list("", nodes.definition_list_item("", *terms, definition))]
