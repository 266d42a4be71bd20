"""Result -> what a Discord message says: plain data, no discord.py. Every text the bot writes stands here.

A message is a few parts of text in a coloured box. The question stands in a part with a number of its own, so
that a follow-up can read it back from the message: the message is the bot's only memory of a conversation.
Nothing is cut silently: where the 4,000 characters of a message are not enough, a visible mark says so and the
exact text is attached.
"""

from dataclasses import dataclass, replace

from qabot.quote import described, headings, reference
from qabot.render.discord_markup import CUT, block_quote, clipped, cut_at_sentence, length, one_line, unescaped
from qabot.render.wording import dated, sureness
from qabot.types import Answer, Context, Greeting, NoAnswer, Quote, Result

MESSAGE_CHARACTERS = 4000
MOST_SHOWN = 6
QUESTION_PART = 1001
MEANT_PART = 1002

FOUND = 0x2E8B57
NOT_FOUND = 0xC77C11
NOTICE = 0x5865F2

ASK_DESCRIPTION = "Ask the documents a question"
QUESTION_DESCRIPTION = "Your question"
PRIVATE_DESCRIPTION = "Show the answer only to you"
FOLLOW_UP_LABEL = "Follow up"
IN_CONTEXT_LABEL = "In context"
FOLLOW_UP_FIELD = "Your next question"
FOLLOW_UP_HINT = "For example: who said that?"

_QUESTION_ROOM = 800
_REFERENCE_ROOM = 300
_LINK_ROOM = 500
_NOTE_ROOM = 120
_MEANT_PREFIX = "-# Understood as: "


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a message's text; `number` marks one to be read back.

    `passage` is a reference for machines: the part gets a button that shows that passage in its place.
    """

    text: str
    number: int | None = None
    passage: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text file sent with a message."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A message to be sent; `follow_up` gives it the button for a next question."""

    parts: tuple[Part, ...]
    colour: int = NOTICE
    follow_up: bool = False
    attachments: tuple[Attachment, ...] = ()

    @property
    def length(self) -> int:
        """How much of Discord's 4,000 characters the message takes."""
        return sum(length(part.text) for part in self.parts)


def shown(result: Result) -> Shown:
    """An answer with its quotes, "not in the documents" with the nearest passage, or one line of help."""
    if isinstance(result, Greeting):
        return _notice(_THANKS) if result.thanks else hello()
    if isinstance(result, Answer):
        return _with_quotes(_heading(result), result.quotes, how_sure(result.confidence), FOUND)
    head = (*_heading(result), Part("**Not in the documents.**"))
    if result.nearest is None:
        return Shown(head, NOT_FOUND, follow_up=True)
    head = (*head, Part("The nearest passage, which is *not* an answer:"))
    return _with_quotes(head, (result.nearest,), None, NOT_FOUND)


def in_context(context: Context) -> Shown:
    """A passage in its place: its whole section, with the passage in bold, or as much around it as fits."""
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


def question_shown(question: str) -> str:
    """A question as a message shows it: on one line, in bold, every character as it was typed."""
    line = clipped(question, _QUESTION_ROOM)
    return f"**{line}**" if line else ""


def question_read(shown: str) -> str:
    """The question that `question_shown` was given, on one line; of a very long one, the beginning."""
    line = shown.removeprefix(_MEANT_PREFIX).removeprefix("**").removesuffix("**").removesuffix(f" {CUT}")
    return one_line(unescaped(line))


def question_before(parts: dict[int, str]) -> str | None:
    """The question that a message answers, as it was meant, from the texts of its numbered parts."""
    text = parts.get(MEANT_PART) or parts.get(QUESTION_PART)
    return (question_read(text) or None) if text else None


def where(quote: Quote) -> str:
    """The reference for people, as markup, linked to its place on the web where there is one; headings without end are
    cut, the line or page is not.
    """
    title = headings(quote)
    text = clipped(title, _REFERENCE_ROOM) + described(quote).removeprefix(title)
    return f"[{text}](<{quote.link}>)" if quote.link and len(quote.link) <= _LINK_ROOM else text


