"""Text -> Discord's markup, so that what is shown is the text's own characters, and back.

A backslash before a punctuation character makes Discord show that character and nothing else. Everything that
could begin markup, a mention, a link, a timestamp or an emoji gets one; nothing else is put in, no zero-width
character either, so what a person copies from the screen is the source. What Discord cannot show: white space at
the end of a quote, which it trims, and the difference between the kinds of line ends.
"""

import re
import unicodedata
from collections.abc import Callable

CUT = "[...]"

# These can begin something anywhere in a line: escapes, emphasis, spoilers, code, mentions, links.
_ANYWHERE = re.compile(r"[\\*_~|`<@\[]")
# A colon begins an emoji (:smile:) or makes a link (https://) only where a character follows at once.
_COLON = re.compile(r":(?=\S)")
# Lists, headings, small print and quotes begin at the start of a line; Discord's own patterns, written in
# JavaScript, also see the start of a line after the Unicode separators.
_LINE_START = re.compile(r"(?m)(?:^|(?<=[\u2028\u2029]))[^\S\n]*(?:([-+>#]+)|\d+([.)]))")
_ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$")
_PARAGRAPH_END = re.compile(r"\n\s*\n")
_LINE_END = re.compile(r"\n")
_WORD_END = re.compile(r"\s+")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"”’»)\]]*(?=\s|$)")


def length(text: str) -> int:
    """The length of a text as Discord may count it: in UTF-16 units, never fewer than in code points."""
    return len(text) + sum(character > "\uffff" for character in text)


def escaped(text: str) -> str:
    """Markup that shows exactly `text`, wherever in a line it is put."""
    return "".join(_pieces(text))


def unescaped(markup: str) -> str:
    """The text that `escaped` was given."""
    return _ESCAPE.sub(r"\1", markup)


def block_quote(text: str, bold: tuple[int, int] = (0, 0)) -> str:
    """A block quote that shows `text` line by line, with `[start, end)` of it in bold.

    Every line has its own "> ", blank ones too: ">>>" would swallow what follows. Bold is closed and opened again
    at the ends of lines, and never has white space at its edges.
    """
    start, end = bold
    lines = []
    for match in _LINE.finditer(text.rstrip()):
        line = match[0].rstrip("\r\n")
        pieces = _pieces(line)
        first, last = max(start - match.start(), 0), min(end - match.start(), len(line))
        strong = line[first:last] if first < last else ""
        if strong.strip():
            first += len(strong) - len(strong.lstrip())
            last -= len(strong) - len(strong.rstrip())
            pieces[first] = "**" + pieces[first]
            pieces[last - 1] += "**"
        lines.append("> " + "".join(pieces))
    return "\n".join(lines)


def code_quote(text: str) -> str | None:
    """A block quote that shows `text` as code, in which nothing is markup; None where it would not stay whole."""
    lines = re.split(r"\r\n|\r|\n", text.rstrip())
    # Discord takes a first line that is one word and nothing else for the name of a language.
    return None if "`" in text else "\n".join(f"> {line}" for line in ("```text", *lines, "```"))


def one_line(text: str) -> str:
    """A text on one line: control characters and runs of white space become single spaces."""
    return " ".join("".join(" " if unicodedata.category(c) == "Cc" else c for c in text).split())


def clipped(text: str, room: int) -> str:
    """`text` on one line and escaped; cut, with a visible mark, where it takes more than `room`."""
    line = one_line(text)
    if length(escaped(line)) <= room:
        return escaped(line)
    beginning = line[: _longest(line, lambda piece: length(escaped(piece)) <= room - len(CUT) - 1)]
    return f"{escaped(beginning.rstrip())} {CUT}"


def cut_at_sentence(text: str, room: int, bold: tuple[int, int] = (0, 0)) -> str:
    """The longest beginning of `text`, in whole sentences where it can be, that takes `room` as a block quote."""
    if length(block_quote(text, bold)) <= room:
        return text
    fits = _longest(text, lambda piece: length(block_quote(piece, bold)) <= room)
    ends = [match.end() for match in _SENTENCE_END.finditer(text) if match.end() <= fits]
    words = [match.start() for match in re.finditer(r"\s", text[:fits])]
    return text[: next((places[-1] for places in (ends, words) if places and places[-1]), fits)]


def last_break(text: str) -> int:
    """Where to cut a text that goes on: after its last paragraph, line, sentence or word, in its latter half."""
    half = len(text) // 2
    for pattern in (_PARAGRAPH_END, _LINE_END, _SENTENCE_END, _WORD_END):
        if places := [match.end() for match in pattern.finditer(text, half)]:
            return places[-1]
    return len(text)


def _pieces(text: str) -> list[str]:
    """For each character of `text` what shows it: the character, or a backslash and the character."""
    pieces = list(text)
    places = {match.start() for pattern in (_ANYWHERE, _COLON) for match in pattern.finditer(text)}
    for match in _LINE_START.finditer(text):
        places.update(range(*match.span(1 if match[1] else 2)))
    for place in places:
        pieces[place] = "\\" + pieces[place]
    return pieces


def _longest(text: str, fits: Callable[[str], bool]) -> int:
    """How many characters of `text` fit; found by halving, as what is shown only grows with what is put in."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(text[:middle]) else (low, middle - 1)
    return low
