"""How the next word is chosen among those that the grammar leaves: the most probable, or one drawn at a temperature.

Shapes: B rows, W words of the vocabulary.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Choose = Callable[[Any], Any]  # logits (B, W), -inf where the grammar forbids a word -> tokens (B,)


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How words are drawn.

    temperature  0: the most probable word
    top_p        of the most probable words only so many as have this probability together; 1: all
    top_k        only so many words; 0: all
    seed         the same for every question, so that a repeat is equal; None: new for each, so that it can differ
    """

    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    seed: int | None = None

    @property
    def varies(self) -> bool:
        """Whether a repeat of one question can differ."""
        return self.temperature > 0 and self.seed is None

    def choice(self, device: Any, numbers: Sequence[int]) -> Choose:
        """A way to choose for a batch.

        numbers  of each row beside the seed, such as its pass: a row's words do not depend on what else is in its batch
        """
        if not self.temperature:
            return most_probable
        seeds = [secrets.randbits(63) if self.seed is None else self.seed + number for number in numbers]
        return _Drawn(self, device, seeds)


def most_probable(logits_BW: Any) -> Any:
    """int (B,): the first of the most probable words of each row."""
    return logits_BW.argmax(-1)


def odds(logits_BW: Any, sampling: Sampling) -> Any:
    """float (B, W): the probabilities that words are drawn by; first the temperature, then top_k, then top_p."""
    import torch

    logits_BW = logits_BW.float() / sampling.temperature
    if sampling.top_k:
        least_B1 = logits_BW.topk(min(sampling.top_k, logits_BW.shape[-1]), dim=-1).values[:, -1:]
        logits_BW = logits_BW.masked_fill(logits_BW < least_B1, -torch.inf)
    odds_BW = logits_BW.softmax(-1)
    if sampling.top_p < 1:
        sorted_BW, order_BW = odds_BW.sort(dim=-1, descending=True, stable=True)
        beyond_BW = sorted_BW.cumsum(-1) - sorted_BW >= sampling.top_p  # the word that reaches it stays
        odds_BW = odds_BW.masked_fill(beyond_BW.gather(-1, order_BW.argsort(-1)), 0)
    return odds_BW


class _Drawn:
    """Words drawn for the rows of one batch, each row from random numbers of its own."""

    def __init__(self, sampling: Sampling, device: Any, seeds: Sequence[int]):
        import torch

        self.sampling = sampling
        self.generators = [torch.Generator(device=device).manual_seed(seed) for seed in seeds]

    def __call__(self, logits_BW: Any) -> Any:
        import torch

        odds_BW = odds(logits_BW, self.sampling)
        drawn = [
            torch.multinomial(odds_W, 1, generator=generator)
            for odds_W, generator in zip(odds_BW, self.generators, strict=True)
        ]
        return torch.cat(drawn)
