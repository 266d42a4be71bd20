"""The reader's network: a BERT encoder with a start and an end score for every token (Devlin et al. 2018).

The first token stands for "this passage does not answer". Its score is compared with the best span's in the same
passage, so that answers of several passages stand on one scale (Clark & Gardner 2018, "no-answer option").
"""

from pathlib import Path

import torch
from torch import Tensor
from transformers import BertModel


class SpanNetwork(torch.nn.Module):
    """Token ids, mask and kinds, each (batch, tokens), to start and end scores, (2, batch, tokens)."""

    def __init__(self, source: Path) -> None:
        super().__init__()
        # "eager" attention without dropout: on a CPU in bfloat16 three times as fast as the alternatives.
        self.bert = BertModel.from_pretrained(source, add_pooling_layer=False, attn_implementation="eager")
        for module in self.bert.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0
        self.head = torch.nn.Linear(self.bert.config.hidden_size, 2)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """As torch calls it."""
        hidden = self.bert(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        return self.head(hidden).permute(2, 0, 1)


def span_loss(scores: Tensor, allowed: Tensor, gold: Tensor) -> Tensor:
    """Minus the log of the right ones' share: `scores` and `gold` (2, batch, tokens), `allowed` (batch, tokens).

    Where several spans are right, any of them is enough (marginal likelihood, Clark & Gardner 2018).
    """
    scores = scores.float().masked_fill(~allowed, -torch.inf)
    right = scores.masked_fill(~gold, -torch.inf)
    return (torch.logsumexp(scores, -1) - torch.logsumexp(right, -1)).mean()
