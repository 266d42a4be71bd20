"""What holds for every document with mark-up, whatever is in it."""

from itertools import pairwise

from qabot.documents.parsed import Parsed
from qabot.passages import passages
from qabot.types import Document


def document(parsed: Parsed) -> Document:
    """The document that a file with this content is."""
    return Document("a.file", "A", parsed.text, "", parsed.sections, parsed.blocks, parsed.date, parsed.origin)


def said(parsed: Parsed) -> str:
    """All headings, then all blocks, each on lines of its own."""
    spans = [(section.start, section.body) for section in parsed.sections]
    spans += [(block.start, block.end) for block in parsed.blocks]
    return "\n".join(parsed.text[start:end] for start, end in spans)


def check(parsed: Parsed) -> None:
    """Sections cover the text, blocks lie in order in their sections, and every character of them is in a passage."""
    text, sections = parsed.text, parsed.sections
    assert sections[0].start == 0 and sections[-1].end == len(text)
    assert all(section.start <= section.body <= section.end for section in sections)
    assert all(one.end == other.start for one, other in pairwise(sections))
    end = 0
    for block in parsed.blocks:
        section = sections[block.section]
        assert max(end, section.body) <= block.start < block.end <= section.end
        end = block.end
    found = [place for section in sections for place in range(section.start, section.body)]
    for passage in passages(document(parsed)):
        block = parsed.blocks[passage.block]
        assert all(block.start <= start < stop <= block.end for start, stop in passage.sentences)
        found += [place for start, stop in passage.sentences for place in range(start, stop)]
    assert len(found) == len(set(found))
    assert {place for place, character in enumerate(text) if not character.isspace()} <= set(found)
