"""Plain text: from its lines to sections and blocks. The rules in words are in docs/plain-text.md.

Pure and linear in the length of the text. Reading the file is left to the package itself.
"""

from qabot.documents.parsed import Parsed
from qabot.documents.text.blocks import blocks
from qabot.documents.text.headings import outline
from qabot.documents.text.layout import measure
from qabot.documents.text.lines import split
from qabot.types import Block, Section


def parse(text: str) -> Parsed:
    """The title, sections and blocks of a plain text."""
    lines = split(text)
    layout = measure(lines)
    title, headings = outline(lines, layout)

    begin = title.last if title else 0
    body = lines[begin - 1].end if title else 0
    heads: list[tuple[str, tuple[str, ...], int, int, int]] = [("0", (), 0, body, begin)]
    heads += [(h.number, h.path, lines[h.first].start, lines[h.last - 1].end, h.last) for h in headings]
    ends = [(h.first, lines[h.first].start) for h in headings] + [(len(lines), len(text))]

    sections = []
    paragraphs: list[Block] = []
    for index, ((number, path, start, body, first), (last, end)) in enumerate(zip(heads, ends, strict=True)):
        sections.append(Section(number, path, start, body, end))
        paragraphs += blocks(text, lines[first:last], layout, index)
    return Parsed(text, " ".join(title.title.split()) if title else None, tuple(sections), tuple(paragraphs))
