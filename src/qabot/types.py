"""The values that pass from room to room: plain, frozen and small.

Every `start` and `end` is an offset into `Document.text`, counted in code points, half open (`[start, end)`).
They are fixed when a document is loaded and carried unchanged to the screen.
"""

import hashlib
from bisect import bisect_right
from copy import copy
from dataclasses import InitVar, dataclass, field
from typing import Literal

DIGEST_LENGTH = 12

QUESTION_CHARACTERS = 2_000

DEFAULT_COLLECTION = "default"

BlockKind = Literal["paragraph", "lead_in", "item", "row", "code"]


def document_name(collection: str, path: str) -> str:
    """What a file is called in an index: its path or, in another collection than the default, `//collection/path`."""
    return path if collection == DEFAULT_COLLECTION else f"//{collection}/{path}"


def collection_of(name: str) -> str:
    """The collection of a document with this name."""
    return name[2:].partition("/")[0] if name.startswith("//") else DEFAULT_COLLECTION


def file_of(name: str) -> str:
    """The path, in its own knowledge folder, of a document with this name."""
    return name[2:].partition("/")[2] if name.startswith("//") else name


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and all that stands under it, up to the next heading of any level.

    `number` is "0" for the opening, which has an empty `path`; else as the document numbers it, or counted.
    `start` is where the heading begins, `body` where the text under it begins. `anchor` is the heading's id in a
    document that one can link into.
    """

    number: str
    path: tuple[str, ...]
    start: int
    body: int
    end: int
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of a document: the largest unit that a passage may span.

    `section` is an index into `Document.sections`. `run_in` is the heading that the paragraph opens with
    ("Solid-state batteries"), without its colon. A `lead_in` ends with a colon and announces the `item`
    blocks that follow it in the same section. A `row` of a table and a block of `code` are quoted whole.
    """

    start: int
    end: int
    section: int
    kind: BlockKind = "paragraph"
    run_in: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document's text comes from, and how a place in it is found at its source.

    `extracted` is False where the text is the file itself, decoded from `encoding`. Else it is what was read out of the
    file: then `lines` are (offset, line in the file) pairs and `pages` the offsets at which pages begin, the first at
    0; either is empty where the format has none. `url` is where the document stands on the web.
    """

    extracted: bool = False
    encoding: str = "UTF-8"
    url: str | None = None
    lines: tuple[tuple[int, int], ...] = ()
    pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A loaded document. `path` is relative to the knowledge folder, with forward slashes; in an index it is the
    `document_name`.

    `sections` cover the text from 0 to its end without a gap; `blocks` are in order and do not overlap.
    `sha256` is the digest of the file's bytes, `date` an ISO date or None, `indexed` an ISO time in UTC, or None where
    the document does not come from an index.
    """

    path: str
    title: str
    text: str
    sha256: str
    sections: tuple[Section, ...]
    blocks: tuple[Block, ...]
    date: str | None = None
    origin: Origin = field(default_factory=Origin)
    indexed: str | None = field(default=None, compare=False)
    line_starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts = [0]
        while (newline := self.text.find("\n", starts[-1])) >= 0:
            starts.append(newline + 1)
        object.__setattr__(self, "line_starts", tuple(starts))

    def line(self, offset: int) -> int | None:
        """The number, from 1, of the line of the file in which `offset` stands; None where the format has no lines."""
        if not self.origin.extracted:
            return bisect_right(self.line_starts, offset)
        place = bisect_right(self.origin.lines, offset, key=lambda pair: pair[0])
        return self.origin.lines[place - 1][1] if place else None

    def page(self, offset: int) -> int | None:
        """The number, from 1, of the page on which `offset` stands; None where the format has no pages."""
        return bisect_right(self.origin.pages, offset) or None


@dataclass(frozen=True, slots=True)
class Passage:
    """What is found: a paragraph or a part of one, as whole sentences.

    `number` and `path` are its section's; `path` has the run-in heading as its last element if there is one.
    `block` is an index into `Document.blocks`; `sentences` are `(start, end)` pairs in order.
    """

    document: str
    block: int
    kind: BlockKind
    number: str
    path: tuple[str, ...]
    start: int
    end: int
    sentences: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of one document, `[start, end)` of its text, that a question is limited to."""

    document: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was retrieved: `words` is its share of the best BM25, `meaning` its cosine, `score` both fused."""

    passage: Passage
    identifier: int
    score: float
    words: float
    meaning: float


