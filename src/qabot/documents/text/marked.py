"""Headings that something marks: a rule under them, signs around them, a number, a "Q:", capitals."""

import re
from collections.abc import Sequence

from qabot.documents.numbering import Numbered, read_number
from qabot.documents.prose import ends_sentence, ends_with_colon
from qabot.documents.text.candidate import Candidate
from qabot.documents.text.layout import Layout
from qabot.documents.text.lines import Line
from qabot.documents.text.shapes import (
    ANSWER,
    COLUMNS,
    LONGEST,
    announces,
    bare,
    begins_text,
    is_centred,
    is_date_line,
    is_last,
    is_nameable,
    is_question,
    is_text,
    is_title_case,
    is_worded,
    starts_name,
)

_QUESTION = re.compile(r"Q(?:uestion)?\s?(\d{1,3})?\s?[:.)]\s+", re.IGNORECASE)


def centred_title(lines: Sequence[Line], index: int, layout: Layout) -> Candidate | None:
    """The first of up to four centred lines that open the text: what follows it is a subtitle, a version, an author."""
    last = 1
    while last < len(lines) and not is_last(lines, last - 1):
        last += 1
        if last > 4:
            return None
    if index or last < 2 or last == len(lines) or not all(is_centred(line, layout) for line in lines[:last]):
        return None
    text = lines[0].text
    return (
        Candidate(0, 1, text, (1, 0))
        if is_nameable(text, 80) and starts_name(text) and not is_date_line(text)
        else None
    )


def _make(first: int, last: int, text: str, rank: tuple[int, int]) -> Candidate:
    """A candidate whose look alone makes it a heading; a number it opens with is read off, not needed."""
    numbered = read_number(text)
    if numbered is None or not is_nameable(numbered.title):
        return Candidate(first, last, bare(text), rank)
    return Candidate(first, last, bare(numbered.title), rank, numbered.number)


def underlined(lines: Sequence[Line], index: int, first: int) -> Candidate | None:
    """A line with a rule right under it. `first` is the rule right above it, if that belongs to it too."""
    if index + 1 == len(lines) or not lines[index + 1].rule or lines[index + 1].gap:
        return None
    text, under = lines[index].text, lines[index + 1]
    if len(under.text) < len(text) / 2 or " " in under.text or COLUMNS.search(text) or not is_worded(text):
        return None
    if ends_sentence(text) and not is_question(text) and abs(len(under.text) - len(text)) > 3:
        return None  # a rule across the page
    over = 0 if first < index and lines[first].rule == under.rule else 1
    return _make(first if over == 0 else index, index + 2, text, (10 + over, ord(under.rule)))


def boxed(lines: Sequence[Line], index: int) -> Candidate | None:
    """A long rule with a short line right under it: a rule again, or a blank line, must follow."""
    after = index + 1
    if after >= len(lines) or lines[after].gap or lines[after].rule:
        return None
    if heading := underlined(lines, after, index):
        return heading
    text = lines[after].text
    if len(lines[index].text) < 20 or not is_last(lines, after) or after + 1 == len(lines) or not is_worded(text):
        return None
    if ends_sentence(text) and not text.endswith("?"):
        return None
    return _make(index, after + 1, text, (12, ord(lines[index].rule)))


def decorated(lines: Sequence[Line], index: int, layout: Layout) -> Candidate | None:
    """`== Usage ==`, `-------- Original README --------`, `## Usage`, `** Usage`."""
    text = lines[index].text
    character = text[0]
    if character not in "=-*#~_+" or len(text) > LONGEST or not is_last(lines, index):
        return None
    lead = len(text) - len(text.lstrip(character))
    tail = len(text) - len(text.rstrip(character))
    inner = text[lead : len(text) - tail]
    if not (inner.strip() and inner[0] == " " and is_nameable(inner.strip())):
        return None
    if character == "#" and lead <= 6 and lines[index].indent == 0 and starts_name(inner.strip()):
        return _make(index, index + 1, inner.strip(), (13, lead))
    if character == "*" and layout.starred and not tail and not _is_listed(lines, index, text[: lead + 1]):
        return Candidate(index, index + 1, bare(inner.strip()), (15, lead))
    return _make(index, index + 1, inner.strip(), (14, -lead)) if lead >= 2 and tail >= 2 else None


