"""A passage in its place, and a section page by page: to read on from a quote into its document."""

import re
from dataclasses import replace

from qabot.quote import reference
from qabot.render.discord import notice
from qabot.render.discord.answer import SHARE
from qabot.render.discord.markup import CUT, block_quote, clipped, cut_at_sentence, last_break, length
from qabot.render.discord.message import FOUND, MESSAGE_CHARACTERS, Attachment, Button, Part, Shown
from qabot.render.discord.place import document_key, passage_key, where
from qabot.types import Context, Document, Neighbours, Section

_NOTE_ROOM = 120
_HEADING_ROOM = 400
_PAGE = 3000
# So many characters fit whatever they are: of blank lines, each takes three ("> " and its end).
_SURE_PAGE = 1100
_NOT_BLANK = re.compile(r"\S")
_SECTION_NOTE = f"{CUT} The whole section is attached."


def in_context(context: Context, neighbours: Neighbours) -> Shown:
    """A passage in its place: its whole section, with the passage in bold, or as much around it as fits.

    The buttons below lead to the sentences and sections around it.
    """
    around = [
        Button(label, action, passage_key(reference(quote)))
        for label, action, quote in (
            ("← Sentence", "sentence-before", neighbours.before),
            ("Sentence →", "sentence-after", neighbours.after),
            ("← Section", "section-before", neighbours.section_before),
            ("Section →", "section-after", neighbours.section_after),
        )
        if quote is not None
    ]
    return replace(_in_context(context), rows=((*around, SHARE),))


def section_page(document: Document, offset: int) -> Shown:
    """The page of a section that holds `offset`, with buttons that lead through the whole document."""
    full = [section for section in document.sections if document.text[section.body : section.end].strip()]
    if not full:
        return notice.only_headings(document.title)
    place = next((place for place, section in enumerate(full) if offset < section.end), len(full) - 1)
    section = full[place]
    pages = _pages(document.text, section)
    number = next((number for number, (_, end) in enumerate(pages) if offset < end), len(pages) - 1)
    back = pages[number - 1][0] if number else _pages(document.text, full[place - 1])[-1][0] if place else None
    onward = [start for start, _ in pages[number + 1 :]] or [later.body for later in full[place + 1 :]]
    around = (("← Back", "read-back", back), ("Next →", "read-on", onward[0] if onward else None))
    key = document_key(document.path)
    turns = [Button(label, action, f"{key}:{to}") for label, action, to in around if to is not None]
    own = [f"{section.number} {last}" for last in section.path[-1:]]
    heading = " > ".join((document.title, *section.path[:-1], *own))
    count = f", page {number + 1} of {len(pages)}" if len(pages) > 1 else ""
    start, end = pages[number]
    text = block_quote(document.text[start:end].strip("\r\n"))
    return Shown((Part(f"**{clipped(heading, _HEADING_ROOM)}**{count}"), Part(text)), FOUND, rows=((*turns, SHARE),))


def _pages(text: str, section: Section) -> list[tuple[int, int]]:
    """The pages of a section, `[start, end)` each, cut between paragraphs, else lines, sentences or words."""
    pages = []
    start = section.body
    while (start := _next_line(text, start, section.end)) < section.end:
        end = min(section.end, start + _PAGE)
        if length(block_quote(text[start:end])) > MESSAGE_CHARACTERS - _HEADING_ROOM - _NOTE_ROOM:
            end = min(section.end, start + _SURE_PAGE)
        if end < section.end:
            end = start + last_break(text[start:end])
        pages.append((start, end))
        start = end
    return pages


def _next_line(text: str, start: int, end: int) -> int:
    """Where the next line that is not blank begins, with its indentation unless that is long; `end` if none does."""
    match = _NOT_BLANK.search(text, start, end)
    if match is None:
        return end
    line = max(text.rfind("\n", start, match.start()) + 1, start)
    return line if match.start() - line < _SURE_PAGE // 2 else match.start()


def _in_context(context: Context) -> Shown:
    head = Part(f"**{where(context.quote)}**")
    room = MESSAGE_CHARACTERS - length(head.text) - _NOTE_ROOM
    # A section's body begins with the end of its heading's line; a blank line would be all that shows of it.
    blank = min(len(context.text) - len(context.text.lstrip("\r\n")), context.before)
    text, first, last = context.text[blank:], context.before - blank, context.after - blank
    whole = block_quote(text, (first, last))
    if length(whole) <= room:
        return Shown((head, Part(whole)), FOUND)
    exact = (Attachment("section.txt", context.text),)
    quote = cut_at_sentence(text[first:last], room, (0, last - first))
    if quote != text[first:last]:
        return Shown((head, Part(block_quote(quote, (0, len(quote)))), Part(_SECTION_NOTE)), FOUND, attachments=exact)
    start, end = _surroundings(text, first, last, room)
    parts = (head, Part(block_quote(text[start:end], (first - start, last - start))), Part(_SECTION_NOTE))
    return Shown(parts, FOUND, attachments=exact)


def _surroundings(text: str, first: int, last: int, room: int) -> tuple[int, int]:
    """About the widest `[start, end)` around `[first, last)` that fits, grown evenly on both sides, at words."""
    start, end = first, last
    while True:
        left, right = max(start - 64, 0), min(end + 64, len(text))
        fits = length(block_quote(text[left:right], (first - left, last - left))) <= room
        if not fits or (left, right) == (start, end):
            break
        start, end = left, right
    while 0 < start < first and not text[start - 1].isspace():
        start += 1
    while last < end < len(text) and not text[end].isspace():
        end -= 1
    return start, end
