"""Hostile documents: whatever stands in them, what is shown is their own characters, and nobody is pinged."""

import hashlib
import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from reading import read_block_quote, read_code_quote, read_inline
from simcord.components import walk_components
from test_discord_markup import NASTY, as_shown

from qabot.discord_app.components import layout
from qabot.documents import markdown, text
from qabot.passages import passages
from qabot.quote import in_context, make_quote, neighbours, reference
from qabot.render.discord import answer, listing, passage
from qabot.render.discord.markup import length
from qabot.render.discord.message import Shown
from qabot.types import Answer, Document, NoAnswer, Source, Verification

HOSTILE = [
    *NASTY, "discord.gg/invite", "[click](<https://evil.example>)", "\u0301" * 500, "\u202e", "\u2066", "\u200b",
    "```", "## Heading", "2.1 Heading\n", "Name: a word of it.", "| a | b |\n|---|---|\n| c | d |\n", "    code\n",
    "Sentence. ",
]  # fmt: skip
pieces = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=8), st.just("\n\n"), st.just("word "))
sources = st.lists(pieces, min_size=1, max_size=60).map("".join)
unhurried = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))


def document_of(source: str, form: str) -> Document | None:
    """The source as a document, if there is a text in it."""
    try:
        source.encode()
        parsed = text.parse(source) if form == "text" else markdown.parse(source.encode())
    except Exception:
        return None
    sha256 = hashlib.sha256(source.encode()).hexdigest()
    return Document(
        "a @everyone.md", parsed.title or source[:80] or "x", parsed.text, sha256, parsed.sections, parsed.blocks
    )


@pytest.mark.parametrize("form", ["text", "markdown"])
@unhurried
@given(source=sources, question=st.lists(st.sampled_from(HOSTILE), max_size=5).map("".join), data=st.data())
def test_what_is_shown_reads_back_into_the_source(form: str, source: str, question: str, data: st.DataObject) -> None:
    document = document_of(source, form)
    found = passages(document) if document else []
    if not document or not found:
        return
    chosen = data.draw(st.lists(st.sampled_from(found), min_size=1, max_size=8, unique=True))
    quotes = tuple(make_quote(document, one, *one.sentences[0]) for one in chosen)
    messages = {
        "answer": answer.shown(Answer(question, question, quotes, 0.9), private=True),
        "nearest": answer.shown(NoAnswer(question, question, quotes[0], 0.1), threads=True),
        "support": answer.support(NoAnswer(question, question, quotes[0], 0.1)),
        "context": passage.in_context(in_context(document, quotes[0]), neighbours(document, found, quotes[0])),
        "page": passage.section_page(document, quotes[0].start),
        "others": listing.others(question, quotes),
        "verified": listing.verified([Verification("moved", reference(one), one) for one in quotes[:5]]),
        "sources": listing.sources([Source(document.path, document.title, None, "", document.sections, 1, "")], 0),
    }
    for message in messages.values():
        assert_within_limits(message)
        for part in message.parts:
            assert reads_as_itself(part.text)
    shown = [read_quote(part.text) for part in messages["answer"].parts if part.text.startswith("> ")]
    attached = [file.text for file in messages["answer"].attachments]
    for quote in quotes:
        assert as_shown(quote.text) in shown or quote.text in attached


@pytest.mark.parametrize("form", ["text", "markdown"])
@unhurried
@given(source=sources, times=st.integers(1, 20))
@example(source="\n" + " \u2003" * 4000 + "word", times=2)
@example(source="\u0301" * 5000 + "\n\n ", times=20)
@example(source="\n\n" + "n\u0301" * 2000, times=2)
def test_paging_through_a_document_shows_all_of_it(form: str, source: str, times: int) -> None:
    document = document_of(source * times, form)
    if not document or not any(document.text[one.body : one.end].strip() for one in document.sections):
        return
    offset, shown = 0, []
    while True:
        page = passage.section_page(document, offset)
        assert page.length <= 4000
        shown.append(read_block_quote(page.parts[1].text)[0])
        onward = [button for button in page.rows[0] if button.action == "read-on"]
        if not onward:
            break
        before, offset = offset, int(onward[0].key.split(":")[1])
        assert offset > before or not before
    bodies = "".join(document.text[one.body : one.end] for one in document.sections)
    assert re.sub(r"\s", "", "".join(shown)) == re.sub(r"\s", "", bodies)


def assert_within_limits(message: Shown) -> None:
    """Discord takes the message: https://discord.com/developers/docs/components/reference, as of 2026."""
    parts = list(walk_components([one.to_component_dict() for one in layout(message).children]))
    names = [one["custom_id"] for one in parts if "custom_id" in one]
    assert message.length <= 4000 and len(parts) <= 40 and len(message.attachments) <= 10
    assert len(set(names)) == len(names) and all(len(name) <= 100 for name in names)
    assert all(len(row) <= 5 for row in message.rows)
    assert all(part.text.strip() for part in message.parts)
    assert len({option.key for option in message.options}) == len(message.options) <= 25
    for option in message.options:
        assert 0 < length(option.label) <= 100 and 0 < length(option.description) <= 100 and len(option.key) <= 100


def read_quote(markup: str) -> str:
    return read_code_quote(markup) if markup.startswith("> ```text") else read_block_quote(markup)[0]


def reads_as_itself(markup: str) -> bool:
    """Whether a part is a quote, or a line of our own in which what comes from a document is escaped."""
    if markup.startswith("> "):
        read_quote(markup)
    else:
        for line in markup.split("\n"):
            read_inline(line.removeprefix("-# ").replace("*not*", "not"))
    return True
