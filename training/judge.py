"""How well a network reads the development articles: quick figures to compare variations by."""

import random
import re
import string
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import torch

from qabot.evaluate.metrics import auroc
from qabot.spans import TokenScores
from training.batch import rows
from training.examples import Asked, Example, Prepared, batches

_RANK_WEIGHTS = (0.0, 1.0, 2.0, 4.0, 8.0)
_READ = 5


def judge(network: Callable[..., torch.Tensor], prepared: Prepared, headings: float = 1.0) -> dict[str, float]:
    """SQuAD 2.0 F1 and exact match given the right paragraph (at the best threshold), F1 of the answerable ones,
    AUROC of the best margin of five passages, and how often the best of five overlaps a gold answer.
    """
    pairs = {(n, p) for n, asked in enumerate(prepared.asked) for p in _looked_at(asked)}
    examples = [Example(*pair) for pair in sorted(pairs)]
    read: dict[tuple[int, int], tuple[float, int, int]] = {}
    for batch in batches(prepared, examples, 8192, random.Random(0)):
        ids, mask, kinds, allowed, _ = rows(prepared, batch, None, headings)
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            scores = network(ids, mask, kinds).float().numpy()
        for row, example in enumerate(batch):
            places = np.flatnonzero(allowed[row].numpy())[1:]
            starts, ends = scores[:, row, places] - scores[:, row, 0].sum() / 2
            tokens = np.arange(len(places) + 1)
            best = TokenScores(np.stack([tokens[:-1], tokens[1:]], axis=1), starts, ends).best(0, len(places))
            assert best is not None
            read[example.asked, example.passage] = (best.margin, best.start, best.end - 1)
    return _figures(prepared, read)


def _looked_at(asked: Asked) -> list[int]:
    return [*asked.own, *(passage for passage, _ in asked.ranked[:_READ])]


def _figures(prepared: Prepared, read: dict[tuple[int, int], tuple[float, int, int]]) -> dict[str, float]:
    given = []  # (margin, f1 if answered, exact if answered, answerable)
    confidences, answerable = [], []
    right: dict[float, list[bool]] = {weight: [] for weight in _RANK_WEIGHTS}
    for number, asked in enumerate(prepared.asked):
        margin, passage, start, end = max((read[number, p][0], p, *read[number, p][1:]) for p in asked.own)
        text = _text(prepared, passage, start, end)
        given.append((margin, _best(f1, text, asked.answers), _best(exact, text, asked.answers), bool(asked.answers)))
        best = asked.ranked[:_READ]
        confidences.append(max(read[number, p][0] for p, _ in best))
        answerable.append(bool(asked.answers))
        if asked.answers:
            for weight in _RANK_WEIGHTS:
                _, passage = max((read[number, p][0] + weight * score, p) for p, score in best)
                _, start, end = read[number, passage]
                golds = [gold for gold in asked.golds if gold.passage == passage]
                hit = any(s <= end and e >= start for gold in golds for s in gold.starts for e in gold.ends if s <= e)
                right[weight].append(hit)
    margins = np.array([g[0] for g in given])
    f1s, exacts, has = (np.array([g[i] for g in given], float) for i in (1, 2, 3))
    order = np.argsort(-margins)
    # Answered are the first k in this order; the others count where they are unanswerable.
    unanswered = (1 - has).sum() - np.concatenate([[0], np.cumsum((1 - has)[order])])
    curve_f1 = np.concatenate([[0], np.cumsum((f1s * has)[order])]) + unanswered
    curve_exact = np.concatenate([[0], np.cumsum((exacts * has)[order])]) + unanswered
    best = int(np.argmax(curve_f1))
    return {
        "n": len(given),
        "f1": 100 * curve_f1[best] / len(given),
        "exact": 100 * curve_exact[best] / len(given),
        "f1_answerable": 100 * f1s[has == 1].mean(),
        "auroc": _auroc(confidences, answerable),
        "auroc_given": _auroc(margins.tolist(), answerable),
        **{f"right_{weight:g}": 100 * float(np.mean(values)) for weight, values in right.items()},
    }


def _auroc(confidences: Sequence[float], answerable: Sequence[bool]) -> float:
    pairs = list(zip(confidences, answerable, strict=True))
    return auroc([value for value, has in pairs if has], [value for value, has in pairs if not has]) or 0.0


def _text(prepared: Prepared, passage: int, start: int, end: int) -> str:
    offsets = prepared.offsets[passage]
    return prepared.texts[passage][offsets[start][0] : offsets[end][1]]


def _best(measure: Callable[[str, str], float], text: str, answers: Sequence[str]) -> float:
    return max((measure(text, answer) for answer in answers), default=0.0)


def normalised(text: str) -> list[str]:
    """Words without case, punctuation and articles, as SQuAD's evaluation compares them."""
    bare = "".join(character for character in text.lower() if character not in string.punctuation)
    return re.sub(r"\b(a|an|the)\b", " ", bare).split()


def exact(found: str, answer: str) -> float:
    """1 if both are the same words."""
    return float(normalised(found) == normalised(answer))


def f1(found: str, answer: str) -> float:
    """The harmonic mean of precision and recall of words."""
    left, right = Counter(normalised(found)), Counter(normalised(answer))
    same = sum((left & right).values())
    if not same:
        return float(left == right)
    precision, recall = same / sum(left.values()), same / sum(right.values())
    return 2 * precision * recall / (precision + recall)
