"""What is meant: a greeting, a question of its own, or a follow-up that leans on the question before.

A follow-up is made into a question that stands alone, so that it can be shown, asked again and followed up in
turn. Three kinds are told apart: one that names a new topic ("and sodium-ion?") takes over what was asked of the
old one; one with nothing of its own ("by how much?", "who said that?") is asked together with the question
before; one with a pronoun ("what else did he say?") has it replaced by the speaker or the topic.
"""

import re
from collections.abc import Callable, Sequence

from qabot.quote import speaker
from qabot.types import Greeting, Quote
from qabot.words import words

_GREETING = re.compile(
    r"(hi|hiya|hello|hey|howdy|greetings|yo|good (morning|afternoon|evening|day)|bye|goodbye|good night|help|start)"
    r"( (there|all|everyone|folks|team|bot|qabot|again|you))*"
)
_THANKS = re.compile(
    r"(ok(ay)? |great |perfect |cool |nice |awesome |many )*(thanks|thank you|thx|ty|cheers|merci|danke)"
    r"( (a lot|a bunch|so much|very much|you|all|bot|qabot|mate|again|for (your|the) help))*"
    r"|(ok(ay)?|great|perfect|cool|nice|awesome|got it|good bot|well done)"
)
_OPENER = re.compile(r"(?:(?:and|but|also|ok(?:ay)?)\b[,.! ]*|(?:so|then|now|well|right|hm+)[,.!] *)+", re.IGNORECASE)
_NEW_TOPIC = re.compile(r"(?:what|how) about\s+(?P<topic>.+?)[\s?]*$", re.IGNORECASE)
_ASKING = re.compile(
    r"\b(who|whom|whose|what|when|where|which|why|how|is|are|was|were|do|does|did|has|have|had|can|could|will|would)\b",
    re.IGNORECASE,
)
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|do|does|did|has|have|had|can|could|will|would|shall|should|may|might)(n't)?\b", re.IGNORECASE
)
_OF = re.compile(r"\s(of|in|by|for|from|to|at|on)\s", re.IGNORECASE)
_BARE = re.compile(r"(which|what|how)?\s*", re.IGNORECASE)
_QUANTITY = re.compile(r"(by )?how (many|much)", re.IGNORECASE)
_DETERMINER = re.compile(
    r"(by |in |at |on |of )?(how (many|much)|which|what|whose|who|how|why|when|where)\b\s*", re.IGNORECASE
)
_PERSON = re.compile(r"\b(he|she|him|her|his|hers)\b", re.IGNORECASE)
_THING = re.compile(r"\b(it|its|they|them|their|theirs|that|those|this|these)\b", re.IGNORECASE)
_POSSESSIVE = {"his", "hers", "its", "their", "theirs"}
_TOPIC_WORDS = 5
# A question with so many words that the documents know needs no topic from the question before.
_ENOUGH_KNOWN = 2
# What is asked in more words than this is already about something.
_ASKED_WORDS = 2
_TOPIC_ENDS = re.compile(r"[,;:?]|\b(of|in|by|with|for|from|to|at|on|as|that|which)\b", re.IGNORECASE)
_NAME = re.compile(r"[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*)*")


def greeting(question: str) -> Greeting | None:
    """The greeting or thanks that a message is, if it is nothing else."""
    said = " ".join(re.findall(r"[^\W_]+", question.casefold()))
    if _THANKS.fullmatch(said):
        return Greeting(question, thanks=True)
    return Greeting(question) if _GREETING.fullmatch(said) else None


def meant(
    question: str,
    before: str,
    quoted: Callable[[], Sequence[Quote]],
    known: Callable[[Sequence[str]], int],
) -> str:
    """The question that is meant by `question` when it comes after the question `before`.

    `quoted` gives the quotes that answered `before` (called only if they are needed); `known` counts the
    index terms that the documents hold. A question that stands alone comes back as it is.
    """
    opener = _OPENER.match(question.strip())
    rest = question.strip()[opener.end() if opener else 0 :]
    topic = _new_topic(rest, opened=opener is not None)
    if topic:
        return f"{_asked_of(before)} {topic}?"
    content = [word.term for word in words(rest) if word.content]
    if _PERSON.search(rest):
        name = next((name for quote in quoted() if (name := _name(quote))), None)
        if name:
            return _replaced(_PERSON, rest, name)
    if not content:
        return f"{before.strip()} {rest}"
    pronoun = _THING.search(rest)
    # "The academy, how many sites has it got?" says itself what "it" is.
    if pronoun and "," not in rest[: pronoun.start()] and known(content) < _ENOUGH_KNOWN:
        about = _topic(before)
        return _replaced(_THING, rest, about) if about else f"{before.strip()} {rest}"
    return rest if opener else question


def _new_topic(rest: str, *, opened: bool) -> str | None:
    named = _NEW_TOPIC.match(rest)
    if named:
        return named["topic"]
    return rest.rstrip("? ") if opened and not _ASKING.search(rest) else None


def _asked_of(before: str) -> str:
    """What was asked, without what it was asked of: "Which energy density" of "Which energy density do ... have?"."""
    auxiliary = _AUXILIARY.search(before)
    asked = before[: auxiliary.start()].strip() if auxiliary else " ".join(before.split()[:2])
    of = _OF.search(asked)
    asked = asked[: of.start()] if of else asked
    if sum(word.content for word in words(asked)) > _ASKED_WORDS:
        quantity = _QUANTITY.match(asked)
        asked = quantity[0] if quantity else ""
    return "What about" if _BARE.fullmatch(asked) else asked


def _topic(before: str) -> str:
    """What a question is about: the noun after its question word, else the words after its first auxiliary."""
    auxiliary = _AUXILIARY.search(before)
    asked = before[: auxiliary.start()] if auxiliary else before
    noun = _DETERMINER.sub("", asked, count=1).strip()
    if auxiliary and not any(word.content for word in words(noun)):
        noun = before[auxiliary.end() :].strip()
    end = _TOPIC_ENDS.search(noun)
    return " ".join(noun[: end.start() if end else None].split()[:_TOPIC_WORDS])


def _name(quote: Quote) -> str | None:
    """The first name among the words that say who speaks."""
    named = _NAME.search(speaker(quote) or "")
    return named[0] if named else None


def _replaced(pronoun: re.Pattern[str], question: str, name: str) -> str:
    def noun(match: re.Match[str]) -> str:
        return f"{name}'s" if match[0].lower() in _POSSESSIVE else name

    return pronoun.sub(noun, question, count=1)
