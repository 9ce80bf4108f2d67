"""The settings of the flow `inpaint`."""

from dataclasses import dataclass
from typing import Literal

from ...errors import BadInput
from ..searching.purse import Budget
from ..searching.search_settings import Search
from .character_terms import TERMS


@dataclass(frozen=True, kw_only=True)
class Inpaint:
    """Settings of character inpainting: EACPS inside a mask, and what selects.

    wide, parents, children   K candidates, then L of each of the best M
    stage2      'perturb' takes neighbours of a parent's noise, 'reseed' unrelated noise, 'anneal' the parent's noise at
                another guidance or strength
    cosine      of a neighbour's noise to its parent's, 0 to 1; None: as in flow search
    start       what is painted over: the 'picture' itself; it with the character's face in, by a 'swap'; or it with
                the character laid into the mask, a 'composite'. The last two need the consent of the person shown, and
                are candidates themselves
    shown       how a generator sees the character: as a 'reference' behind the picture, or 'side_by_side' with it in
                one picture, for a model that takes one
    guidance, strength, steps   to draw with; None: the model's own. anneal varies the one that is given by `spread`, a
                share of it. After a swap a low strength only touches it up
    negative_prompt  what not to draw, for a generator that takes one
    consistency, quality, identity   weights of the terms, 0 or more: the potential is their weighted mean, 0-10
    budget      what a sample may cost at most
    judged      which pictures a judge sees: 'none', 'chosen' or 'all'; it selects nothing
    """

    wide: int = 4
    parents: int = 2
    children: int = 2
    stage2: Literal["perturb", "reseed", "anneal"] = "perturb"
    cosine: float | None = None
    start: Literal["picture", "swap", "composite"] = "picture"
    shown: Literal["reference", "side_by_side"] = "reference"
    guidance: float | None = None
    strength: float | None = None
    steps: int | None = None
    spread: float = 0.2
    negative_prompt: str = ""
    consistency: float = 1.0
    quality: float = 1.0
    identity: float = 2.0
    budget: Budget = Budget()
    judged: Literal["none", "chosen", "all"] = "none"

    def __post_init__(self) -> None:
        for name, weight in self.weights.items():
            if weight < 0:
                raise BadInput(f"the weight of {name} is 0 or more, got {weight:g}: more of it is always better")
        if not any(self.weights.values()):
            raise BadInput(f"the weights of {', '.join(TERMS)} are all 0, so nothing would select; raise one")
        if self.steps is not None and self.steps < 1:
            raise BadInput(f"steps must be 1 or more, got {self.steps}")
        self.searching()

    @property
    def weights(self) -> dict[str, float]:
        return {term: getattr(self, term) for term in TERMS}

    @property
    def uses_swapper(self) -> bool:
        return self.start == "swap"

    @property
    def uses_compositor(self) -> bool:
        return self.start == "composite"

    @property
    def uses_judge(self) -> bool:
        return self.judged != "none"

    def searching(self) -> Search:
        """The same as settings of a search, which checks them."""
        same = ("wide", "parents", "children", "stage2", "cosine", "guidance", "strength", "spread", "budget")
        return Search(strategy="eacps", judged="none", **{name: getattr(self, name) for name in same})
