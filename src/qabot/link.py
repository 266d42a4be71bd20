"""Links to a quote on the web: its page, opened at its words by a text fragment, as the WICG draft has it.

A fragment finds words that the page shows side by side. So it leaves out what a loader added to them.
"""

import re
from urllib.parse import quote as percent_encoded

from qabot.types import BlockKind

# A longer text is named by so many words of its beginning and end.
_FIRST_WORDS = 8
_LAST_WORDS = 4
# With the spaces before it: in code, each of them counts. Chinese and Japanese have but their punctuation.
_WORD = re.compile(r"\s*(?:[^\s、。，；：！？]+[、。，；：！？]*|[、。，；：！？]+)")
# A page counts the items of a list by itself; its text does not have the numbers.
_ITEM_NUMBER = re.compile(r"^(?:(?:\d+|[A-Za-z]|[ivx]+|[IVX]+)\. )+(?=\S)")
_COLUMN_NAME = re.compile(r"^.*?: (?=\S)")


def link(url: str, anchor: str | None, text: str, kind: BlockKind) -> str:
    """The link to `text`, a quote from a block of this kind, below the heading `anchor` on the page at `url`."""
    fragment = _row(text) if kind == "row" else _code(text) if kind == "code" else _paragraph(text)
    return f"{url.partition('#')[0]}#{percent_encoded(anchor or '')}:~:text={fragment}"


def _row(text: str) -> str:
    """The second cell, where it stands next to the first; a word alone, as cells often are, stands in many places."""
    cells = [_COLUMN_NAME.sub("", cell) for cell in text.split("; ")]
    first, *others = dict.fromkeys(cells)
    return f"{_encoded(''.join(_WORD.findall(first)[-_LAST_WORDS:]))}-,{_words(others[0])}" if others else _words(first)


def _code(text: str) -> str:
    """Its longest line: the first one, as an import, often stands in other examples, too."""
    return _words(max(text.splitlines(), key=len))


def _paragraph(text: str) -> str:
    """The paragraph without the term or label that stands on the lines above it."""
    return _words(_ITEM_NUMBER.sub("", text.strip().splitlines()[-1]))


def _words(text: str) -> str:
    words = _WORD.findall(text)
    if len(words) <= _FIRST_WORDS + _LAST_WORDS:
        return _encoded(text)
    return f"{_encoded(''.join(words[:_FIRST_WORDS]))},{_encoded(''.join(words[-_LAST_WORDS:]))}"


def _encoded(text: str) -> str:
    # A dash, comma or "and" sign would be part of the fragment's own grammar.
    return percent_encoded(text.strip(), safe="").replace("-", "%2D")
