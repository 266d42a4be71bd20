"""Which of the lines that look like headings are headings, and how they nest.

A heading has text under it; a run of them with nothing in between is a list or a table of contents. Numbers must
come in order. The document's own title stands above everything and is no section.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qabot.documents.numbering import count, follows
from qabot.documents.text.candidate import RULED, Candidate
from qabot.documents.text.candidates import candidates
from qabot.documents.text.layout import Layout
from qabot.documents.text.lines import Line
from qabot.documents.text.shapes import is_date_line

# First headings that name a part of a document, never the document.
_PARTS = re.compile(
    "abstract|introduction|preface|foreword|summary|overview|(table of )?contents|about|background|synopsis|name"
    "|description|einleitung|vorwort|zusammenfassung|inhalt"
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading on lines `[first, last)`; `path` runs from the top down and ends with its own name."""

    first: int
    last: int
    number: str
    path: tuple[str, ...]


def outline(lines: Sequence[Line], layout: Layout) -> tuple[Candidate | None, list[Heading]]:
    """The title line if the text has one, and the headings under it, in order."""
    found = _in_sequence(_without_lists(_with_text(candidates(lines, layout), len(lines))))
    title = _title(found, lines)
    if title is not None:
        found = found[1:]
    found = _by_appearance(found)
    depths: list[tuple[int, str | None]] = []
    paths: list[tuple[str, ...]] = []
    above: list[Candidate] = []
    for candidate in found:
        while above and above[-1].rank >= candidate.rank:
            above.pop()
        above.append(candidate)
        depths.append((len(above) - 1, candidate.number))
        paths.append(tuple(" ".join(heading.title.split()) for heading in above))
    numbers = count(depths)
    return title, [Heading(c.first, c.last, n, p) for c, n, p in zip(found, numbers, paths, strict=True)]


def _by_appearance(found: list[Candidate]) -> list[Candidate]:
    """With the kinds of rules that mark headings ranked by which the document uses first, as reStructuredText does."""
    kinds = list(dict.fromkeys(candidate.rank for candidate in found if candidate.rank[0] in RULED))
    return [
        replace(candidate, rank=(RULED.start, kinds.index(candidate.rank))) if candidate.rank in kinds else candidate
        for candidate in found
    ]


def _with_text(found: list[Candidate], end: int) -> list[Candidate]:
    """Without the plain lines that close the document: a signature, not a heading."""
    while found and found[-1].plain and found[-1].last == end:
        found = found[:-1]
    return found


def _without_lists(found: list[Candidate]) -> list[Candidate]:
    """Without runs of numbered or of plain lines that follow each other with no text in between."""
    drop: set[int] = set()
    begin = 0
    for index in range(1, len(found) + 1):
        if index < len(found) and _same_run(found[index - 1], found[index]):
            continue
        length = index - begin
        if found and found[begin].plain and length > 1:
            # Two lines alone can be a heading and the one above it, but only where a title may stand.
            drop.update(range(begin, index if length > 2 else index - 1))
            if found[begin].first == 0:
                drop.discard(begin)
        elif length > 1:
            drop.update(range(begin, index))
        begin = index
    return [candidate for index, candidate in enumerate(found) if index not in drop]


def _same_run(one: Candidate, other: Candidate) -> bool:
    if one.last != other.first:
        return False
    if one.plain and other.plain:
        return True
    if not (one.parts and other.parts and one.rank[0] == other.rank[0]):
        return False
    return len(other.parts) <= len(one.parts) and other.parts > one.parts


def _in_sequence(found: list[Candidate]) -> list[Candidate]:
    """Without numbered lines whose number cannot stand there, such as list items within a numbered section."""
    kept: list[Candidate] = []
    before: dict[int, tuple[int, ...]] = {}
    restart: set[int] = set()  # kinds of numbers that a heading above may let begin anew
    for candidate in found:
        family = candidate.rank[0]
        if candidate.parts:
            fits = follows(candidate.parts, before.get(family))
            if not fits and not (family in restart and follows(candidate.parts, None)):
                continue
            before[family] = candidate.parts
            restart.discard(family)
        if not candidate.plain:
            restart.update(other for other in before if other > family)
        kept.append(candidate)
    return kept


def _title(found: list[Candidate], lines: Sequence[Line]) -> Candidate | None:
    """The first heading, if it is the first line and the name of the whole."""
    if not found or found[0].first != 0 or found[0].number is not None or _PARTS.fullmatch(found[0].title.lower()):
        return None
    first, others = found[0], found[1:]
    unlike = all(other.rank != first.rank for other in others)
    above = bool(others) and others[0].first == first.last
    bylined = first.last < len(lines) and is_date_line(lines[first.last].text)
    return first if unlike or above or bylined else None
