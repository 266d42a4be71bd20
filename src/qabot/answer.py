"""The whole way of a question in one place: from what was asked to an answer, or to the word that there is none."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from time import perf_counter

from qabot import confidence, quote
from qabot.calibration import Calibration
from qabot.compose import MOST_ITEMS, compose, sentence
from qabot.conversation import greeting, meant
from qabot.encoder import DEFAULT as DEFAULT_ENCODER
from qabot.encoder import Encoder, load_encoder
from qabot.errors import BadQuestion, BadReference, BadSettings, KnowledgeError
from qabot.index import refresh
from qabot.reader import Reader
from qabot.retrieve import Query, prepare, retrieve
from qabot.settings import Settings
from qabot.spans import DEFAULT as DEFAULT_READER
from qabot.spans import SpanModel, load_reader
from qabot.spelling import corrected
from qabot.store import Collections, Store
from qabot.types import (
    QUESTION_CHARACTERS,
    Answer,
    Context,
    Document,
    Finding,
    Hit,
    Neighbours,
    NoAnswer,
    Passage,
    Progress,
    Quote,
    Reading,
    Result,
    Scope,
    Source,
    Summary,
    Verification,
    collection_of,
    digest,
    file_of,
)

# So many passages are retrieved; the reader reads the first of them.
RETRIEVED = 10
READ = 5
CALIBRATION = "calibration.json"


class Answerer:
    """Answers questions from a folder of documents.

    `knowledge` is the folder, or all the settings. What changed in it since the last time is indexed first, with
    `progress`, `waiting` and `patient` as in `index.refresh`; `summary` says what that was.

    Raises KnowledgeError, StoreError, ModelError or BadSettings, each with a sentence that says what to do.
    """

    def __init__(
        self,
        knowledge: Settings | Path | str = "knowledge",
        progress: Callable[[Progress], None] = lambda progress: None,
        waiting: Callable[[], None] = lambda: None,
        *,
        patient: bool = True,
    ) -> None:
        settings = knowledge if isinstance(knowledge, Settings) else Settings.load({"knowledge": str(knowledge)})
        self.settings = settings
        self.knowledge = settings.knowledge
        self.store = Store(settings.index)
        try:
            with ThreadPoolExecutor(1) as threads:
                # Loading needs no Python's lock: both models are loaded at the same time.
                loading = threads.submit(load_reader, settings.reader)
                self.encoder: Encoder = load_encoder(settings.encoder, settings.cache)
                self.reading_model: SpanModel | None = loading.result()
            self.summary: Summary = self.refresh(progress, waiting, patient=patient)
            if not self.store.files((settings.collection,)):
                reasons = "; ".join(f"{skipped.path}: {skipped.reason}" for skipped in self.summary.skipped)
                raise KnowledgeError(f"No document in {settings.knowledge} can be read ({reasons}).")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the index."""
        self.store.close()

    def refresh(
        self,
        progress: Callable[[Progress], None] = lambda progress: None,
        waiting: Callable[[], None] = lambda: None,
        *,
        patient: bool = True,
    ) -> Summary:
        """Take in what changed in the knowledge folder since the last time; as `index.refresh`."""
        settings = self.settings
        return refresh(self.store, settings.knowledge, self.encoder, progress, waiting, settings.collection, patient)

    def ask(
        self,
        question: str,
        *,
        limit: int | None = None,
        before: str | None = None,
        also: Sequence[str] = (),
        within: Scope | None = None,
    ) -> Result:
        """Answer a question, with at most `limit` quotes; without it, as many as answer together.

        `before` is the question that was asked before, if this one may be a follow-up to it. `also` are further
        collections of the index that are asked beside the one in the settings, `within` the part of a document that
        alone is.

        Raises BadQuestion where the question is empty or too long, BadSettings where there is no such collection.
        """
        start = perf_counter()
        greeted = greeting(_checked(question))
        if greeted is not None:
            result: Result = greeted
        else:
            finding = self.find(question, limit=limit, before=before, also=also, within=within)
            result = decide(finding, self.threshold)
        return replace(result, elapsed_ms=(perf_counter() - start) * 1000)

    def find(
        self,
        question: str,
        *,
        limit: int | None = None,
        before: str | None = None,
        also: Sequence[str] = (),
        within: Scope | None = None,
    ) -> Finding:
        """What would be quoted, and how sure, without the decision whether that is an answer. As `ask`."""
        question = _checked(question)
        with self.store.snapshot():
            asked = question if before is None else self._meant(question, before, also)
            query, hits, readings = self._read(asked, also, within, READ)
            quotes, sure = self._quoted(query, readings, limit)
            if sure >= self.threshold:
                quotes = _newest_first(self._with_others(query, readings, quotes))[: limit or MOST_ITEMS]
        return Finding(question, query.text, tuple(hits), quotes, sure)

    def candidates(self, question: str, *, also: Sequence[str] = ()) -> tuple[Quote, ...]:
        """The sentences closest to a question, one of each passage that was retrieved, best first. As `ask`."""
        with self.store.snapshot():
            query, _, readings = self._read(_checked(question), also, None, RETRIEVED)
            best: dict[int, Reading] = {}
            for reading in readings:
                best.setdefault(reading.hit.identifier, reading)
            found: dict[tuple[str, int], Quote] = {}
            for reading in best.values():
                closest = sentence(self.store, query, reading)
                found.setdefault((closest.document, closest.start), closest)
        return tuple(found.values())

    def _read(
        self, question: str, also: Sequence[str], within: Scope | None, count: int
    ) -> tuple[Query, list[Hit], list[Reading]]:
        """A question made ready, the passages retrieved for it, and what the first `count` of them say, best first."""
        asked = corrected(question, self.store, self.encoder.is_word, self.collections(also))
        query = prepare(self.store, self.encoder, asked, self.collections(also), within)
        hits = retrieve(self.store, query, self.calibration.fusion, RETRIEVED)
        return query, hits, Reader(self.store, self.reading_model, self.calibration.reader).read(query, hits[:count])

    def _quoted(self, query: Query, readings: Sequence[Reading], limit: int | None) -> tuple[tuple[Quote, ...], float]:
        """The quotes that answer together, best first or in document order, and how sure they are."""
        quotes = compose(self.store, query, readings, self.calibration.further, limit)
        if not quotes:
            return (), 0.0
        found = confidence.features(query, readings, quotes, self.document(readings[0].hit.passage.document))
        return quotes, confidence.probability(self.calibration.confidence, found)

    def _with_others(self, query: Query, readings: Sequence[Reading], quotes: tuple[Quote, ...]) -> tuple[Quote, ...]:
        """The quotes with that of another document which is as sure to answer by itself: it may say otherwise."""
        quoted = {quote.document for quote in quotes}
        for name in dict.fromkeys(reading.hit.passage.document for reading in readings):
            if name in quoted:
                continue
            others, sure = self._quoted(query, [r for r in readings if r.hit.passage.document == name], 1)
            if sure >= self.threshold:
                return *quotes, *others
        return quotes

    @cached_property
    def calibration(self) -> Calibration:
        """The owner's calibration where there is one for these models, else the one that came with a model."""
        for path in (own_calibration(self.settings), self.models_calibration):
            if path.exists():
                calibration = Calibration.load(path)
                if self._fits(calibration):
                    return calibration
        return Calibration.load((DEFAULT_READER if self.reading_model else DEFAULT_ENCODER) / CALIBRATION)

    @property
    def models_calibration(self) -> Path:
        """Where the calibration is kept that comes with the models: beside the one that decides."""
        return (self.reading_model or self.encoder).folder / CALIBRATION

    @property
    def calibrated(self) -> bool:
        """Whether the calibration was fitted for these models and not for others."""
        return self._fits(self.calibration)

    def _fits(self, calibration: Calibration) -> bool:
        reading_model = self.reading_model.fingerprint if self.reading_model else None
        return (calibration.encoder, calibration.reading_model) == (self.encoder.fingerprint, reading_model)

    @property
    def threshold(self) -> float:
        """The confidence from which on a question is answered."""
        return self.calibration.threshold

    def sources(self) -> list[Source]:
        """The documents of the collection that is answered from."""
        return self.store.sources((self.settings.collection,))

    def document(self, path: str) -> Document:
        """A document as it was indexed. Raises BadReference where there is none at this path."""
        document = self.store.document(path)
        if document is None:
            raise BadReference(f"There is no document {path!r}; qabot sources lists them.")
        return document

    def file(self, document: str) -> Path | None:
        """Where the file of a document lies; None for one of another collection, whose folder is not known here."""
        return self.knowledge / file_of(document) if collection_of(document) == self.settings.collection else None

    def passages(self, also: Sequence[str] = ()) -> list[Passage]:
        """Every passage of the documents that are asked, with `also` as in `ask`."""
        return self.store.all_passages(self.collections(also))

    def show(self, reference: str) -> Context:
        """The place that a reference for machines points to, in its section. Raises BadReference."""
        wanted = quote.parse_reference(reference)
        document = self.document(wanted.path)
        return quote.in_context(document, quote.locate(document, self._passages_of(document), wanted.start, wanted.end))

    def neighbours(self, reference: str) -> Neighbours:
        """What stands around the place that a reference for machines points to. Raises BadReference."""
        wanted = quote.parse_reference(reference)
        document = self.document(wanted.path)
        passages = self._passages_of(document)
        return quote.neighbours(document, passages, quote.locate(document, passages, wanted.start, wanted.end))

    def verify(self, reference: str) -> Verification:
        """Whether the quote that a reference points to still stands, and where. Raises BadReference.

        A file that was renamed is known by the quote, which stands at the same place in another document then.
        """
        wanted = quote.parse_reference(reference)
        document = self.store.document(wanted.path) or self.document(self._renamed(wanted) or wanted.path)
        return quote.verify(document, self._passages_of(document), wanted)

    def _renamed(self, wanted: quote.Reference) -> str | None:
        slices = self.store.slices(collection_of(wanted.path), wanted.start, wanted.end)
        return next((name for name, text in slices if digest(text) == wanted.digest), None)

    def collections(self, also: Sequence[str] = ()) -> Collections:
        """The collections that are asked; None where that is all there are, which needs no choosing.

        Raises BadSettings where there is no such collection.
        """
        wanted, there = {self.settings.collection, *also}, self.store.collections()
        if missing := wanted - there:
            raise BadSettings(f"The index has no collection {min(missing)!r}; it has {', '.join(sorted(there))}.")
        return None if wanted == there else tuple(sorted(wanted))

    def _passages_of(self, document: Document) -> list[Passage]:
        return list(self.store.blocks(document.path, 0, len(document.blocks)).values())

    def _meant(self, question: str, before: str, also: Sequence[str]) -> str:
        understood = meant(
            question,
            before,
            quoted=lambda: self.find(before, also=also).quotes,
            known=lambda terms: len(self.store.frequencies(terms, self.collections(also))),
        )
        # Two long questions together may be too long to be asked; then the new one stands alone.
        return understood if len(understood) <= QUESTION_CHARACTERS else question


