"""The settings of the search."""

from dataclasses import dataclass, field
from typing import Literal, get_args

from ...errors import BadInput, UnknownName
from .potentials import SCORED_BY, terms_of
from .purse import Budget

Strategy = Literal["eacps", "ttflux", "best_of_n", "zero_order", "adaptive", "iterate_and_sample"]
_COSINE = {"zero_order": 0.95, "eacps": 0.7}  # of a neighbour's noise to its parent's
MOST_ROUNDS = 12  # of random search: 8,190 pictures
_COUNTS = ("wide", "parents", "children", "candidates", "iterations", "parallel", "rounds", "neighbours", "top")
ON_ONE_METRIC = ("ttflux", "best_of_n")  # select on one metric where none is named: on CLIP's


@dataclass(frozen=True, kw_only=True)
class Search:
    """Settings of the search.

    strategy    how noise is chosen: 'eacps', 'ttflux' (random search in rounds), 'best_of_n', 'zero_order', 'adaptive'
                (best of N, N by sample) or 'iterate_and_sample' (the judge's best of some is corrected, and again)
    wide, parents, children   of eacps: K candidates, then L of each of the best M
    stage2      of eacps: 'perturb' takes neighbours of a parent's noise, 'reseed' unrelated noise (as the reference
                does: the control arm), 'anneal' the parent's noise at another guidance or strength
    candidates  of best_of_n; of adaptive the most that a sample gets, `wide` the first ones and the least
    difficulty  of adaptive: how many further candidates by how good the first are, by 'potential' or by 'judge'
    easy, hard  potentials at which a sample gets no further candidate, and all: take them from an earlier run
    prune       of any strategy: a picture no further than this from an earlier one, in Lab units (one is just
                noticeable), is neither scored nor judged and gets no children. 0 prunes none; a picture saved as JPEG
                lies 1.2 from itself, one moved by a pixel 3.9, two drawn by `warp` from unlike noise 13 to 73
    stop_after  of any strategy: end behind the stage with the n-th accepted candidate, and keep one of those; 0: never.
                adaptive draws `wide` at a time then
    iterations, parallel   of iterate_and_sample, on which the judge alone selects
    rewrite     of iterate_and_sample: let the judge's own model polish the next words
    rounds      of ttflux (2, 4, 8, ... candidates) and zero_order
    neighbours  of zero_order, per round
    cosine      of a neighbour's noise to its parent's, 0 to 1. None: 0.95 for zero_order, as published (arXiv
                2501.09732), whose rounds add up; 0.7 for eacps, whose one stage of 0.95 does worse than unrelated noise
    guidance, strength   to draw with; anneal varies the one that is given by `spread`, a share of it
    negative_prompt      what not to draw, for a generator that takes one
    potential   what selects: 'measured' (classical), 'edit' (CLIP and LPIPS) or 'try_on' (both, garment and face)
    weights     metric -> weight in place of the potential's own, below 0 where lower is better; 0 leaves a metric out
    metric      selects alone, in place of a potential; 'prompt_following' for ttflux and best_of_n unless another
    budget      what a sample may cost at most
    select      of the ranked candidates: the 'best'; of the best `top` the 'pessimistic' one, with the highest
                mean - `pessimism` x sd over `repeats` judgings or scorings (`repeated`: 'judge' or 'scores') by a model
                that answers at a temperature; or the one that wins a 'knockout' of pairs, by a comparer
    judged      which pictures the judge sees: 'chosen' (beyond the budget, which is the search's), 'all' or 'none'; all
                where it has a say in the search
    """

    strategy: Strategy = "eacps"
    wide: int = 4
    parents: int = 2
    children: int = 2
    stage2: Literal["perturb", "reseed", "anneal"] = "perturb"
    candidates: int = 8
    difficulty: Literal["", "potential", "judge"] = ""
    easy: float | None = None
    hard: float | None = None
    prune: float = 0.0
    stop_after: int = 0
    iterations: int = 4
    parallel: int = 2
    rewrite: bool = False
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
    select: Literal["best", "pessimistic", "knockout"] = "best"
    top: int = 4
    repeats: int = 3
    pessimism: float = 1.0
    repeated: Literal["judge", "scores"] = "judge"
    judged: Literal["chosen", "all", "none"] = "chosen"

    def __post_init__(self) -> None:
        if self.strategy not in get_args(Strategy):
            raise UnknownName("strategy", self.strategy, get_args(Strategy))
        for name in _COUNTS:
            if getattr(self, name) < 1:
                raise BadInput(f"{name} must be 1 or more, got {getattr(self, name)}")
        if self.strategy == "eacps" and self.parents > self.wide:
            raise BadInput(f"parents are the best of the wide stage: {self.parents} of {self.wide} is too many")
        if self.strategy == "ttflux" and self.rounds > MOST_ROUNDS:
            raise BadInput(f"{self.rounds} rounds draw {2 ** (self.rounds + 1) - 2} pictures; at most {MOST_ROUNDS} do")
        if self.cosine is not None and not 0 < self.cosine < 1:
            raise BadInput(f"cosine lies between 0 and 1, got {self.cosine}")
        if not 0 < self.spread < 1:
            raise BadInput(f"spread lies between 0 and 1, a share of what is varied, got {self.spread}")
        if self.guidance is not None and self.guidance < 0:
            raise BadInput(f"guidance is 0 or more, got {self.guidance:g}")
        if self.strength is not None and not 0 <= self.strength <= 1:
            raise BadInput(f"strength is 0 to 1, got {self.strength:g}")
        if self.metric and self.weights:
            raise BadInput(f"metric {self.metric!r} selects alone and takes no weights; leave one of the two out")
        if self.strategy == "eacps" and self.stage2 == "anneal" and (self.guidance is None) == (self.strength is None):
            raise BadInput("stage2 'anneal' varies one of guidance and strength; give the one to vary around")
        self._check_switches()
        self.selecting()

    def _check_switches(self) -> None:
        for name in ("prune", "stop_after", "pessimism"):
            if getattr(self, name) < 0:
                raise BadInput(f"{name} must be 0 or more, got {getattr(self, name)}")
        if self.strategy == "adaptive" and self.wide > self.candidates:
            raise BadInput(f"wide is the least and candidates the most: {self.wide} of {self.candidates} is too many")
        if self.difficulty and self.strategy != "adaptive":
            raise BadInput(f"difficulty is a part of strategy 'adaptive', not of {self.strategy!r}; leave it out")
        if self.difficulty == "potential" and (self.easy is None or self.hard is None or self.easy <= self.hard):
            raise BadInput(
                f"difficulty 'potential' needs potentials easy above hard, got {self.easy} and {self.hard}; "
                "take them from an earlier run"
            )
        if self.select == "pessimistic" and self.repeats < 2:
            raise BadInput(f"a standard deviation needs 2 repeats or more, got {self.repeats}")
        if self.select == "pessimistic" and self.repeated == "scores" and self.judge_selects:
            raise BadInput(f"the judge selects in {self.strategy!r}, so what is repeated is 'judge', not 'scores'")
        if self.rewrite and not self.judge_selects:
            raise BadInput(f"rewrite is a part of 'iterate_and_sample', not of {self.strategy!r}; leave it out")
        if self.judge_selects and (self.metric or self.weights):
            raise BadInput(f"the judge selects in {self.strategy!r}; leave metric and weights out")
        if self.judge_decides and self.judged == "none":
            raise BadInput("the judge has a say in what is kept or drawn, so judged cannot be 'none'")

    def selecting(self) -> tuple[str, ...]:
        """What selects: metrics, 'judge', 'comparer'. Such a metric may not report how good the search was."""
        others = {"judge": self.judge_decides, "comparer": self.uses_comparer}
        return (*self.ranking_metrics(), *(name for name, decides in others.items() if decides))

    @property
    def judge_decides(self) -> bool:
        """Whether what is kept, or how much is drawn, depends on the judge."""
        return self._judge_steers or (self.select == "pessimistic" and self.repeated == "judge")

    @property
    def _judge_steers(self) -> bool:
        return self.judge_selects or bool(self.stop_after) or self.difficulty == "judge"

    @property
    def judge_selects(self) -> bool:
        """Whether the judge ranks, and no potential."""
        return self.strategy == "iterate_and_sample"

    def ranking_metrics(self) -> tuple[str, ...]:
        """The metrics that candidates are ranked by; none where the judge ranks."""
        if self.judge_selects:
            return ()
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
    def judges_all(self) -> bool:
        return self.judged == "all" or self._judge_steers

    @property
    def uses_judge(self) -> bool:
        return self.judged != "none"

    @property
    def uses_comparer(self) -> bool:
        return self.select == "knockout"

    def why_needed(self, argument: str) -> str:
        """Why a run asks for this argument's model, and how to do without it; '' where it selects nothing."""
        metrics = [name for name in self.ranking_metrics() if name in SCORED_BY.get(argument, ())]
        if not metrics:
            return ""
        return f"{self.strategy} selects on {', '.join(metrics)} here; name a metric or potential that does without"

    def _uses(self, argument: str) -> bool:
        return bool(self.why_needed(argument))