def _is_listed(lines: Sequence[Line], index: int, star: str) -> bool:
    """Whether a line that begins with `star` is announced by a colon, or stands beside another such line."""
    if index and (lines[index - 1].text.startswith(star) or ends_with_colon(lines[index - 1].text)):
        return True
    return index + 1 < len(lines) and lines[index + 1].text.startswith(star)


def question(lines: Sequence[Line], index: int) -> Candidate | None:
    """`Q: May I ...?`, up to four lines, if an answer follows."""
    opening = _QUESTION.match(lines[index].text)
    if not opening:
        return None
    last = index + 1
    while last < len(lines) and not (lines[last].gap or lines[last].rule or ANSWER.match(lines[last].text)):
        last += 1
        if last - index > 4:
            return None
    text = " ".join(line.text for line in lines[index:last])[opening.end() :]
    answered = last < len(lines) and (ANSWER.match(lines[last].text) or is_question(text) or lines[last].gap)
    return Candidate(index, last, text, (60, 0), opening.group(1)) if answered and len(text) <= 300 else None


def numbered_heading(lines: Sequence[Line], index: int, layout: Layout) -> Candidate | None:
    """`2.3 Results`, `IV. The Return`, `Chapter 2`; over several lines if it asks, or is numbered deep."""
    line = lines[index]
    numbered = read_number(line.text)
    if numbered is None:
        return None
    last = index + 1
    while last < len(lines) and last - index < 3 and not is_last(lines, last - 1):
        last += 1
    text = " ".join([numbered.title, *(each.text for each in lines[index + 1 : last])])
    alone = last < len(lines) and is_last(lines, last - 1)  # a paragraph of its own
    deep = len(numbered.parts) > 1
    asks = alone and is_question(text) and len(text) <= 250 and starts_name(text)
    wrapped = (
        alone and deep and last == index + 2 and starts_name(text) and is_nameable(text, 2 * LONGEST, numbered=True)
    )
    if not (asks or (wrapped and not ends_sentence(text))):
        text, last = numbered.title, index + 1
        if last == len(lines) or not _names(lines, index, numbered, layout):
            return None
    if numbered.bare and not is_last(lines, last - 1) and not layout.flowing:
        return None
    return Candidate(index, last, bare(text.rstrip(".")), numbered.rank, numbered.number, numbered.parts)


def _names(lines: Sequence[Line], index: int, numbered: Numbered, layout: Layout) -> bool:
    """Whether what follows the number on its line is a name, not a sentence or the start of a list's item."""
    text, closed = numbered.title, is_last(lines, index)
    # Contracts and licences close their headings with a full stop: "1. Definitions."
    named = len(numbered.parts) > 1 or text.endswith("!") or len(text.split()) <= 3 or is_title_case(text)
    if closed and numbered.parts and text.endswith((".", "!")) and named:
        text = text.rstrip(".!").rstrip() or text
    if not is_nameable(text, numbered=True) or ends_sentence(text) or (ends_with_colon(text) and not announces(text)):
        return False
    if not starts_name(text):
        return closed and not numbered.bare and lines[index + 1].indent <= lines[index].indent
    return closed or begins_text(lines, index, layout)


def capitals(lines: Sequence[Line], index: int, layout: Layout) -> Candidate | None:
    """A line, or up to three, wholly in capitals; set in, it is a term or a command, unless it is centred."""
    if layout.margin is not None and lines[index].indent > layout.margin and not is_centred(lines[index], layout):
        return None
    last = index
    while (
        last < len(lines)
        and last - index <= 3
        and (last == index or not is_last(lines, last - 1))
        and _is_capitals(lines[last].text)
    ):
        last += 1
    if not 1 <= last - index <= 3 or last == len(lines) or (last - index > 1 and not is_last(lines, last - 1)):
        return None
    text = " ".join(line.text for line in lines[index:last])
    if ends_with_colon(text) and not is_text(lines, last):
        return None
    if len(text) > 1.5 * LONGEST or len(text.split()) > 14 or (index and ends_with_colon(lines[index - 1].text)):
        return None
    return _make(index, last, text, (30, 0))


def _is_capitals(text: str) -> bool:
    letters = sum(map(str.isalpha, text[: LONGEST + 1]))
    return (
        letters >= 3
        and text == text.upper() != text.lower()
        and letters >= len(text) / 2
        and is_nameable(text)
        and starts_name(text)
    )