@dataclass(frozen=True, slots=True)
class Reading:
    """A span `[start, end)` of a document that may answer, within the passage of `hit`.

    `score` is comparable between all readings of one question, `margin` (0 where nothing reads) between all questions:
    it is what the reading model gives the span over "this passage does not answer". `marks` is True where the span is
    the answering words themselves, False where it is only the sentence that holds them.
    """

    hit: Hit
    start: int
    end: int
    score: float = 0.0
    margin: float = 0.0
    marks: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim piece of a document with where it stands. Built only if it equals its slice of the text.

    `section` is the path of headings from the top down, a run-in heading last; the first `depth` of them (None: all)
    are headings of their own, and the last of those has the `number`. `highlight` is `[start, end)` within `text`, or
    None. `line` and `page` count from 1, and are None where the format has none. `sha256` is of the file. `extracted`
    says that the text was read out of the file and is not the file itself; `link` opens the source on the web at the
    quote. `date` is the document's, `indexed` the time, in UTC, at which it was last read into the index. `kind` is
    that of the block that it stands in.

    Raises ValueError where `source[start:end] != text`.
    """

    text: str
    document: str
    title: str
    section: tuple[str, ...]
    number: str
    start: int
    end: int
    line: int | None
    sha256: str
    source: InitVar[str]
    score: float = 0.0
    highlight: tuple[int, int] | None = None
    date: str | None = None
    page: int | None = None
    depth: int | None = None
    extracted: bool = False
    link: str | None = None
    indexed: str | None = None
    kind: BlockKind = "paragraph"

    def __post_init__(self, source: str) -> None:
        if source[self.start : self.end] != self.text or not self.text:
            raise ValueError(f"not a quote of {self.document}: characters {self.start} to {self.end}")

    def unmarked(self) -> "Quote":
        """The same quote without a highlight."""
        quote = copy(self)
        object.__setattr__(quote, "highlight", None)
        return quote

    @property
    def digest(self) -> str:
        """The first 12 hexadecimal digits of the SHA-256 of the quote in UTF-8."""
        return digest(self.text)


def digest(text: str) -> str:
    """The first 12 hexadecimal digits of the SHA-256 of `text` in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]


@dataclass(frozen=True, slots=True)
class Finding:
    """All that was found for a question, before it is decided whether that is an answer.

    `hits` are the retrieved passages, best first; `quotes` what would be quoted, best first or, where several
    sentences answer together, in document order; `confidence` the probability that the documents answer.
    """

    question: str
    meant: str
    hits: tuple[Hit, ...]
    quotes: tuple[Quote, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The documents answer. `quotes` has at least one; several are in document order.

    `question` is as it was asked, `meant` the question that was really looked up (they differ for a follow-up).
    `confidence` is the probability that the documents answer.
    """

    question: str
    meant: str
    quotes: tuple[Quote, ...]
    confidence: float
    elapsed_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The documents do not answer. `nearest` is the closest passage, which is not an answer: no words are marked."""

    question: str
    meant: str
    nearest: Quote | None
    confidence: float
    elapsed_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Greeting:
    """The question was a greeting or thanks; nothing was looked up."""

    question: str
    thanks: bool = False
    elapsed_ms: float = 0.0


Result = Answer | NoAnswer | Greeting


@dataclass(frozen=True, slots=True)
class Source:
    """One indexed document, as `qabot sources` lists it. `indexed` is when it was last read, an ISO time in UTC."""

    path: str
    title: str
    date: str | None
    sha256: str
    sections: tuple[Section, ...]
    passages: int
    indexed: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file of the knowledge folder that was left out, and why, in a clause ("it is empty")."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Context:
    """A quote in its place: `text[:before]` and `text[after:]` surround it within its section's body."""

    quote: Quote
    text: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What stands around a quote: the sentences beside it, the first sentences of the sections beside its own."""

    before: Quote | None
    after: Quote | None
    section_before: Quote | None
    section_after: Quote | None


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a quote still stands: `intact` at its place, `moved` to `reference`, or `altered`."""

    state: Literal["intact", "moved", "altered"]
    reference: str | None = None
    quote: Quote | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a refresh did, as documents' names. `passages` counts those of documents that were added or changed;
    `encodings` names, for each document read that is not UTF-8, what it was taken for; `behind` says that nothing was
    done, as another process is at it.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    unchanged: int = 0
    passages: int = 0
    encodings: tuple[tuple[str, str], ...] = ()
    behind: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a refresh is: the document it is at, and how many of its texts are encoded."""

    path: str
    document: int
    documents: int
    texts: int = 0
    of_texts: int = 0
