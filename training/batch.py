"""Examples -> the arrays that the network takes, in the layout that the product reads in."""

import random
from collections.abc import Sequence

import torch
from torch import Tensor

from qabot.spans import layout
from training.examples import Example, Prepared, length, padded

MARKED = 0.7  # so many questions end in a question mark
KEYWORDS = 0.1  # so many are cut down to their content words
CLS, SEP, MARK = 101, 102, 1029  # of BERT's uncased vocabulary; MARK is "?"


def rows(
    prepared: Prepared, examples: Sequence[Example], generator: random.Random | None, headings: float = 1.0
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """ids, mask, kinds, allowed (batch, tokens) and gold (2, batch, tokens).

    With a generator (training) some questions lose their question mark, some all but their content words, and headings
    are kept with the chance `headings`; without one all are there. `allowed` are the text's tokens and the first one.
    """
    made = []
    for example in examples:
        asked = prepared.asked[example.asked]
        question = asked.tokens.tolist()
        if generator is not None and generator.random() < KEYWORDS and len(asked.keywords) > 2:
            question = asked.keywords.tolist()
        elif generator is None or generator.random() < MARKED:
            question.append(MARK)
        heading = prepared.headings[example.passage].tolist()
        if headings == 0 or (generator is not None and generator.random() >= headings):
            heading = []
        text = prepared.passages[example.passage].tolist()
        tokens, second = layout(question, heading, text, CLS, SEP)
        made.append((tokens, second, len(tokens) - 1 - len(text), len(text), example))
    longest = padded(max(length(prepared, example) for example in examples))
    ids, mask, kinds = (torch.zeros(len(made), longest, dtype=torch.long) for _ in range(3))
    allowed = torch.zeros(len(made), longest, dtype=torch.bool)
    gold = torch.zeros(2, len(made), longest, dtype=torch.bool)
    for row, (tokens, second, start, size, example) in enumerate(made):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        mask[row, : len(tokens)] = 1
        kinds[row, : len(tokens)] = torch.tensor(second)
        allowed[row, start : start + size] = True
        allowed[row, 0] = True
        for side, places in enumerate((example.starts, example.ends)):
            gold[side, row, [start + place for place in places] or [0]] = True
    return ids, mask, kinds, allowed, gold