def decide(finding: Finding, threshold: float) -> Answer | NoAnswer:
    """Whether what was found is an answer."""
    if finding.quotes and finding.confidence >= threshold:
        return Answer(finding.question, finding.meant, finding.quotes, finding.confidence)
    nearest = finding.quotes[0].unmarked() if finding.quotes else None
    return NoAnswer(finding.question, finding.meant, nearest, finding.confidence)


def _newest_first(quotes: tuple[Quote, ...]) -> tuple[Quote, ...]:
    """The quotes by their documents' dates, where all have one; those of one document stay in their order."""
    if not all(quote.date for quote in quotes):
        return quotes
    return tuple(sorted(quotes, key=lambda quote: quote.date or "", reverse=True))


def own_calibration(settings: Settings) -> Path:
    """Where the calibration for the owner's own documents is kept: beside their index."""
    return settings.index.with_suffix(".calibration.json")


def _checked(question: str) -> str:
    # A terminal hands over bytes that are no text as lone surrogates; they can be neither looked up nor printed.
    question = question.encode(errors="replace").decode()
    if not question.strip():
        raise BadQuestion("The question is empty; ask something.")
    if len(question) > QUESTION_CHARACTERS:
        raise BadQuestion(f"The question has {len(question):,} characters; ask it in at most {QUESTION_CHARACTERS:,}.")
    return question
