"""An answer -> a message: the question, quotes with the answering words in bold, where they stand, how sure it is.

The question stands in a part with a number of its own, so that a follow-up can read it back from the message: the
message is the bot's only memory of a conversation. Nothing is cut silently: where the 4,000 characters of a message are
not enough, a visible mark says so and the exact text is attached.
"""

from dataclasses import replace

from qabot.quote import reference
from qabot.render.discord.markup import (
    CUT,
    block_quote,
    clipped,
    code_quote,
    cut_at_sentence,
    length,
    one_line,
    unescaped,
)
from qabot.render.discord.message import FOUND, MESSAGE_CHARACTERS, NOT_FOUND, Attachment, Button, Part, Shown
from qabot.render.discord.notice import hello, you_are_welcome
from qabot.render.discord.place import passage_key, where
from qabot.render.wording import dated, sureness
from qabot.types import Answer, Greeting, NoAnswer, Quote, Result

MOST_SHOWN = 5
QUESTION_PART = 1001
MEANT_PART = 1002

FOLLOW_UP = Button("Follow up", "follow-up")
MORE = Button("More", "more")
VERIFY = Button("Verify", "verify")
SHARE = Button("Share", "share")
THREAD = Button("Thread", "thread")
HELPFUL = Button("Helpful", "helpful")
UNHELPFUL = Button("Not helpful", "unhelpful")
IN_CONTEXT = "In context"

_QUESTION_ROOM = 800
_NOTE_ROOM = 120
_MEANT_PREFIX = "-# Understood as: "
_CUT_NOTE = f"{CUT} The exact text is attached."


def shown(result: Result, *, private: bool = False, threads: bool = False) -> Shown:
    """An answer with its quotes, "not in the documents" with the nearest passage, or one line of help.

    A `private` one can be shared; `threads` says whether one can be opened to talk on in.
    """
    if isinstance(result, Greeting):
        return you_are_welcome() if result.thanks else hello()
    return _shown(result, "**Not in the documents.**", private, threads)


def support(result: Result) -> Shown:
    """What the documents say about a message, for the one person who wants to know."""
    if isinstance(result, Greeting):
        result = NoAnswer(result.question, result.question, None, 0.0)
    return _shown(result, "**I found nothing about this in the documents.**", private=True, threads=False)


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


def how_sure(confidence: float) -> str:
    """How sure an answer is, in words, in small print."""
    return f"-# {sureness(confidence).capitalize()} ({confidence:.2f})"


def _heading(result: Answer | NoAnswer) -> tuple[Part, ...]:
    """The question as asked and, where it was a follow-up, as it was understood."""
    parts = [Part(question_shown(result.question), QUESTION_PART)]
    if one_line(result.meant) != one_line(result.question):
        parts.append(Part(_MEANT_PREFIX + clipped(result.meant, _QUESTION_ROOM), MEANT_PART))
    return tuple(part for part in parts if part.text)


def _shown(result: Answer | NoAnswer, nothing: str, private: bool, threads: bool) -> Shown:
    head = _heading(result)
    first = [FOLLOW_UP, MORE]
    if isinstance(result, Answer):
        message = _with_quotes(head, result.quotes, how_sure(result.confidence), FOUND)
        first.append(VERIFY)
    else:
        head = (*head, Part(nothing))
        message = Shown(head, NOT_FOUND)
        if result.nearest is not None:
            head = (*head, Part("The nearest passage, which is *not* an answer:"))
            message = _with_quotes(head, (result.nearest,), None, NOT_FOUND)
    first += [SHARE] * private + [THREAD] * (threads and not private)
    return replace(message, rows=(tuple(first), (HELPFUL, UNHELPFUL)))


def _with_quotes(head: tuple[Part, ...], quotes: tuple[Quote, ...], foot: str | None, colour: int) -> Shown:
    """Whole quotes, in order, as long as they fit; a first one that does not is cut at a sentence."""
    message = Shown(head, colour)
    room = MESSAGE_CHARACTERS - message.length - _NOTE_ROOM - length(foot or "")
    for number, quote in enumerate(quotes, start=1):
        bold = quote.highlight or (0, 0)
        button = Button(IN_CONTEXT, "context", passage_key(reference(quote)))
        place = Part("\n-# ".join(filter(None, [where(quote), dated(quote)])), button=button)
        parts: tuple[Part, ...] = (Part(_quoted(quote)), place)
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


def _quoted(quote: Quote) -> str:
    """A quote with the answering words in bold; code, in which there is no bold, as code."""
    code = code_quote(quote.text) if quote.kind == "code" else None
    return code or block_quote(quote.text, quote.highlight or (0, 0))


def _attached(message: Shown, quotes: tuple[Quote, ...], number: int) -> Shown:
    """A message that carries the quotes for which it has no room as files, and says so."""
    files = tuple(Attachment(f"quote-{place}.txt", quote.text) for place, quote in enumerate(quotes, start=number))
    many = "One more quote is" if len(quotes) == 1 else f"{len(quotes)} more quotes are"
    note = Part(f"{CUT} {many} attached.")
    return replace(message, parts=(*message.parts, note), attachments=(*message.attachments, *files))
