"""Answering span -> whole sentences with their speaker; references to quotes; whether a quote still stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote as percent_encoded
from urllib.parse import unquote

from qabot.errors import BadReference
from qabot.link import link
from qabot.passages import SENTENCE_CHARACTERS
from qabot.types import DIGEST_LENGTH, Context, Document, Neighbours, Passage, Quote, Section, Verification, digest

_REFERENCE = re.compile(
    r"(?P<path>[^#]+)#(?:char|text)=(?P<start>\d{1,12}),(?P<end>\d{1,12})"
    rf"(?:;quote=(?P<digest>[0-9a-f]{{{DIGEST_LENGTH}}}))?"
)
MOST_SENTENCES = 3
# A sentence that leans on the one before it is quoted with it if the pair is no longer.
PAIR_CHARACTERS = 400
_LEANS = re.compile(r"(?:It|Its|They|Their|He|His|She|Her|This|That|These|Those|Such)\b")
_OPENING_MARKS = "\"“„«'‘"
_CLOSING_MARKS = "\"”“»'’"


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a quote stands: a document's path, `[start, end)` in its text, and the quote's digest if it was given."""

    path: str
    start: int
    end: int
    digest: str | None


def make_quote(
    document: Document,
    passage: Passage,
    start: int,
    end: int,
    score: float = 0.0,
    highlight: tuple[int, int] | None = None,
) -> Quote:
    """Quote `[start, end)` of a document from a passage; `highlight` is in the document's offsets too."""
    section, url = _section(document, start), document.origin.url
    return Quote(
        text=document.text[start:end],
        document=document.path,
        title=document.title,
        section=passage.path,
        number=passage.number,
        start=start,
        end=end,
        line=document.line(start),
        sha256=document.sha256,
        source=document.text,
        score=score,
        highlight=None if highlight is None else (highlight[0] - start, highlight[1] - start),
        date=document.date,
        page=document.page(start),
        depth=len(section.path),
        extracted=document.origin.extracted,
        link=link(url, section.anchor, document.text[start:end], passage.kind) if url else None,
        indexed=document.indexed,
        kind=passage.kind,
    )


def sentence_run(text: str, sentences: list[tuple[int, int]], chosen: int, *, whole_speech: bool) -> tuple[int, int]:
    """Which sentences must be quoted for sentence `chosen` to be understood: `[first, last)` indices.

    A sentence that is nothing but quoted speech is quoted with the sentence beside it that names the speaker:
    the one before ("...," explained Dr. Wei Zhang. "Our ..."), else the one after it. With `whole_speech`, what
    the same speaker goes on to say is quoted too. A sentence that begins with a word for what was named before
    ("They've created ...") is quoted with the one before it where the pair is short. At most three in all.
    """
    first, last = chosen, chosen + 1
    if _only_speech(text, sentences[chosen]):
        before = chosen - 1
        while before > max(chosen - MOST_SENTENCES + 1, 0) and _only_speech(text, sentences[before]):
            before -= 1
        after = chosen + 1
        while after < min(chosen + MOST_SENTENCES, len(sentences)) - 1 and _only_speech(text, sentences[after]):
            after += 1
        if before >= 0 and _names_speaker(text, sentences[before]):
            first = before
        elif after < len(sentences) and _names_speaker(text, sentences[after]):
            last = after + 1
    while (
        whole_speech
        and last < min(first + MOST_SENTENCES, len(sentences))
        and _only_speech(text, sentences[last])
        and _has_speech(text, sentences[first])
    ):
        last += 1
    if (
        first > 0
        and last - first < MOST_SENTENCES
        and _LEANS.match(text, sentences[first][0])
        and sentences[last - 1][1] - sentences[first - 1][0] <= PAIR_CHARACTERS
    ):
        first -= 1
    return first, last


def speaker(quote: Quote) -> str | None:
    """The words of a quote that are outside its quotation marks, if it holds quoted speech: they name who speaks."""
    outside = re.sub(r'["“][^"”]*["”]', " ", quote.text)
    if outside == quote.text:
        return None
    return " ".join(outside.split()).strip(" ,.;:") or None


def reference(quote: Quote) -> str:
    """The reference for machines, in the manner of RFC 5147, with the quote's digest.

    It says `char=` where the offsets hold in the file itself, `text=` where they hold in what was read out of it.
    """
    unit = "text" if quote.extracted else "char"
    return f"{percent_encoded(quote.document)}#{unit}={quote.start},{quote.end};quote={quote.digest}"


def described(quote: Quote) -> str:
    """The reference for people: title, numbered section, run-in heading, page or line where there is one."""
    return ", ".join([headings(quote), *([where] if (where := place(quote)) else [])])


def place(quote: Quote) -> str:
    """The page or line of a quote in its file, in words; empty where the format has neither."""
    if quote.page is not None:
        return f"page {quote.page}"
    return "" if quote.line is None else f"line {quote.line}"


