"""Headings that nothing marks but their shortness and their place."""

import re
from collections.abc import Sequence

from qabot.documents.prose import BULLET, ends_sentence, ends_with_colon
from qabot.documents.text.candidate import Candidate
from qabot.documents.text.layout import Layout
from qabot.documents.text.lines import Line
from qabot.documents.text.shapes import (
    LEADER,
    STATEMENT,
    announces,
    bare,
    begins_text,
    is_centred,
    is_date_line,
    is_last,
    is_nameable,
    is_prose,
    is_question,
    is_text,
    is_title_case,
    starts_name,
)

_SENTENCE_WITHIN = re.compile(r"[a-z]{2,}[.!]\s+[A-Z(]")
_IMPRINT = re.compile(r"(?:copyright|©|\(c\)|version|release|last updated)\b", re.IGNORECASE)


def plain(lines: Sequence[Line], index: int, layout: Layout) -> Candidate | None:
    """A short line without a full stop, set off by nothing but its place."""
    line = lines[index]
    if index + 1 == len(lines) or not starts_name(line.text) or BULLET.match(line.text):
        return None
    before, after = (lines[index - 1] if index else None), lines[index + 1]
    if before is not None and ends_with_colon(before.text) and not announces(before.text):
        return None  # what a lead-in announces
    if alone := _alone(lines, index, layout):
        return alone
    words = line.text.lower().split()
    if (
        not is_nameable(line.text, 80)
        or len(words) > 12
        or ends_sentence(line.text)
        or _SENTENCE_WITHIN.search(line.text)
    ):
        return None
    if (is_date_line(line.text) and (index < 5 or len(words) <= 4)) or (index < 20 and _IMPRINT.match(line.text)):
        return None
    if ends_with_colon(line.text) and (not announces(line.text) or not after.gap or not is_text(lines, index + 1)):
        return None
    hangs = after.indent > line.indent and (before is None or before.rule or before.indent > line.indent)
    if not (hangs or is_title_case(line.text)) and (
        (len(words) > 2 and any(map(STATEMENT.fullmatch, words))) or (after.indent > line.indent and "," in line.text)
    ):
        return None
    if layout.flowing:
        open_above = before is not None and not line.gap and not before.rule and not ends_sentence(before.text)
        fits = not open_above and (begins_text(lines, index, layout) or (after.gap and not after.rule))
    elif is_last(lines, index):
        fits = not after.rule and (after.indent >= line.indent or is_centred(line, layout))
    else:
        fits = begins_text(lines, index, layout) and after.indent == line.indent and is_prose(lines, index + 1)
    return Candidate(index, index + 1, bare(line.text), (50, min(line.indent, 20)), plain=True) if fits else None


def _alone(lines: Sequence[Line], index: int, layout: Layout) -> Candidate | None:
    """A paragraph of up to three lines that asks a question, or stands out to the left of all that is around it."""
    last = index + 1
    while last < len(lines) and not is_last(lines, last - 1):
        last += 1
        if last - index > 3:
            return None
    text = " ".join(line.text for line in lines[index:last])
    if last == len(lines) or lines[last].rule or len(text) > 250 or ends_with_colon(text) or text.endswith((",", ";")):
        return None
    left, right = lines[index].indent, lines[last].indent
    hangs = layout.margin is not None and left < layout.margin == right and not LEADER.search(text)
    asks = is_question(text) and right >= left and (last == index + 1 or right > left) and ": " not in text
    return Candidate(index, last, text, (50, min(left, 20)), plain=True) if hangs or asks else None
