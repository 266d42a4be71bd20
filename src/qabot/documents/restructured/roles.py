"""Inline mark-up of reStructuredText: which words of a role are read.

Nothing is registered with docutils, which would keep it for the whole program.
"""

import re
from typing import Any

from docutils import nodes
from docutils.parsers.rst.states import Inliner
from docutils.utils import escape2null, unescape

# Inline mark-up that does not end is looked for up to the end of its paragraph, again and again.
LONGEST = 10_000

_TITLED = re.compile(r"(.*?\S)\s*<[^<>]*>", re.DOTALL)
# What stands in these is meant as it stands.
_LITERAL = frozenset("code command command-line file guilabel kbd literal math samp".split())
_NAMED = {"pep": "PEP", "pep-reference": "PEP", "rfc": "RFC", "rfc-reference": "RFC"}


class Words(Inliner):
    """Reads every role, known to docutils or not, as its words."""

    def parse(
        self, text: str, lineno: int, memo: Any, parent: nodes.Element
    ) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The inline nodes of a paragraph; one that is too long has its mark-up read as words."""
        if len(text) > LONGEST:
            return [nodes.Text(unescape(escape2null(text)))], []
        return super().parse(text, lineno, memo, parent)

    def interpreted(
        self, rawsource: str, text: str, role: str, lineno: int
    ) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The words of a role."""
        words = spoken(role.lower(), unescape(text))
        return [nodes.inline(rawsource, words)] if words else [], []

    def implicit_inline(self, text: str, lineno: int) -> list[nodes.Text]:
        """Nothing: an address in the text is text."""
        return [nodes.Text(unescape(text))] if text else []


# docutils takes the pieces of its patterns from the class itself and not from those that it is derived from.
for _name, _pattern in vars(Inliner).items():
    if isinstance(_pattern, str) and not _name.startswith("__"):
        setattr(Words, _name, _pattern)


def spoken(role: str, text: str) -> str:
    """What is read of a role's text: of a reference "the rules <rules>" "the rules", of a class "~a.B" only "B"."""
    if role.startswith("raw"):
        return ""
    if role in _NAMED:
        return f"{_NAMED[role]} {text}"
    if not role or role in _LITERAL:
        return text
    if titled := _TITLED.fullmatch(text):
        return titled[1]
    if len(text) > 1 and text[0] in "!~":
        name = text.lstrip("!~")
        return name.rpartition(".")[2] or name if "~" in text[:2] else name
    return text
