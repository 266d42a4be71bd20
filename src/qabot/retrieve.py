"""Question -> ranked passages: words (BM25) and meaning (cosine of sentence vectors), fused."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qabot.encoder import TextEncoder
from qabot.store import Collections, Store, Vectors
from qabot.types import Hit, Scope
from qabot.words import Word, words

# Each half proposes so many passages; what neither proposes is not found.
_CANDIDATES = 100
_SENTENCE = re.compile(r"\S.*?[.!?](?=\s|$)|\S.*?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fusion:
    """How the halves are weighed. `words` is the weight of BM25 beside 1 for the cosine, `heading` of a term in
    the heading path beside 1 in the body. Fitted by `qabot calibrate`.
    """

    words: float
    heading: float


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready for the index: its words, its unit vector, and how telling each term is here.

    `weights` gives the inverse document frequency of every content term (of every term where there is no other),
    `known` the terms among them that stand anywhere in the documents. `collections` are those that are asked,
    `scope` the part of a document that is, if it is only one.
    """

    text: str
    words: tuple[Word, ...]
    vector: Vectors
    weights: dict[str, float]
    known: frozenset[str]
    collections: Collections = None
    scope: Scope | None = None


def prepare(
    store: Store,
    encoder: TextEncoder,
    question: str,
    collections: Collections = None,
    scope: Scope | None = None,
) -> Query:
    """Make a question ready for `retrieve`."""
    found = words(question)
    terms = list(dict.fromkeys(word.term for word in found if word.content))
    terms = terms or list(dict.fromkeys(word.term for word in found))
    frequencies = store.frequencies(terms, collections)
    total = len(store.vectors(collections)[0])
    weights = {term: inverse_frequency(total, frequencies.get(term, 0)) for term in terms}
    return Query(
        question, tuple(found), _vector(encoder, question), weights, frozenset(frequencies), collections, scope
    )


def _vector(encoder: TextEncoder, question: str) -> Vectors:
    """The question's unit vector. In a longer message, the sentences that ask count twice."""
    asked = asking(question)
    texts = [question] if not asked or asked == question else [question, asked]
    total: Vectors = encoder.encode(texts).sum(axis=0)
    vector: Vectors = total / np.linalg.norm(total)
    return vector


def asking(question: str) -> str:
    """The sentences of a question that end with a question mark; empty where none does."""
    return " ".join(sentence for sentence in _SENTENCE.findall(question) if sentence.endswith("?"))


def inverse_frequency(total: int, holding: int) -> float:
    """How telling a term is that stands in `holding` of `total` passages; never negative (as Lucene's BM25 has it)."""
    return math.log(1 + (total - holding + 0.5) / (holding + 0.5))


def retrieve(store: Store, query: Query, fusion: Fusion, limit: int) -> list[Hit]:
    """The `limit` best passages, best first.

    Score: cosine + weight x BM25 divided by the best BM25 of this question (a convex combination up to scale;
    Bruch, Gai & Ingber 2023 find it better than reciprocal ranks, also with a weight fitted on few questions).
    """
    identifiers, matrix = store.vectors(query.collections)
    if query.scope is not None:
        inside = np.isin(identifiers, store.within(query.scope))
        identifiers, matrix = identifiers[inside], matrix[inside]
    if not len(identifiers):
        return []
    cosines = matrix @ query.vector
    by_words = dict(
        store.search_words(list(query.weights), fusion.heading, _CANDIDATES, query.collections, query.scope)
    )
    best = max(by_words.values(), default=0.0)
    rows = set(np.argpartition(-cosines, min(_CANDIDATES, len(cosines)) - 1)[:_CANDIDATES].tolist())
    rows |= set(np.searchsorted(identifiers, list(by_words)).tolist())
    scored = [(row, by_words.get(int(identifiers[row]), 0.0) / best if best > 0 else 0.0) for row in rows]
    ranked = sorted(scored, key=lambda pair: (-(cosines[pair[0]] + fusion.words * pair[1]), pair[0]))[:limit]
    return _hits(store, [(int(identifiers[row]), share, float(cosines[row])) for row, share in ranked], fusion)


def _hits(store: Store, ranked: Sequence[tuple[int, float, float]], fusion: Fusion) -> list[Hit]:
    passages = store.passages([identifier for identifier, _, _ in ranked])
    return [
        Hit(passages[identifier], identifier, cosine + fusion.words * share, share, cosine)
        for identifier, share, cosine in ranked
    ]
