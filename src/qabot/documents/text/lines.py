"""The lines of a plain text, with what their looks tell: indentation, the blank lines above, rules.

Only lines with something on them are kept, so that a file of five million newlines costs nothing. What the lines
mean (headings, paragraphs) is left to `headings` and `blocks`.
"""

import re
from dataclasses import dataclass

from qabot.documents.decoding import BOM

# A line ends with LF, CR LF or a lone CR. The rarer breaks of str.splitlines (form feed, U+2028 ...) are white
# space within a line: editors do not start a line there.
_LINE = re.compile(r"[^\r\n]+")

_RULE_CHARACTERS = frozenset("=-~^#*+_─━═—–")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank. `text` is trimmed and is `[start, end)` of the whole; `gap` counts blank lines above.

    `indent` is in columns (tab stops of 8). `rule` is the character that the line repeats from end to end
    ("=====", "* * *"), or "". The first line has a gap of at least 1.
    """

    start: int
    end: int
    indent: int
    gap: int
    text: str
    rule: str


def split(text: str) -> list[Line]:
    """The lines of `text` that are not blank, in order. A byte order mark at the start is not part of a line."""
    lines: list[Line] = []
    above = 1 if text.startswith(BOM) else 0
    for match in _LINE.finditer(text, above):
        raw = match.group()
        trimmed = raw.strip()
        if not trimmed:
            continue
        margin = raw[: raw.find(trimmed[0])]
        start = match.start() + len(margin)
        gap = max(_breaks(text, above, start) - 1, 0) if lines else 1 + _breaks(text, above, start)
        above = start + len(trimmed)
        lines.append(Line(start, above, len(margin.expandtabs(8)), gap, trimmed, _rule(trimmed)))
    return lines


def _breaks(text: str, start: int, end: int) -> int:
    return text.count("\n", start, end) + text.count("\r", start, end) - text.count("\r\n", start, end)


def _rule(trimmed: str) -> str:
    character = trimmed[0]
    if character not in _RULE_CHARACTERS or len(trimmed) < 3:
        return ""
    if trimmed.count(character) == len(trimmed):
        return character
    bare = trimmed.replace(" ", "")
    spaced = len(trimmed) == 2 * len(bare) - 1 and len(bare) > 2 and trimmed == " ".join(bare)
    return character if spaced and bare.count(character) == len(bare) else ""
