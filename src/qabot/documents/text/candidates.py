"""Lines of a plain text that look like headings, judged by themselves and their neighbours.

Which of them are headings, looking at the document as a whole, is left to `headings`.
"""

from collections.abc import Sequence

from qabot.documents.text.candidate import Candidate
from qabot.documents.text.layout import Layout
from qabot.documents.text.lines import Line
from qabot.documents.text.marked import (
    boxed,
    capitals,
    centred_title,
    decorated,
    numbered_heading,
    question,
    underlined,
)
from qabot.documents.text.plain import plain
from qabot.documents.text.shapes import LONGEST


def candidates(lines: Sequence[Line], layout: Layout) -> list[Candidate]:
    """All that looks like a heading, in order, none overlapping."""
    found: list[Candidate] = []
    index = 0
    while index < len(lines):
        candidate = _at(lines, index, layout)
        if candidate is not None:
            found.append(candidate)
        index = candidate.last if candidate is not None else index + 1
    return found


def _at(lines: Sequence[Line], index: int, layout: Layout) -> Candidate | None:
    line = lines[index]
    if line.rule:
        return boxed(lines, index)
    if len(line.text) > 3 * LONGEST or not _opens(lines, index, layout):
        return None
    return (
        centred_title(lines, index, layout)
        or underlined(lines, index, index)
        or decorated(lines, index, layout)
        or question(lines, index)
        or numbered_heading(lines, index, layout)
        or capitals(lines, index, layout)
        or plain(lines, index, layout)
    )


def _opens(lines: Sequence[Line], index: int, layout: Layout) -> bool:
    """Whether a paragraph can begin here."""
    line = lines[index]
    return bool(line.gap or lines[index - 1].rule or layout.flowing)
