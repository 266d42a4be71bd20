"""The paragraphs of a section of plain text: where each begins and ends, run-in headings, lead-ins and their items."""

from collections.abc import Sequence
from dataclasses import dataclass

from qabot.documents.prose import BULLET, ends_sentence, ends_with_colon, run_in
from qabot.documents.text.layout import LONG, Layout
from qabot.documents.text.lines import Line
from qabot.documents.text.shapes import ANSWER
from qabot.types import Block, BlockKind


@dataclass(slots=True)
class _Paragraph:
    start: int
    end: int
    indent: int
    bullet: bool
    last: str
    run_in: str | None = None
    lines: int = 1
    kind: BlockKind = "paragraph"


def blocks(text: str, lines: Sequence[Line], layout: Layout, section: int) -> list[Block]:
    """The blocks of one section, given the lines of its body. Rules ("-----") only separate them."""
    found: list[_Paragraph] = []
    before: Line | None = None
    for line in lines:
        if line.rule:
            before = None
            continue
        bullet = bool(BULLET.match(line.text)) and (
            before is None or line.gap > 0 or layout.flowing or _may_list(found[-1], before, line)
        )
        if before is None or layout.flowing or line.gap or bullet or _breaks(found[-1], before, line, layout):
            found.append(_Paragraph(line.start, line.end, line.indent, bullet, line.text))
        else:
            paragraph = found[-1]
            paragraph.end, paragraph.last = line.end, line.text
            paragraph.lines += 1
        before = line
    for paragraph in found:
        paragraph.run_in = run_in(text[paragraph.start : min(paragraph.end, paragraph.start + 2 * LONG)])
    _announce(found, layout)
    return [Block(p.start, p.end, section, p.kind, p.run_in) for p in found]


def _may_list(paragraph: _Paragraph, before: Line, line: Line) -> bool:
    """Whether a line in the midst of a paragraph that looks like a list item is one.

    Wrapped prose may open a line with a dash or a year by accident: the item must follow another, a colon or the end
    of a sentence, or be set in.
    """
    return paragraph.bullet or ends_with_colon(before.text) or ends_sentence(before.text) or line.indent > before.indent


def _breaks(paragraph: _Paragraph, before: Line, line: Line, layout: Layout) -> bool:
    """Whether `line` begins a new paragraph although no blank line stands above it."""
    if ANSWER.match(line.text):
        return True
    if line.indent > before.indent and not paragraph.bullet and (paragraph.lines > 1 or ends_sentence(before.text)):
        return True
    if not ends_sentence(before.text) or line.text[0].islower():
        return False
    if before.indent + len(before.text) > LONG:
        return True
    # The next word would have fitted: whoever wrote this meant to begin a new line.
    word = len(line.text.split(maxsplit=1)[0])
    return before.indent + len(before.text) + 1 + word <= layout.width - 12


def _announce(found: list[_Paragraph], layout: Layout) -> None:
    """Mark lead-ins and the items that they announce."""
    index = 0
    while index < len(found):
        lead = found[index]
        index += 1
        if not ends_with_colon(lead.last):
            continue
        begin = index
        while index < len(found) and _is_item(found, index, begin, lead, layout):
            found[index].kind = "item"
            index += 1
        if index > begin:
            lead.kind = "lead_in"


def _is_item(found: Sequence[_Paragraph], index: int, begin: int, lead: _Paragraph, layout: Layout) -> bool:
    """Whether the paragraph at `index` is announced by `lead`: of the kind of the first one under it, or set in."""
    paragraph, first = found[index], found[begin]
    if paragraph.indent > lead.indent:
        return True
    if first.bullet:
        return paragraph.bullet
    if first.run_in:
        return paragraph.run_in is not None
    # Short lines without a full stop, two at least, right under the lead-in.
    pair = found[begin : begin + 2]
    return layout.flowing and len(pair) == 2 and all(map(_short, pair)) and _short(paragraph)


def _short(paragraph: _Paragraph) -> bool:
    return paragraph.lines == 1 and len(paragraph.last) <= 80 and not ends_sentence(paragraph.last)