def headings(quote: Quote) -> str:
    """A quote's title and section path in one line, with the section's number before its heading."""
    depth = len(quote.section) if quote.depth is None else quote.depth
    steps = [f"{quote.number} {step}" if place == depth else step for place, step in enumerate(quote.section, start=1)]
    return " > ".join([quote.title, *steps])


def parse_reference(text: str) -> Reference:
    """Read a reference for machines.

    Raises BadReference where it is none.
    """
    match = _REFERENCE.fullmatch(text.strip())
    if match is None or int(match["start"]) >= int(match["end"]):
        raise BadReference(
            f"{text[:200]!r} is not a reference; one looks like article.txt#char=1293,1504;quote=0123456789ab."
        )
    return Reference(unquote(match["path"]), int(match["start"]), int(match["end"]), match["digest"])


def verify(document: Document, passages: list[Passage], wanted: Reference) -> Verification:
    """Whether the quote that a reference points to still stands in the document as it is now.

    Intact: its digest fits at its place. Moved: it fits elsewhere (the place nearest to the old one, found by
    hashing windows of the quote's length), or the document has another name now. Altered: it fits nowhere.

    Raises BadReference where the reference has no digest, or is longer than any quote.
    """
    if wanted.digest is None:
        raise BadReference("This reference has no ;quote= at its end, so there is nothing to compare the text with.")
    length = wanted.end - wanted.start
    if length > MOST_SENTENCES * SENTENCE_CHARACTERS:
        raise BadReference(f"No quote has {length:,} characters; see whether the reference is copied whole.")
    last = len(document.text) - length
    for start in _outwards(min(wanted.start, last), last):
        if digest(document.text[start : start + length]) == wanted.digest:
            quote = locate(document, passages, start, start + length)
            intact = (document.path, start) == (wanted.path, wanted.start)
            return Verification("intact" if intact else "moved", reference(quote), quote)
    return Verification("altered")


def _outwards(first: int, last: int) -> Iterator[int]:
    """All places from 0 to `last`, those nearest to `first` first."""
    yield from range(first, first + 1 if first >= 0 else first)
    for distance in range(1, last + 1):
        if first - distance >= 0:
            yield first - distance
        if first + distance <= last:
            yield first + distance


def locate(document: Document, passages: list[Passage], start: int, end: int) -> Quote:
    """The quote `[start, end)` of a document, with the section in which it begins.

    Raises BadReference where the document is shorter.
    """
    if end > len(document.text):
        raise BadReference(f"{document.path} has {len(document.text)} characters, fewer than the reference says.")
    for passage in passages:
        if passage.start <= start < passage.end:
            return make_quote(document, passage, start, end)
    section = _section(document, start)
    between = Passage(document.path, 0, "paragraph", section.number, section.path, start, end, ((start, end),))
    return make_quote(document, between, start, end)


def in_context(document: Document, quote: Quote) -> Context:
    """A quote with the whole body of its section around it."""
    section = _section(document, quote.start)
    start, end = min(section.body, quote.start), max(section.end, quote.end)
    while document.text[start].isspace() and start < quote.start:
        start += 1
    return Context(quote, document.text[start:end], quote.start - start, quote.end - start)


def neighbours(document: Document, passages: list[Passage], quote: Quote) -> Neighbours:
    """The sentences around a quote, and the beginnings of the sections around its own."""
    first: dict[int, tuple[Passage, int, int]] = {}  # of each section that holds any sentence
    before = after = None
    own = document.sections.index(_section(document, quote.start))
    for passage in passages:
        section = document.blocks[passage.block].section
        for start, end in passage.sentences:
            first.setdefault(section, (passage, start, end))
            if end <= quote.start:
                before = passage, start, end
            elif start >= quote.end and after is None:
                after = passage, start, end
    previous = max((section for section in first if section < own), default=-1)
    following = min((section for section in first if section > own), default=-1)
    found = before, after, first.get(previous), first.get(following)
    return Neighbours(*(place and make_quote(document, *place) for place in found))


def _section(document: Document, offset: int) -> Section:
    return next(section for section in document.sections if offset < section.end)


def _has_speech(text: str, sentence: tuple[int, int]) -> bool:
    return any(mark in '"“”„«»' for mark in text[sentence[0] : sentence[1]])


def _names_speaker(text: str, sentence: tuple[int, int]) -> bool:
    return _has_speech(text, sentence) and not _only_speech(text, sentence)


def _only_speech(text: str, sentence: tuple[int, int]) -> bool:
    start, end = sentence
    opens, closes = text[start] in _OPENING_MARKS, text[end - 1] in _CLOSING_MARKS
    # Quotation marks inside would end the speech: '"Yes," she said. "No."' names its speaker itself.
    return opens and closes and not any(mark in '"“”' for mark in text[start + 1 : end - 1])
