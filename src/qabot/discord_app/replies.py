"""What people ask for -> what is shown to them: answers, passages, sections, lists.

Runs on the desk's thread and knows nothing of discord.py. Each button keeps in its message what it needs, so that
nothing is remembered here.
"""

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from qabot.quote import reference
from qabot.render.discord import answer, listing, notice, passage
from qabot.render.discord.markup import one_line
from qabot.render.discord.message import MOST_OPTIONS, Shown
from qabot.render.discord.place import DOCUMENT_KEY_LENGTH, document_key, document_path, passage_key, passage_reference
from qabot.types import QUESTION_CHARACTERS, Scope, Source, Verification

if TYPE_CHECKING:
    from qabot.answer import Answerer

_CHOICE = re.compile(rf"[0-9a-f]{{{DOCUMENT_KEY_LENGTH}}}(?::\d+)?")


class Replies:
    """What the bot has to say to each thing that a person can do."""

    def __init__(self, answerer: "Answerer") -> None:
        self._answerer = answerer

    def ask(
        self,
        question: str,
        before: str | None = None,
        within: str | None = None,
        *,
        private: bool = False,
        threads: bool = False,
    ) -> Shown:
        """The answer to a question; `before` is the one that it may follow up, `within` a choice from the list."""
        if not question.strip():
            return notice.hello()
        scope = None
        if within is not None:
            scope = self._scope(within)
            if scope is None:
                return _unknown(within)
        return answer.shown(self._answerer.ask(question, before=before, within=scope), private=private, threads=threads)

    def find(self, text: str) -> Shown:
        """What the documents say about a message."""
        # With Nitro a message may be longer than a question; what it is about stands at its beginning.
        begins = text.strip()[:QUESTION_CHARACTERS]
        return answer.support(self._answerer.ask(begins)) if begins else notice.no_text()

    def others(self, question: str | None, shown: Sequence[str]) -> Shown:
        """Passages beside those `shown`, which are given by their keys."""
        if question is None:
            return notice.no_question()
        found = self._answerer.candidates(question)
        return listing.others(question, [quote for quote in found if passage_key(reference(quote)) not in shown])

    def passage(self, key: str) -> Shown:
        """A passage in its place, wherever that is by now."""
        wanted = passage_reference(key, self._answerer.sources())
        if wanted is None:
            return notice.removed()
        found = self._answerer.verify(wanted)
        if found.reference is None:
            return notice.altered()
        return passage.in_context(self._answerer.show(found.reference), self._answerer.neighbours(found.reference))

    def verify(self, keys: Sequence[str]) -> Shown:
        """Whether the quotes with these keys still stand."""
        sources = self._answerer.sources()
        return listing.verified([self._verified(passage_reference(key, sources)) for key in keys])

    def section(self, name: str) -> Shown:
        """The first page of a section, or of a document: a choice from the list, or what a person typed."""
        scope = self._scope(name)
        return _unknown(name) if scope is None else self._page(scope.document, scope.start)

    def page(self, key: str) -> Shown:
        """The page with this key."""
        document, _, offset = key.partition(":")
        path = document_path(document, self._answerer.sources())
        return notice.removed() if path is None else self._page(path, int(offset))

    def sources(self, page: int = 0) -> Shown:
        """The documents."""
        return listing.sources(self._answerer.sources(), page)

    def choices(self, typed: str) -> list[tuple[str, str]]:
        """What a person who has typed so much may mean, as (label, choice) pairs: documents, then sections."""
        wanted = typed.casefold().split()
        sources = self._answerer.sources()
        found = [
            (listing.option_text(source.title), document_key(source.path))
            for source in sources
            if all(word in f"{source.title} {source.path}".casefold() for word in wanted)
        ]
        for source in sources:
            for number, section in enumerate(source.sections):
                if len(found) >= MOST_OPTIONS:
                    return found[:MOST_OPTIONS]
                if not section.path:
                    continue
                steps = " > ".join((*section.path[:-1], f"{section.number} {section.path[-1]}"))
                label = f"{steps}, {source.title}"
                if all(word in label.casefold() for word in wanted):
                    found.append((listing.option_text(label), f"{document_key(source.path)}:{number}"))
        return found[:MOST_OPTIONS]

    def _scope(self, choice: str) -> Scope | None:
        """The document or section that a choice names, or the first whose title holds what was typed instead."""
        sources = self._answerer.sources()
        if (scope := _chosen(choice, sources)) is not None:
            return scope
        typed = self.choices(one_line(choice)) if choice.strip() else []
        return _chosen(typed[0][1], sources) if typed else None

    def _page(self, path: str, offset: int) -> Shown:
        return passage.section_page(self._answerer.document(path), offset)

    def _verified(self, wanted: str | None) -> Verification | None:
        return None if wanted is None else self._answerer.verify(wanted)


def _unknown(choice: str) -> Shown:
    """What to say where there is no such document or section: a choice is a key, which tells a person nothing."""
    return notice.removed() if _CHOICE.fullmatch(choice) else notice.not_listed(choice)


def _chosen(choice: str, sources: Sequence[Source]) -> Scope | None:
    key, _, number = choice.partition(":")
    source = next((source for source in sources if document_key(source.path) == key), None)
    if source is None:
        return None
    if not number:
        return Scope(source.path, 0, source.sections[-1].end)
    if not number.isdecimal() or int(number) >= len(source.sections):
        return None
    first, *rest = source.sections[int(number) :]
    below = list(takewhile(lambda section: section.path[: len(first.path)] == first.path, rest))
    return Scope(source.path, first.start, (below or [first])[-1].end)
