"""A passage in its place, and a section page by page: to read on from a quote into its document."""

from dataclasses import replace
from functools import lru_cache

from qabot.quote import reference
from qabot.render.discord import notice
from qabot.render.discord.answer import SHARE
from qabot.render.discord.markup import CUT, block_quote, clipped, cut_at_sentence, length
from qabot.render.discord.message import FOUND, MESSAGE_CHARACTERS, Attachment, Button, Part, Shown
from qabot.render.discord.place import document_key, passage_key, where
from qabot.types import Context, Document, Neighbours, Section

_NOTE_ROOM = 120
_HEADING_ROOM = 400
_PAGE_ROOM = 3000
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


# Cutting a megabyte takes seconds; who turns pages does not wait for it again.
@lru_cache(maxsize=4)
def _pages(text: str, section: Section) -> tuple[tuple[int, int], ...]:
    """The pages of a section, `[start, end)` each, cut between paragraphs, else lines, else sentences."""
    pages = []
    start, last = section.body, section.body + len(text[section.body : section.end].rstrip())
    while start < last:
        rest = text[start : min(section.end, start + _PAGE_ROOM + 1)]
        fits = len(cut_at_sentence(rest, _PAGE_ROOM))
        if start + fits < section.end:
            breaks = (rest.rfind(mark, 1, fits) for mark in ("\n\n", "\n"))
            fits = next((place for place in breaks if rest[: max(place, 0)].strip()), fits)
        # Before a word that is longer than a page there may be white space alone, which is no page.
        if rest[:fits].strip():
            pages.append((start, start + fits))
        start += fits
    return tuple(pages)


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
