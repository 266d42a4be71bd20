"""A question and texts -> how likely each token begins or ends the answer: runs a reading model with onnxruntime.

The model reads in the manner of SQuAD 2.0 (Devlin et al. 2018): question and text together, a start and an end score
for every token, and for "this text does not answer" the scores of the first token. Which span is then taken, and
whether it is an answer, is left to `reader` and `confidence`. The default model is shipped in `models/reader/`.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qabot.errors import ModelError
from qabot.model import SHIPPED, Model, cores, summary, without_surrogates

DEFAULT = SHIPPED / "reader"

# What is longer is read from its end on: a long message ends with its question, a path with the nearest heading.
QUESTION_TOKENS = 96
HEADING_TOKENS = 24
# Two windows of a long text share so many tokens, so that each token is seen among others in one of them.
OVERLAP_TOKENS = 64
ANSWER_TOKENS = 40

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece `[start, end)` of a text; `margin` is its score minus that of "this text does not answer"."""

    start: int
    end: int
    margin: float


@dataclass(frozen=True, slots=True)
class TokenScores:
    """For each token of a text where it stands, `offsets` (tokens, 2), and how much speaks for the answer starting
    or ending there, `starts` and `ends` (tokens,), each minus half of what speaks for no answer.
    """

    offsets: NDArray[np.int64]
    starts: Scores
    ends: Scores

    def best(self, start: int, end: int) -> Span | None:
        """The best span of at most ANSWER_TOKENS tokens within the characters `[start, end)`; None without a token."""
        inside = np.flatnonzero((self.offsets[:, 0] >= start) & (self.offsets[:, 1] <= end))
        if not len(inside):
            return None
        totals = self.starts[inside][:, None] + self.ends[inside][None, :]
        allowed = np.tri(len(inside), k=ANSWER_TOKENS - 1, dtype=bool) & np.tri(len(inside), dtype=bool).T
        first, last = divmod(int(np.where(allowed, totals, -np.inf).argmax()), len(inside))
        return Span(int(self.offsets[inside[first], 0]), int(self.offsets[inside[last], 1]), float(totals[first, last]))


class SpanModel:
    """A reading model. `fingerprint` (64 hexadecimal digits) is the same only for the same model and format."""

    def __init__(self, folder: Path) -> None:
        """Load the model in `folder`; ModelError where a file is missing, altered or cannot be run."""
        model = Model(folder, "reader", ("input_ids", "token_type_ids"))
        self._session, self._tokenizer = model.session, model.tokenizer
        self._first, self._separator = (self._tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]"))
        self._window = model.record.window
        self.folder = folder
        self.name = model.record.name
        self.fingerprint = model.fingerprint
        smallest = QUESTION_TOKENS + HEADING_TOKENS + 2 * OVERLAP_TOKENS + 4
        if None in (self._first, self._separator) or self._window < smallest or self._run([0], [0]).shape != (2, 1):
            raise ModelError(
                f"The model in {folder} cannot be read with: it takes the tokens [CLS] and [SEP], a window of at least "
                f"{smallest} tokens and one output of shape (2, texts, tokens)."
            )

    def score(self, question: str, texts: Sequence[tuple[str, str]]) -> list[TokenScores]:
        """The scores of every token of each text, given with its heading as `(heading, text)`.

        A text of any length is read whole, in windows that overlap; a token's scores are those of the window in
        which it stands farthest from an edge.
        """
        asked = self._tokens(question)[-QUESTION_TOKENS:]
        headings = [self._tokens(heading)[-HEADING_TOKENS:] for heading, _ in texts]
        encodings = self._tokenizer.encode_batch(
            [without_surrogates(text) for _, text in texts], add_special_tokens=False
        )
        windows = [
            (row, start, end)
            for row, encoding in enumerate(encodings)
            for start, end in _windows(len(encoding.ids), self._window - len(asked) - len(headings[row]) - 4)
        ]

        def run(window: tuple[int, int, int]) -> Scores:
            row, start, end = window
            text = encodings[row].ids[start:end]
            ids, kinds = layout(asked, headings[row], text, self._first, self._separator)
            scores = self._run(ids, kinds)
            place = len(ids) - 1 - len(text)
            relative: Scores = scores[:, place:-1] - scores[:, 0].sum() / 2
            return relative

        parts: list[list[tuple[int, Scores]]] = [[] for _ in texts]
        with ThreadPoolExecutor(cores()) as threads:
            for (row, start, _), scores in zip(windows, threads.map(run, windows), strict=True):
                parts[row].append((start, scores))
        return [
            TokenScores(np.array(encoding.offsets, np.int64).reshape(-1, 2), *_joined(len(encoding.ids), read))
            for encoding, read in zip(encodings, parts, strict=True)
        ]

    def _run(self, ids: list[int], kinds: list[int]) -> Scores:
        """Start and end scores, (2, tokens)."""
        fed = {"input_ids": np.array([ids], np.int64), "token_type_ids": np.array([kinds], np.int64)}
        try:
            [scores] = self._session.run(None, fed)
            alone: Scores = scores[:, 0]
        except Exception as error:  # onnxruntime raises plain Exception
            raise ModelError(f"The model in {self.folder} cannot be read with: {summary(error)}.") from error
        return alone

    def _tokens(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(without_surrogates(text), add_special_tokens=False).ids
        return ids


def layout(
    question: Sequence[int], heading: Sequence[int], text: Sequence[int], first: int, separator: int
) -> tuple[list[int], list[int]]:
    """Token ids as the model reads them, the text last but for one separator, and the kind of each (0: question)."""
    before = [first, *question, separator]
    after = [*heading, separator, *text, separator] if len(heading) else [*text, separator]
    return before + after, [0] * len(before) + [1] * len(after)


def _windows(length: int, size: int) -> list[tuple[int, int]]:
    """`[start, end)` of windows of at most `size` tokens that cover `length` of them and overlap; one if they fit."""
    starts = range(0, max(length - OVERLAP_TOKENS, 1), size - OVERLAP_TOKENS)
    return [(start, min(start + size, length)) for start in starts] if length > size else [(0, length)]


def _joined(length: int, parts: Sequence[tuple[int, Scores]]) -> tuple[Scores, Scores]:
    """The start and end scores of a text from those of its windows, (first token, (2, tokens)) each."""
    joined = np.empty((2, length), np.float32)
    deepest = np.full(length, -1)
    for start, scores in parts:
        size = scores.shape[1]
        depth = np.minimum(np.arange(size), np.arange(size)[::-1])
        here = slice(start, start + size)
        deeper = depth > deepest[here]
        joined[:, here] = np.where(deeper, scores, joined[:, here])
        deepest[here] = np.maximum(depth, deepest[here])
    return joined[0], joined[1]


def load_reader(name: str | None) -> SpanModel | None:
    """The reading model called `name`: None or "default" for the shipped one, "off" for none, else a folder.

    Raises ModelError, one sentence, where the model is missing, altered or no reading model.
    """
    if name == "off":
        return None
    try:
        folder = DEFAULT if name is None or name == "default" else Path(name).expanduser()
    except RuntimeError as error:
        raise ModelError(f"There is no home folder for {name!r}; write the path out.") from error
    if not folder.is_dir():
        raise ModelError(f"There is no folder {name}: give a reading model's folder, or off to answer without one.")
    return SpanModel(folder)
