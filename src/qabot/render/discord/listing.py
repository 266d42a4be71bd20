"""Lists: the documents, the other passages for a question, and whether quotes still stand."""

from collections.abc import Sequence

from qabot.quote import headings, place, reference
from qabot.render.discord.answer import IN_CONTEXT, question_shown
from qabot.render.discord.markup import clipped, length, one_line
from qabot.render.discord.message import (
    FOUND,
    MESSAGE_CHARACTERS,
    MOST_OPTIONS,
    NOTICE,
    OPTION_CHARACTERS,
    Button,
    Option,
    Part,
    Shown,
)
from qabot.render.discord.place import document_key, passage_key, where
from qabot.types import Quote, Source, Verification

_SOURCES_A_PAGE = 8
_TITLE_ROOM = 200
_WORDS = {"intact": "Intact", "moved": "Moved", "altered": "Altered: the document no longer says this"}


def sources(listed: Sequence[Source], page: int) -> Shown:
    """A page of the documents, each with a button to read it."""
    pages = -(-len(listed) // _SOURCES_A_PAGE)
    page = min(max(page, 0), pages - 1)
    many = "One document" if len(listed) == 1 else f"{len(listed)} documents"
    parts = [Part(f"**{many}**" + (f", page {page + 1} of {pages}" if pages > 1 else ""))]
    parts += [
        Part(_source(source), button=Button("Read", "read", f"{document_key(source.path)}:0"))
        for source in listed[page * _SOURCES_A_PAGE : (page + 1) * _SOURCES_A_PAGE]
    ]
    turns = [
        Button(label, action, str(to))
        for label, action, to in (("← Back", "sources-back", page - 1), ("Next →", "sources-on", page + 1))
        if 0 <= to < pages
    ]
    return Shown(tuple(parts), NOTICE, rows=(tuple(turns),) if turns else ())


def others(question: str, quotes: Sequence[Quote]) -> Shown:
    """Further passages for a question, to choose from."""
    asked = question_shown(question)
    head = (Part(asked),) if asked else ()
    if not quotes:
        return Shown((*head, Part("The documents hold nothing else that is close to this.")), NOTICE)
    options = tuple(
        Option(option_text(f"{headings(quote)}, {place(quote)}".rstrip(", ")), option_text(quote.text), _key(quote))
        for quote in quotes[:MOST_OPTIONS]
    )
    return Shown((*head, Part("Other passages, the closest first. Choose one to see it in its place.")), FOUND, options)


def verified(results: Sequence[Verification | None]) -> Shown:
    """For each quote of an answer, in order, whether it still stands; None where its document is gone."""
    message = _verified(results, linked=True)
    return message if message.length <= MESSAGE_CHARACTERS else _verified(results, linked=False)


def option_text(text: str) -> str:
    """A text as a line of a list, where Discord shows no markup: on one line, cut with a visible mark."""
    line = one_line(text)
    if length(line) <= OPTION_CHARACTERS:
        return line or "…"
    line = line[: OPTION_CHARACTERS - 1]
    while length(line) > OPTION_CHARACTERS - 1:
        line = line[:-1]
    return line.rstrip() + "…"


def _verified(results: Sequence[Verification | None], linked: bool) -> Shown:
    parts: list[Part] = []
    for number, result in enumerate(results, start=1):
        words = "Gone: its document is no longer among mine" if result is None else _WORDS[result.state]
        stands = result.quote if result else None
        # Two quotes may have moved to one place, and a message has each button once.
        button = Button(IN_CONTEXT, "context", _key(stands)) if stands else None
        button = None if button in [part.button for part in parts] else button
        parts.append(Part(f"**{number}. {words}**" + (f"\n{where(stands, linked)}" if stands else ""), button=button))
    return Shown(tuple(parts), NOTICE)


def _source(source: Source) -> str:
    sections = len([section for section in source.sections if section.path])
    facts = [source.path, f"{sections} sections", f"{source.passages} passages"]
    facts += [f"of {source.date}"] if source.date else []
    facts.append(f"read on {source.indexed[:10]}")
    return f"**{clipped(source.title, _TITLE_ROOM)}**\n-# {clipped(', '.join(facts), _TITLE_ROOM)}"


def _key(quote: Quote) -> str:
    return passage_key(reference(quote))
