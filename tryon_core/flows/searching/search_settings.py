"""The settings of the search."""

from dataclasses import dataclass, field
from typing import Literal, get_args

from ...errors import BadInput, UnknownName
from .potentials import SCORED_BY, terms_of
from .purse import Budget

Strategy = Literal["eacps", "ttflux", "best_of_n", "zero_order"]
_COSINE = {"zero_order": 0.95, "eacps": 0.7}  # of a neighbour's noise to its parent's
ON_ONE_METRIC = ("ttflux", "best_of_n")  # select on one metric where none is named: on CLIP's


@dataclass(frozen=True, kw_only=True)
class Search:
    """Settings of the search.

    strategy    how noise is chosen: 'eacps', 'ttflux' (random search in rounds), 'best_of_n' or 'zero_order'
    wide, parents, children   of eacps: K candidates, then L of each of the best M
    stage2      of eacps: 'perturb' takes neighbours of a parent's noise, 'reseed' unrelated noise (as the reference
                does: the control arm), 'anneal' the parent's noise at another guidance or strength
    candidates  of best_of_n
    rounds      of ttflux (2, 4, 8, ... candidates) and zero_order
    neighbours  of zero_order, per round
    cosine      of a neighbour's noise to its parent's, 0 to 1. None: 0.95 for zero_order, as published (arXiv
                2501.09732), whose rounds add up; 0.7 for eacps, whose one stage of 0.95 does worse than unrelated noise
    guidance, strength   to draw with; anneal varies the one that is given by `spread`, a share of it
    negative_prompt      what not to draw, for a generator that takes one
    potential   what selects: 'measured' (classical), 'edit' (CLIP and LPIPS) or 'try_on' (both, garment and face)
    weights     metric -> weight in place of the potential's own; 0 leaves a metric out
    metric      selects alone, in place of a potential; 'prompt_following' for ttflux and best_of_n unless another
    budget      what a sample may cost at most
    judged      which pictures the judge sees: 'chosen', 'all' or 'none'; it never selects here
    """

    strategy: Strategy = "eacps"
    wide: int = 4
    parents: int = 2
    children: int = 2
    stage2: Literal["perturb", "reseed", "anneal"] = "perturb"
    candidates: int = 8
    rounds: int = 3
    neighbours: int = 4
    cosine: float | None = None
    guidance: float | None = None
    strength: float | None = None
    spread: float = 0.2
    negative_prompt: str = ""
    potential: Literal["measured", "edit", "try_on"] = "measured"
    weights: dict[str, float] = field(default_factory=dict)
    metric: str = ""
    budget: Budget = Budget()
    judged: Literal["chosen", "all", "none"] = "chosen"

    def __post_init__(self) -> None:
        if self.strategy not in get_args(Strategy):
            raise UnknownName("strategy", self.strategy, get_args(Strategy))
        for name in ("wide", "parents", "children", "candidates", "rounds", "neighbours"):
            if getattr(self, name) < 1:
                raise BadInput(f"{name} must be 1 or more, got {getattr(self, name)}")
        if self.parents > self.wide:
            raise BadInput(f"parents are the best of the wide stage: {self.parents} of {self.wide} is too many")
        if self.cosine is not None and not 0 < self.cosine < 1:
            raise BadInput(f"cosine lies between 0 and 1, got {self.cosine}")
        if not 0 < self.spread < 1:
            raise BadInput(f"spread lies between 0 and 1, a share of what is varied, got {self.spread}")
        if self.metric and self.weights:
            raise BadInput(f"metric {self.metric!r} selects alone and takes no weights; leave one of the two out")
        if self.strategy == "eacps" and self.stage2 == "anneal" and (self.guidance is None) == (self.strength is None):
            raise BadInput("stage2 'anneal' varies one of guidance and strength; give the one to vary around")
        self.selecting()

    def selecting(self) -> tuple[str, ...]:
        """The metrics that select: such a metric may not report how good the search was."""
        if self.selects_on:
            return (self.selects_on,)
        return tuple(term.metric for term in terms_of(self.potential, self.weights))

    @property
    def selects_on(self) -> str:
        """The one metric that selects; '' where a potential does."""
        is_default = not self.metric and self.potential == "measured" and not self.weights
        return "prompt_following" if self.strategy in ON_ONE_METRIC and is_default else self.metric

    @property
    def near_cosine(self) -> float:
        return self.cosine or _COSINE[self.strategy]

    def annealed(self, count: int) -> list[dict[str, float]]:
        """Values around the one that is varied: below, above, further below, ..., strength at most 1."""
        name = "guidance" if self.guidance is not None else "strength"
        base = getattr(self, name)
        shares = [(-1) ** (number + 1) * self.spread * (number // 2 + 1) for number in range(count)]
        values = [max(base * (1 + share), 0.0) for share in shares]
        return [{name: min(value, 1.0) if name == "strength" else value} for value in values]

    # which models are loaded: a run asks for them by these names
    @property
    def uses_scorer(self) -> bool:
        return self._uses("scorer")

    @property
    def uses_clip(self) -> bool:
        return self._uses("clip")

    @property
    def uses_lpips(self) -> bool:
        return self._uses("lpips")

    @property
    def uses_face(self) -> bool:
        return self._uses("face")

    @property
    def uses_judge(self) -> bool:
        return self.judged != "none"

    def _uses(self, argument: str) -> bool:
        return bool(set(self.selecting()) & set(SCORED_BY[argument]))
