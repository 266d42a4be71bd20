"""Sections -> sentences -> passages, all as offsets into the document's text.

A passage is a paragraph, or as many whole sentences of it as fit the size at which the encoder (and a reader
after it) sees all of them. Sentences are found by `sentencex`, which keeps a quotation and its speaker together.
"""

import re
from collections.abc import Iterator

from qabot.types import Block, Document, Passage

# About 110 word pieces of English: the encoder's window is larger, a passage is better found when it is small.
PASSAGE_CHARACTERS = 600
# No sentence is longer. What has no full stop for so long is a table, code or a list, and is cut between words.
SENTENCE_CHARACTERS = 1_000
# So long may a row of a table or a block of code be that is quoted whole; a longer one is cut between lines.
WHOLE_CHARACTERS = 3_000

_LETTER = re.compile(r"[^\W\d_]")
# "4. Redistribution." says nothing alone.
_NUMBERED_NAME = re.compile(
    r"\d+(?:\.\d+)*[.)]\s+[A-Z]\w*(?:\s(?:[A-Z]\w*|of|the|and|or|for|to|in|on|a|by|with)){0,7}\.\s*"
)


def passages(document: Document) -> list[Passage]:
    """All passages of a document, in order. Every character of its blocks but white space is in one of them."""
    found = []
    for index, block in enumerate(document.blocks):
        section = document.sections[block.section]
        path = section.path if block.run_in is None else (*section.path, block.run_in)
        found += [
            Passage(document.path, index, block.kind, section.number, path, group[0][0], group[-1][1], tuple(group))
            for group in _groups(sentences(document.text, block))
        ]
    return found


def sentences(text: str, block: Block) -> list[tuple[int, int]]:
    """The sentences of a block as `[start, end)` offsets, without the white space around them.

    A row of a table and a block of code count as one sentence.
    """
    if block.kind in ("row", "code"):
        return list(_cut(text, block.start, block.end, WHOLE_CHARACTERS, between="\n"))
    # Imported here: only indexing splits sentences, a question finds them split.
    import sentencex

    found: list[tuple[int, int]] = []
    start = None
    for boundary in sentencex.get_sentence_boundaries("en", text[block.start : block.end]):
        if start is None:
            start = block.start + boundary["start_index"]
        end = block.start + boundary["end_index"]
        # "1." or "(a)" belongs to the sentence after it.
        empty = not _LETTER.search(text, start, end) or (
            start == block.start and _NUMBERED_NAME.fullmatch(text, start, end)
        )
        if empty and end < block.end:
            continue
        found += _cut(text, *_trimmed(text, start, end), SENTENCE_CHARACTERS)
        start = None
    return found


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _cut(text: str, start: int, end: int, longest: int, between: str = "") -> Iterator[tuple[int, int]]:
    """Pieces of at most `longest` characters, cut at the last `between` that there is room for, else at white space."""
    while end - start > longest:
        limit = start + longest
        places = range(limit, start, -1)
        middle = next((place for place in places if between and text[place] == between), None)
        middle = middle or next((place for place in places if text[place].isspace()), limit)
        yield _trimmed(text, start, middle)
        start = _trimmed(text, middle, end)[0]
    if start < end:
        yield start, end


def _groups(sentences: list[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    group: list[tuple[int, int]] = []
    for sentence in sentences:
        if group and sentence[1] - group[0][0] > PASSAGE_CHARACTERS:
            yield group
            group = []
        group.append(sentence)
    if group:
        yield group
