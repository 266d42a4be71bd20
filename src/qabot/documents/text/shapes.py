"""What a line of plain text looks like: a name, a question, a date, the start of a paragraph. No judgement yet."""

import re
from collections.abc import Sequence

from qabot.documents.prose import BULLET, ends_sentence
from qabot.documents.text.layout import Layout
from qabot.documents.text.lines import Line

LONGEST = 100  # characters of a heading on one line
ANSWER = re.compile(r"A(?:nswer)?\s?\d{0,3}\s?[:.)]\s", re.IGNORECASE)
COLUMNS = re.compile(r"\S(?:\t| {3,})\S")
LEADER = re.compile(r"\.{4}|(?:\. ){3}")
_NOT_PROSE = re.compile(r"[{};=<>|\\]|://|\S@\S|\w\(\)")
_NOT_NUMBERED_PROSE = re.compile(r"://|\S@\S")
_DATED = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2},?\s+\d{4}\b|\b\d{1,2}\.?\s+\w{3,9}\s+\d{4}\b"
    r"|\b\d{4}-\d\d-\d\d\b",
    re.IGNORECASE,
)
# Words that make a statement or a lead-in of a short line, not a name for what follows.
STATEMENT = re.compile(
    "is|are|was|were|am|be|been|has|have|had|will|would|can|could|should|must|may|might|do|does|did|don't|isn't"
    "|i|you|we|they|he|she|it|this|these|those|following|follows|said|says"
)
_ASIDE = re.compile("examples?|notes?|important")


def is_date_line(text: str) -> bool:
    """Whether a short line gives a date or names who wrote the text, as stands above articles."""
    return len(text) <= LONGEST and bool(_DATED.search(text) or re.match(r"(?:by|von|par|por)\s+[A-Z]", text, re.I))


def is_last(lines: Sequence[Line], index: int) -> bool:
    """Whether the line at `index` is the last of its chunk."""
    return index + 1 == len(lines) or bool(lines[index + 1].gap or lines[index + 1].rule)


def is_nameable(text: str, longest: int = LONGEST, numbered: bool = False) -> bool:
    """Whether `text` can be the name of something: short, of letters, with nothing of a sentence, table or code.

    What is `numbered` may hold signs: its number vouches for it.
    """
    return (
        len(text) <= longest
        and any(map(str.isalpha, text))
        and text[-1] not in ".,;"
        and not (COLUMNS.search(text) or LEADER.search(text))
        and not (_NOT_NUMBERED_PROSE if numbered else _NOT_PROSE).search(text)
    )


def starts_name(text: str) -> bool:
    """Whether `text` begins as a name does: with a capital, a digit, or a letter of a script without capitals."""
    first = text.lstrip("\"'“‘«(¿¡")[:1]
    return first.isalnum() and not first.islower()


def is_question(text: str) -> bool:
    """Whether `text` ends with a question mark, inside or outside of quotes."""
    return text.rstrip("\"'”’»)").endswith("?")


def is_title_case(text: str) -> bool:
    """Whether most of the longer words are capitalised, the last among them: "Conveying Modified Source Versions"."""
    words = [word.lstrip("\"'“‘«(") for word in text.split()]
    long = [word for word in words if len(word) > 3]
    return len(long) > 1 and sum(word[:1].isupper() for word in long) >= 0.7 * len(long) and len(words) <= 12


def bare(text: str) -> str:
    """A heading without the colon at its end."""
    return text.rstrip("：:").rstrip() or text


def is_worded(text: str) -> bool:
    """Whether `text` can be a heading that a rule marks: looser than `is_nameable`."""
    return len(text) <= LONGEST and any(map(str.isalpha, text)) and text[-1] not in ",;" and not LEADER.search(text)


def begins_text(lines: Sequence[Line], index: int, layout: Layout) -> bool:
    """Whether the next line, with no blank line between, opens a paragraph of its own."""
    line, after = lines[index], lines[index + 1]
    if after.text[0].islower() or after.indent > line.indent:
        return False
    if layout.flowing:
        return len(after.text) >= 1.5 * len(line.text) and (ends_sentence(after.text) or len(after.text) > LONGEST)
    if line.indent + len(line.text) > 0.7 * layout.width:
        return False
    return ends_sentence(after.text) or len(after.text) >= 0.7 * layout.width


def announces(text: str) -> bool:
    """Whether a line that ends with a colon is a name ("Extra make steps:") rather than the start of a sentence."""
    words = text[:-1].lower().split()
    return (
        len(words) <= 5
        and words[:1] not in (["to"], ["for"])
        and not any(STATEMENT.fullmatch(word) or _ASIDE.fullmatch(word) for word in words)
    )


def is_prose(lines: Sequence[Line], index: int) -> bool:
    """Whether the chunk from `index` on is prose: one line that closes a sentence, or lines going on in lower case."""
    if is_last(lines, index):
        return ends_sentence(lines[index].text)
    return lines[index + 1].text[0].islower() or (not is_last(lines, index + 1) and lines[index + 2].text[0].islower())


def is_text(lines: Sequence[Line], index: int) -> bool:
    """Whether the paragraph from `index` on is running text, not a list, a command or a table."""
    text = lines[index].text
    return starts_name(text) and not BULLET.match(text) and (ends_sentence(text) or not is_last(lines, index))


def is_centred(line: Line, layout: Layout) -> bool:
    """Whether the line stands about the middle of the page."""
    return line.indent >= 10 and abs(line.indent - (layout.width - len(line.text)) / 2) <= 6
