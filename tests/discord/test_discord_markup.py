"""The rendered message: whatever stands in the source is shown character by character, within Discord's limits."""

import re
from dataclasses import replace
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import read_block_quote, read_inline, read_links

from qabot.render.discord.answer import (
    MEANT_PART,
    QUESTION_PART,
    how_sure,
    question_before,
    question_read,
    question_shown,
    shown,
)
from qabot.render.discord.listing import verified
from qabot.render.discord.markup import block_quote, clipped, cut_at_sentence, escaped, length, one_line, unescaped
from qabot.render.discord.message import MESSAGE_CHARACTERS
from qabot.render.discord.passage import in_context
from qabot.render.discord.place import where
from qabot.types import Answer, Context, Greeting, Neighbours, NoAnswer, Quote, Verification

# How long an example takes says something about the machine, nothing about the renderer.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

NASTY = [
    "*", "**", "***", "_", "__", "~~", "||", "`", "```", "```py\n", "\\", "\\*", "> ", ">>> ", "# ", "## ", "-# ", "- ",
    "* ", "+ ", "1. ", "12) ", "  - ", "<@1>", "<@!1>", "<@&1>", "<#1>", "<t:1:R>", "</ask:1>", "<id:guide>", "<:a:1>",
    "<a:b:1>", "@everyone", "@here", "https://example.com", "discord://x", "<https://example.com>", "[a](https://b.c)",
    "discord.gg/abc", ":smile:", ":)", "¯\\_(ツ)_/¯", "\n", "\n\n", "\r\n", "\r", "\u2028", "\u2029> ", "\u202e",
    "\u200f", "e\u0301\u0301", "👩\u200d🚀", "电池", "\t", " ", "word", "500Wh/kg", ". ", "”", "[...]", "\x1b", "\xa0",
]  # fmt: skip
nasty_texts = st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=5)), max_size=40).map("".join)


ALONE = Neighbours(None, None, None, None)


def quote_of(text: str, highlight: tuple[int, int] | None = None, path: str = "a b.txt") -> Quote:
    return Quote(
        text=text, document=path, title="A title", section=("One", "Two"), number="1", start=0, end=len(text), line=3,
        sha256="", source=text, highlight=highlight,
    )  # fmt: skip


def as_shown(text: str) -> str:
    """A source's text as far as Discord can show it: line ends are alike, white space at the end is trimmed."""
    return re.sub("\r\n|\r", "\n", text.rstrip())


@unhurried
@given(nasty_texts)
def test_a_quote_is_shown_character_by_character(text: str) -> None:
    if text.strip():
        assert read_block_quote(block_quote(text)) == (as_shown(text), "")


