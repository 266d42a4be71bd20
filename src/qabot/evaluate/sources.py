"""What an answer is judged against: the texts, the sentences, and the files themselves."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from qabot.errors import BadQuestionFile
from qabot.evaluate.metrics import held
from qabot.evaluate.questions import LabelledQuestion
from qabot.types import Document, Finding, Passage, Quote


class Evaluable(Protocol):
    """What is evaluated: the part of `qabot.Answerer` that the evaluation uses."""

    @property
    def threshold(self) -> float:
        """The confidence from which on it answers."""

    def find(self, question: str, *, also: Sequence[str] = ()) -> Finding:
        """All that is found for a question, in further collections too."""

    def document(self, path: str) -> Document:
        """An indexed document."""

    def file(self, document: str) -> Path | None:
        """Where the file of a document lies, if that is known."""

    def passages(self, also: Sequence[str] = ()) -> list[Passage]:
        """All passages that can be found, in further collections too."""


class Sources:
    """The indexed documents, their sentences and their files, each read once."""

    def __init__(self, answerer: Evaluable, also: Sequence[str] = ()) -> None:
        """Takes what `answerer` has indexed now, with further collections."""
        self.passages = answerer.passages(also)
        self._by_document: dict[str, list[Passage]] = {}
        for passage in self.passages:
            self._by_document.setdefault(passage.document, []).append(passage)
        self._place = answerer.file
        self._document = lru_cache(maxsize=64)(answerer.document)
        self._file = lru_cache(maxsize=64)(self._read)
        self.sentences = lru_cache(maxsize=64)(self._sentences)

    def text(self, passage: Passage) -> str:
        """The text of a passage."""
        return self._document(passage.document).text[passage.start : passage.end]

    def _sentences(self, document: str) -> list[tuple[int, int]]:
        """The sentences of a document in order. Passages may share some; each is given once."""
        return sorted({span for passage in self._by_document.get(document, []) for span in passage.sentences})

    def verbatim(self, quote: Quote) -> bool:
        """Whether the quote stands in its document, character for character, at its offsets.

        For `.txt` in the bytes of the file, read here and not by the loader, whose mistakes this is to find; for
        formats with mark-up in the text that was extracted, as only that has the offsets, and so for a file of which
        it is not known where it lies.
        """
        if quote.document.lower().endswith(".txt") and self._place(quote.document) is not None:
            source = self._file(quote.document)
        else:
            source = self._document(quote.document).text
        return source is not None and bool(quote.text) and source[quote.start : quote.end] == quote.text

    def _read(self, document: str) -> str | None:
        place = self._place(document)
        if place is None:
            return None
        try:
            # Not read_text: that would make every line ending a "\n" and so move the offsets.
            return place.read_bytes().decode(self._document(document).origin.encoding)
        except (OSError, UnicodeDecodeError):
            return None

    def check(self, questions: Sequence[LabelledQuestion]) -> list[str]:
        """Notes on labels that cannot be found, as sentences.

        Raises BadQuestionFile if a labelled document is not indexed: nothing could be right then.
        """
        unseen = []
        for question in questions:
            if question.document is None:
                continue
            if question.document not in self._by_document:
                raise BadQuestionFile(
                    f"question {question.id!r} is labelled {question.document!r}, which is not indexed"
                )
            texts = [self.text(passage) for passage in self._by_document[question.document]]
            seen = set().union(*(held(text, question.answers) for text in texts))
            if seen != set(question.answers):
                unseen.append(question.id)
        if not unseen:
            return []
        return [f"A label text stands in no passage as a whole, so it cannot be found: {', '.join(unseen)}."]