def how_sure(confidence: float) -> str:
    """How sure an answer is, in words, in small print."""
    return f"-# {sureness(confidence).capitalize()} ({confidence:.2f})"


def hello() -> Shown:
    """One line of help."""
    return _notice(_HELP)


def problem(sentence: str) -> Shown:
    """An error that a person can do something about: its own sentence."""
    return _notice(clipped(sentence, MESSAGE_CHARACTERS // 2))


def failed() -> Shown:
    """Something broke on our side."""
    return _notice("Something went wrong on my side. Please ask again in a moment.")


def too_many() -> Shown:
    """The line of waiting questions is full."""
    return _notice("Too many questions at once. Please try again in a minute.")


def too_soon() -> Shown:
    """The same person asked a moment ago."""
    return _notice("That was quick! Please wait a few seconds before your next question.")


def leaving() -> Shown:
    """The bot is being stopped or restarted."""
    return _notice("I am being restarted. Please ask again in a minute.")


def removed() -> Shown:
    """The document that an older answer quotes is not there any more."""
    return _notice("That document is no longer among mine.")


_HELP = "Hello! Ask me a question with `/ask`, or mention me: I answer with quotes from the documents."
_THANKS = "You're welcome! Ask me again with `/ask` or by mentioning me."
_CUT_NOTE = f"{CUT} The exact text is attached."
_SECTION_NOTE = f"{CUT} The whole section is attached."


def _notice(text: str) -> Shown:
    return Shown((Part(text),))


def _heading(result: Answer | NoAnswer) -> tuple[Part, ...]:
    """The question as asked and, where it was a follow-up, as it was understood."""
    parts = [Part(question_shown(result.question), QUESTION_PART)]
    if one_line(result.meant) != one_line(result.question):
        parts.append(Part(_MEANT_PREFIX + clipped(result.meant, _QUESTION_ROOM), MEANT_PART))
    return tuple(part for part in parts if part.text)


def _with_quotes(head: tuple[Part, ...], quotes: tuple[Quote, ...], foot: str | None, colour: int) -> Shown:
    """Whole quotes, in order, as long as they fit; a first one that does not is cut at a sentence."""
    message = Shown(head, colour, follow_up=True)
    room = MESSAGE_CHARACTERS - message.length - _NOTE_ROOM - length(foot or "")
    for number, quote in enumerate(quotes, start=1):
        bold = quote.highlight or (0, 0)
        place = Part("\n-# ".join(filter(None, [where(quote), dated(quote)])), passage=reference(quote))
        parts: tuple[Part, ...] = (Part(block_quote(quote.text, bold)), place)
        if number > MOST_SHOWN or sum(length(part.text) for part in parts) > room:
            if number > 1:
                message = _attached(message, quotes[number - 1 :], number)
                break
            beginning = cut_at_sentence(quote.text, room - length(place.text) - len(_CUT_NOTE), bold)
            parts = (Part(block_quote(beginning, bold)), Part(_CUT_NOTE), place)
            message = replace(message, attachments=(Attachment("quote-1.txt", quote.text),))
        message = replace(message, parts=(*message.parts, *parts))
        room -= sum(length(part.text) for part in parts)
    return replace(message, parts=(*message.parts, Part(foot))) if foot else message


def _attached(message: Shown, quotes: tuple[Quote, ...], number: int) -> Shown:
    """A message that carries the quotes for which it has no room as files, and says so."""
    files = tuple(Attachment(f"quote-{place}.txt", quote.text) for place, quote in enumerate(quotes, start=number))
    many = "One more quote is" if len(quotes) == 1 else f"{len(quotes)} more quotes are"
    note = Part(f"{CUT} {many} attached.")
    return replace(message, parts=(*message.parts, note), attachments=(*message.attachments, *files))


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