@unhurried
@given(nasty_texts, st.data())
def test_the_answering_words_are_bold_and_nothing_else(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    if text.strip():
        read, bold = read_block_quote(block_quote(text, (start, end)))
        assert read == as_shown(text)
        assert "".join(bold.split()) == "".join(text.rstrip()[start:end].split())


@unhurried
@given(nasty_texts)
def test_escapes_are_taken_off_again(text: str) -> None:
    assert unescaped(escaped(text)) == text


@unhurried
@given(nasty_texts)
def test_a_question_is_read_back_from_what_is_shown(question: str) -> None:
    markup = question_shown(question)
    line = one_line(question)
    assert read_inline(markup) == (line, line)
    assert question_read(markup) == line


@unhurried
@given(st.lists(nasty_texts.filter(str.strip), min_size=1, max_size=4), nasty_texts, nasty_texts, st.integers(1, 300))
def test_a_message_keeps_within_its_limit_and_loses_nothing(
    texts: list[str], question: str, meant: str, times: int
) -> None:
    quotes = tuple(quote_of(text * times) for text in texts)
    message = shown(Answer(question, meant, quotes, 0.9))
    assert message.length <= MESSAGE_CHARACTERS
    assert all(part.text for part in message.parts)
    attached = [file.text for file in message.attachments]
    whole = [block_quote(quote.text) for quote in quotes]
    for quote, markup in zip(quotes, whole, strict=True):
        assert quote.text in attached or markup in [part.text for part in message.parts]
    assert bool(attached) == any("[...]" in part.text and "attached" in part.text for part in message.parts)


@unhurried
@given(nasty_texts, nasty_texts.filter(str.strip), nasty_texts, st.integers(1, 300))
def test_a_passage_in_its_place_keeps_within_the_limit(before: str, text: str, after: str, times: int) -> None:
    before, after = before * times, after * times
    message = in_context(Context(quote_of(text), before + text + after, len(before), len(before) + len(text)), ALONE)
    assert message.length <= MESSAGE_CHARACTERS
    _, quoted, *note = (part.text for part in message.parts)
    read, bold = read_block_quote(quoted)
    assert "".join(bold.split()) == "".join(text.split())
    assert read.strip() in as_shown(before + text + after)
    assert bool(note) == bool(message.attachments)
    assert all(file.text == before + text + after for file in message.attachments)


def test_each_line_of_a_quote_has_its_own_mark() -> None:
    assert block_quote("First.\n\n- Second *line*\n") == "> First.\n> \n> \\- Second \\*line\\*"


def test_a_section_is_shown_without_the_line_end_of_its_heading() -> None:
    message = in_context(Context(quote_of("Quoted."), "\nBefore. Quoted.\n", 9, 16), ALONE)
    assert message.parts[1].text == "> Before. **Quoted.**"


def test_code_is_shown_as_code_where_it_stays_whole() -> None:
    code = "for name in names:\n    print(name)\n"
    message = shown(Answer("q", "q", (replace(quote_of(code), source=code, kind="code"),), 0.9))
    assert message.parts[1].text == "> ```text\n> for name in names:\n>     print(name)\n> ```"
    fence = "echo `date`"
    message = shown(Answer("q", "q", (replace(quote_of(fence), source=fence, kind="code"),), 0.9))
    assert message.parts[1].text == "> echo \\`date\\`"


def test_bold_stops_at_the_end_of_a_line() -> None:
    assert block_quote("one two\nthree four", (4, 13)) == "> one **two**\n> **three** four"


def test_what_a_person_copies_is_the_source() -> None:
    text = "Energy: 500Wh/kg (2,000 GWh) – “at 30% lower cost,” said Dr. Wei Zhang; see 2.1-2.3 & section #4."
    assert block_quote(text) == f"> {text}"


@pytest.mark.parametrize("text", ["https://example.com", "<@1> <#2> @everyone", ":smile:", "[a](https://b.c)"])
def test_nothing_is_a_link_or_a_mention(text: str) -> None:
    markup = escaped(text)
    assert markup != text
    assert read_inline(markup) == (text, "")


def test_a_long_quote_is_cut_at_a_sentence_and_attached_whole() -> None:
    text = "The first sentence is short. " + "Another one follows here, *as long as this*. " * 120
    message = shown(Answer("q", "q", (quote_of(text),), 0.9))
    quoted = message.parts[1].text
    assert quoted.endswith("this\\*.")
    assert message.parts[2].text == "[...] The exact text is attached."
    assert [(file.name, file.text) for file in message.attachments] == [("quote-1.txt", text)]


def test_whole_quotes_are_dropped_and_attached() -> None:
    long = "A sentence of some length stands here. " * 60
    message = shown(Answer("q", "q", (quote_of("Short."), quote_of(long), quote_of(long), quote_of("Last.")), 0.9))
    assert message.parts[-2].text == "[...] 2 more quotes are attached."
    assert [file.name for file in message.attachments] == ["quote-3.txt", "quote-4.txt"]


@unhurried
@given(nasty_texts, st.integers(0, 100))
def test_a_cut_is_a_beginning_of_the_text(text: str, room: int) -> None:
    beginning = cut_at_sentence(text, room)
    assert text.startswith(beginning)
    assert length(block_quote(beginning)) <= room


@pytest.mark.parametrize(
    ("heading", "address"),
    [
        ("Plain", "https://docs.example/page#a:~:text=x"),
        ("Press here](https://evil.example) [", "https://docs.example/"),
        ("An array[0] and a [", "https://docs.example/"),
        ("Plain", "https://docs.example/>)[Press here](<https://evil.example"),
        ("Plain", "https://docs.example/) https://evil.example ("),
    ],
)
def test_a_reference_links_to_its_document_and_nowhere_else(heading: str, address: str) -> None:
    markup = where(replace(quote_of("x"), source="x", section=(heading,), depth=1, link=address))
    (link,) = read_links(markup)
    assert link.startswith("https://docs.example/") and unquote(link) == address


def test_where_many_quotes_stand_now_keeps_to_the_limits_of_a_message() -> None:
    quote = replace(quote_of("x"), source="x", section=("Heading " * 40,), depth=1, link="https://e.org/" + "x" * 480)
    message = verified([Verification("moved", f"a.txt#char={start},9", quote) for start in range(5)])
    assert message.length <= MESSAGE_CHARACTERS
    assert all("Heading" in part.text for part in message.parts)


def test_a_clipped_line_says_so() -> None:
    assert clipped("word " * 100, 30) == "word word word word word [...]"
    assert question_read(question_shown("why *this* " * 200)).startswith("why *this* why")


def test_a_follow_up_says_how_it_was_understood() -> None:
    message = shown(Answer("and sodium?", "what do sodium cells reach?", (quote_of("x"),), 0.9))
    numbered = {part.number: part.text for part in message.parts if part.number}
    assert set(numbered) == {QUESTION_PART, MEANT_PART}
    assert question_before(numbered) == "what do sodium cells reach?"
    assert question_before({}) is None


def test_not_in_the_documents_shows_the_nearest_passage_as_no_answer() -> None:
    message = shown(NoAnswer("q", "q", quote_of("Near."), 0.1))
    assert [part.text for part in message.parts[1:]] == [
        "**Not in the documents.**",
        "The nearest passage, which is *not* an answer:",
        "> Near.",
        "A title > One > 1 Two, line 3",
    ]
    assert len(shown(NoAnswer("q", "q", None, 0.1)).parts) == 2


def test_greetings_and_thanks_get_one_line() -> None:
    for greeting in (Greeting("hi"), Greeting("thanks", thanks=True)):
        (part,) = shown(greeting).parts
        assert "\n" not in part.text and "/ask" in part.text


@pytest.mark.parametrize(("confidence", "words"), [(0.95, "Sure"), (0.7, "Fairly sure"), (0.4, "Not quite sure")])
def test_how_sure_in_words(confidence: float, words: str) -> None:
    assert how_sure(confidence) == f"-# {words} ({confidence:.2f})"
