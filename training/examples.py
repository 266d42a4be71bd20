"""Articles -> what the network is trained on: questions and passages as token ids, and which go together.

Paragraphs are cut into passages by the product's own rules. A question comes with the passages that answer it
(and where), with those of its article that rank high for it and do not answer (hard negatives), and with its own
passage without the sentence that answers: on the subject, and no answer.
"""

import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from qabot.encoder import Encoder
from qabot.passages import passages as cut
from qabot.types import Block, Document, Passage, Section
from qabot.words import words
from training.sources import Article

QUESTION_TOKENS = 64
HEADING_TOKENS = 16
PASSAGE_TOKENS = 224
LENGTH_STEP = 16
NEGATIVES = 10  # so many of the best wrong passages are kept to draw from
FEW = 4
# The same question is asked of many parts of a policy; a passage that is not labelled may answer it all the same.
_NO_NEGATIVES = ("policyqa_dev.json", "policyqa_test.json")

_ASKING = frozenset({"who", "when", "where", "why", "how"})
_WORDS = 0.3  # what a share of 1 of the question's terms counts beside a cosine of 1

Ids = NDArray[np.uint16]
Offsets = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Gold:
    """A passage that answers: its number, and where answers start and end, as token places within its text."""

    passage: int
    starts: tuple[int, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its passages, by number. `keywords` is the question as people type it who are in a hurry;
    `unanswered` are those of its own paragraph, where nothing answers; `shortened` are the golds without the sentence
    that answers; `ranked` the best of the article, with their scores.
    """

    source: str
    id: str
    tokens: Ids
    keywords: Ids
    golds: tuple[Gold, ...]
    unanswered: tuple[int, ...]
    negatives: tuple[int, ...]
    shortened: tuple[int, ...]
    own: tuple[int, ...]
    ranked: tuple[tuple[int, float], ...]
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """One row of a batch: what is asked, of which passage, and the gold tokens (none: it does not answer)."""

    asked: int
    passage: int
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()


@dataclass(slots=True)
class Prepared:
    """All questions, and all passages as heading and text tokens; `texts` and `offsets` are kept where asked for."""

    asked: list[Asked] = field(default_factory=list)
    headings: list[Ids] = field(default_factory=list)
    passages: list[Ids] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    offsets: list[Offsets] = field(default_factory=list)


def prepare(articles: Sequence[Article], encoder: Encoder, tokenizer: Tokenizer, keep_texts: bool = False) -> Prepared:
    """Cut, tokenise and rank everything once. `keep_texts` for what answers are read from (evaluation)."""
    tokenizer.no_padding()
    tokenizer.no_truncation()
    made = Prepared()
    for article in articles:
        _add(made, article, encoder, tokenizer, keep_texts)
    return made


def draw(prepared: Prepared, generator: random.Random, negatives: float, shortened: float) -> list[Example]:
    """One epoch: every question once with a passage that answers (or, unanswerable, with its own passage), and with
    the chances given, with a hard negative and with its shortened passage.
    """
    examples: list[Example] = []
    for number, asked in enumerate(prepared.asked):
        if asked.golds:
            gold = generator.choice(asked.golds)
            examples.append(Example(number, gold.passage, gold.starts, gold.ends))
        elif asked.unanswered:
            examples += [Example(number, passage) for passage in asked.unanswered[:2]]
        if asked.negatives and generator.random() < negatives:
            # The first ones are the hardest; a triangular draw prefers them.
            place = int(generator.triangular(0, len(asked.negatives), 0))
            examples.append(Example(number, asked.negatives[min(place, len(asked.negatives) - 1)]))
        if asked.shortened and generator.random() < shortened:
            examples.append(Example(number, generator.choice(asked.shortened)))
    generator.shuffle(examples)
    return examples


def batches(
    prepared: Prepared, examples: Sequence[Example], tokens: int, generator: random.Random
) -> Iterator[list[Example]]:
    """Batches of about `tokens` tokens each, padding included, of examples that are about equally long.

    There are few shapes of batches: each new one costs torch time and memory that it does not give back.
    """
    by_length: dict[int, list[Example]] = {}
    for example in examples:
        by_length.setdefault(padded(length(prepared, example)), []).append(example)
    found = []
    for size, alike in by_length.items():
        count = max(tokens // size, 1)
        found += [alike[start : start + count] for start in range(0, len(alike), count)]
    generator.shuffle(found)
    yield from found


def padded(size: int) -> int:
    """So many tokens are `size` of them filled up to."""
    return -(-size // LENGTH_STEP) * LENGTH_STEP


def length(prepared: Prepared, example: Example) -> int:
    """How many tokens an example has at most, with its question mark and heading."""
    asked, passage = prepared.asked[example.asked], example.passage
    return len(asked.tokens) + len(prepared.headings[passage]) + len(prepared.passages[passage]) + 5


def _add(made: Prepared, article: Article, encoder: Encoder, tokenizer: Tokenizer, keep_texts: bool) -> None:
    document, block_of = document_of(article)
    passages = cut(document)
    if not passages:
        return
    heading = np.array(_ids(tokenizer, article.title)[:HEADING_TOKENS], np.uint16)

    def added(texts: Sequence[str]) -> tuple[int, list[Offsets]]:
        """Add passages; the number of the first, and where the tokens of each stand."""
        first = len(made.passages)
        encodings = tokenizer.encode_batch(list(texts), add_special_tokens=False)
        offsets = [encoding.offsets[:PASSAGE_TOKENS] for encoding in encodings]
        made.passages += [np.array(encoding.ids[:PASSAGE_TOKENS], np.uint16) for encoding in encodings]
        made.headings += [heading] * len(texts)
        if keep_texts:
            made.texts += texts
            made.offsets += offsets
        return first, offsets

    texts = [document.text[passage.start : passage.end] for passage in passages]
    first, offsets = added(texts)
    lowered = [text.lower() for text in texts]
    for question, scores in zip(article.questions, _ranking(article, texts, encoder), strict=True):
        paragraph = article.paragraphs[question.paragraph]
        begin = document.blocks[block_of[question.paragraph]].start
        answers = [paragraph[start:end] for start, end in question.answers]
        own = [n for n, passage in enumerate(passages) if passage.block == block_of[question.paragraph]]
        golds, shortened = [], []
        for number in own:
            passage = passages[number]
            shift = begin - passage.start
            inside = [
                (start + shift, end + shift)
                for start, end in question.answers
                if start + shift >= 0 and end + shift <= passage.end - passage.start
            ]
            spans = [span for span in (_token_span(offsets[number], *pair) for pair in inside) if span]
            if spans:
                golds.append(Gold(first + number, tuple({s for s, _ in spans}), tuple({e for _, e in spans})))
                rest = _without(document, passage, inside)
                if rest and not _holds_any(rest.lower(), answers):
                    shortened.append(added([rest])[0])
        if question.answers and not golds:
            continue  # the cut went through the answer
        ranked = np.argsort(-scores).tolist()
        wrong = [n for n in ranked if n not in own and not _holds_any(lowered[n], answers)]
        if question.answers:
            # Other parts of its own paragraph are the hardest.
            wrong = [n for n in ranked if not _holds_any(lowered[n], answers)]
        made.asked.append(
            Asked(
                source=article.source,
                id=question.id,
                tokens=question_ids(tokenizer, levelled(question.text)),
                keywords=question_ids(tokenizer, keywords(question.text)),
                golds=tuple(golds),
                unanswered=() if question.answers else tuple(first + n for n in ranked if n in own),
                negatives=() if article.source in _NO_NEGATIVES else tuple(first + n for n in wrong[:NEGATIVES]),
                shortened=tuple(shortened),
                own=tuple(first + n for n in own),
                ranked=tuple((first + n, float(scores[n])) for n in ranked[:NEGATIVES]),
                answers=tuple(answers),
            )
        )


def document_of(article: Article) -> tuple[Document, dict[int, int]]:
    """An article as one document with a block for each paragraph, and which block each paragraph is."""
    kept = [number for number, paragraph in enumerate(article.paragraphs) if paragraph.strip()]
    blocks: list[Block] = []
    for number in kept:
        start = blocks[-1].end + 2 if blocks else 0
        blocks.append(Block(start, start + len(article.paragraphs[number]), 0))
    text = "\n\n".join(article.paragraphs[number] for number in kept)
    document = Document(article.source, article.title, text, "", (Section("0", (), 0, 0, len(text)),), tuple(blocks))
    return document, {number: block for block, number in enumerate(kept)}


def _ranking(article: Article, texts: Sequence[str], encoder: Encoder) -> NDArray[np.float64]:
    """How high every passage ranks for every question, (questions, passages): cosine, and the share of its terms.

    Where all wrong passages are kept anyway the terms are enough; encoding takes most of the time.
    """
    headed = [f"{article.title}\n{text}" if article.title else text for text in texts]
    if len(texts) > FEW:
        cosines = encoder.encode([question.text for question in article.questions]) @ encoder.encode(headed).T
    else:
        cosines = np.zeros((len(article.questions), len(texts)), np.float32)
    terms = [{word.term for word in words(text)} for text in headed]
    holding = Counter(term for held in terms for term in held)
    rarity = {term: math.log(1 + len(terms) / count) for term, count in holding.items()}
    scores = cosines.astype(np.float64)
    for row, question in zip(scores, article.questions, strict=True):
        asked = {word.term for word in words(question.text) if word.content} & set(rarity)
        total = sum(rarity[term] for term in asked) or 1.0
        row += [_WORDS * sum(rarity[term] for term in asked & held) / total for held in terms]
    return scores


def levelled(question: str) -> str:
    """Without its question mark: one data set lacks it just where there is no answer. It is put back by chance."""
    return question.rstrip(" ?")


def keywords(question: str) -> str:
    """Its content and question words: "How much does a sodium-ion cell cost?" -> "How sodium ion cell cost"."""
    kept = (word for word in words(question) if word.content or word.surface in _ASKING)
    return " ".join(question[word.start : word.end] for word in kept)


def question_ids(tokenizer: Tokenizer, question: str) -> Ids:
    """A question's tokens, as many as are kept."""
    return np.array(_ids(tokenizer, question)[:QUESTION_TOKENS], np.uint16)


def _ids(tokenizer: Tokenizer, text: str) -> list[int]:
    ids: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
    return ids


def _holds_any(lowered: str, answers: Sequence[str]) -> bool:
    return any(answer.lower().strip() in lowered for answer in answers)


def _token_span(offsets: Offsets, start: int, end: int) -> tuple[int, int] | None:
    """The first and the last token that share a character with `[start, end)`."""
    inside = [place for place, (first, last) in enumerate(offsets) if first < end and last > start]
    return (inside[0], inside[-1]) if inside else None


def _without(document: Document, passage: Passage, answers: Sequence[tuple[int, int]]) -> str:
    """A passage without the sentences that share a character with an answer; empty where none is left."""
    rest = [
        document.text[start:end]
        for start, end in passage.sentences
        if not any(start - passage.start < last and end - passage.start > first for first, last in answers)
    ]
    return " ".join(rest)
