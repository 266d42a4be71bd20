"""Ranked readings -> the quotes that answer together.

One sentence is quoted, with its speaker or with the sentence that it leans on. There are two reasons to quote more:
it only announces what follows ("... opportunities in emerging applications:"), or the question names several things
that no one sentence holds ("What energy density do solid-state and sodium-ion cells reach?").
"""

import re
from collections.abc import Sequence
from itertools import takewhile

from qabot.quote import make_quote, sentence_run
from qabot.retrieve import Query
from qabot.store import Store
from qabot.types import Document, Passage, Quote, Reading
from qabot.words import words

MOST_QUOTES = 3
MOST_ITEMS = 10
_SPEECH_ASKED = re.compile(
    r"\b(what|everything|all)\b.*\b(says?|said|saying|thinks?|thought|tells?|told|claims?|claimed|comment(ed|s)?|quoted?)\b",
    re.IGNORECASE,
)
_SEVERAL_NAMED = re.compile(r"\b(and|or|both|compare|versus|vs)\b", re.IGNORECASE)


def compose(
    store: Store, query: Query, readings: Sequence[Reading], further: float, limit: int | None
) -> tuple[Quote, ...]:
    """Quotes from readings (best first), several ones in document order; at most `limit`.

    Without a limit, all items of what is announced are quoted (MOST_ITEMS at most), else MOST_QUOTES.

    A further quote must hold the share `further` of the question's content (of what the documents know of it)
    that the quotes before it do not hold.
    """
    if not readings:
        return ()
    best = readings[0]
    quotes = _items(store, query, best) or [sentence(store, query, best)]
    if len(quotes) == 1 and _SEVERAL_NAMED.search(query.text):
        quotes = _covering(store, query, quotes[0], readings[1:], further, limit or MOST_QUOTES)
    return tuple(quotes[: limit or MOST_ITEMS])


def sentence(store: Store, query: Query, reading: Reading) -> Quote:
    """The sentence in which a reading begins, with those that it cannot be understood without."""
    passage = reading.hit.passage
    document, found = _block(store, passage)
    spans = [span for part in found for span in part.sentences]
    chosen = next(place for place, (_, end) in enumerate(spans) if reading.start < end)
    asked = _SPEECH_ASKED.search(query.text) is not None
    first, last = sentence_run(document.text, spans, chosen, whole_speech=asked)
    highlight = (reading.start, reading.end) if reading.marks else None
    return make_quote(document, passage, spans[first][0], spans[last - 1][1], reading.score, highlight)


def _items(store: Store, query: Query, reading: Reading) -> list[Quote]:
    """What a lead-in announces, if the question is after that and not after what else the lead-in says."""
    lead = reading.hit.passage
    if lead.kind != "lead_in":
        return []
    document, _ = _block(store, lead)
    aside, _, announced = document.text[lead.start : lead.end].rpartition(",")
    announcing = {word.term for word in words(" ".join([*lead.path, announced]))}
    said = {word.term for word in words(aside)}
    if _weight(query, said - announcing) > _weight(query, announcing):
        return []
    section = document.blocks[lead.block].section
    items = takewhile(
        lambda block: block.kind == "item" and block.section == section, document.blocks[lead.block + 1 :]
    )
    last = lead.block + sum(1 for _ in items)
    quotes: dict[int, Quote] = {}
    for passage in store.blocks(document.path, lead.block + 1, last).values():
        # Of an item that goes on over several passages, the first says what it is.
        quotes.setdefault(passage.block, make_quote(document, passage, *passage.sentences[0], reading.score))
    return list(quotes.values())


def _covering(
    store: Store, query: Query, first: Quote, readings: Sequence[Reading], further: float, limit: int
) -> list[Quote]:
    """The first quote with those that hold what it lacks of the question, in document order."""
    quotes = [first]
    held = _terms(first)
    total = _weight(query, set(query.known))
    for reading in readings:
        if len(quotes) == limit:
            break
        if reading.hit.passage.kind == "lead_in":
            continue
        quote = sentence(store, query, reading)
        new = _terms(quote) - held
        if any(quote.document == q.document and quote.start < q.end and q.start < quote.end for q in quotes):
            continue
        if total and _weight(query, new) / total >= further:
            quotes.append(quote)
            held |= new
    return sorted(quotes, key=lambda quote: (quote.document, quote.start))


def _block(store: Store, passage: Passage) -> tuple[Document, list[Passage]]:
    document = store.document(passage.document)
    assert document is not None
    return document, list(store.blocks(passage.document, passage.block, passage.block).values())


def _terms(quote: Quote) -> set[str]:
    return {word.term for word in words(quote.text)}


def _weight(query: Query, terms: set[str]) -> float:
    return sum(weight for term, weight in query.weights.items() if term in terms)
