"""One side of a comparison of searches, without a widget: what stands at the budget, and the words for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ....errors import TryonError
from ....records import Measurement
from ....runs.reading import Run
from ....steps import SampleRecord
from ...arena.strategy_looks import budget_words
from ...arena.trees.search_trees import SearchTree, search_tree_of
from ...arena.trees.tree_words import drawn_words, judged_words, noise_words
from ...streams.spend import PICTURES, UNITS, total
from ...tables.measured import against_bar

_SLACK = 1e-9


@dataclass(frozen=True, kw_only=True)
class Side:
    """A sample under one strategy.

    letter   'A' or 'B'
    tree     None where there is nothing to show; then `trouble` says why
    budget   in the tree's unit
    pressed  the candidate that a person looks at; 0: the best so far
    """

    letter: str
    strategy: str
    tree: SearchTree | None
    trouble: str = ""
    budget: float = 0.0
    pressed: int = 0

    @property
    def name(self) -> str:
        return f"{self.letter}: {self.strategy}"

    @property
    def looked_at(self) -> int:
        """Number of the candidate; 0 where there is none to look at."""
        if self.tree is None:
            return 0
        return self.pressed if self.pressed in self.tree.candidates else self.tree.best(self.budget)

    @property
    def is_paid_for(self) -> bool:
        return bool(self.looked_at) and self.looked_at in self.tree.within(self.budget)

    @property
    def picture(self) -> str | None:
        """Digest of the candidate that is looked at; None where the budget does not pay for it."""
        return self.tree.step(self.looked_at).picture if self.is_paid_for else None

    @property
    def total(self) -> float:
        return self.tree.entry.total if self.tree else 0.0

    # ---- in words ----------------------------------------------------------------------------------------------------

    @property
    def heading(self) -> str:
        """E.g. 'A: eacps keeps candidate 7 of the 8 drawn so far, at 0.71'."""
        if self.tree is None:
            return self.name
        within, best = self.tree.within(self.budget), self.tree.best(self.budget)
        if not best:
            return f"{self.name} has nothing to keep of {len(within)} drawn so far"
        selection = self.tree.candidates[best].selection
        at = "" if selection is None else f", at {selection:.4g}"
        return f"{self.name} keeps {self.tree.name(best)} of {len(within)} drawn so far{at}"

    @property
    def title(self) -> str:
        """What is looked at, e.g. 'candidate 5, near, made from candidate 3, not the best so far'."""
        if not self.looked_at:
            return "no candidate"
        tree, number = self.tree, self.looked_at
        parent = tree.parent(number)
        states = {"best": "the best so far", "ranked": "not the best so far", "unranked": "unranked"}
        state = states.get(tree.state(number, self.budget), "not paid for at this budget")
        made = f"made from {tree.name(parent)}" if parent else ""
        return ", ".join(filter(None, (tree.name(number), tree.step(number).stage, made, state)))

    def rows(self) -> list[tuple[str, str]]:
        """(what, words): what the candidate is selected by, each score, noise, and what all cost up to it."""
        if not self.is_paid_for:
            return []
        tree, number = self.tree, self.looked_at
        value = tree.candidates[number].selection
        selected = f"none: {tree.why_unranked(number)}" if value is None else f"{value:.4g}"
        rows = [(tree.selects_by, selected)]
        for name, score in tree.step(number).scores.items():
            words = against_bar(score) if isinstance(score, Measurement) else f"no number: {score}"
            rows.append((name.replace("_", " "), words))
        rows.append(("noise", noise_words(tree, number)))
        rows += [("drawn otherwise", changed)] if (changed := drawn_words(tree, number)) else []
        rows += [("judged", verdict)] if (verdict := judged_words(tree, number)) else []
        spent = budget_words(tree.candidates[number].spent, tree.unit)
        return [*rows, ("spent up to it", spent)]

    @property
    def cost(self) -> str:
        """What was spent so far, in every unit that is counted."""
        within = self.tree.within(self.budget) if self.tree else []
        if not within:
            return "nothing spent"
        is_all, words = self.budget >= self.total - _SLACK, []
        for unit in counted_units(self.tree.record, self.tree.run):
            tree = replace(self.tree, unit=unit)
            spent = tree.entry.total if is_all else tree.candidates[within[-1]].spent
            words.append(budget_words(spent, unit))
        return ", ".join(words)


def sides(
    runs: dict[str, Run], sample_id: str, *, unit: str, budget: float = 0.0, pressed: Sequence[int] = (0, 0)
) -> list[Side]:
    """A sample under both strategies, by their names in order; what cannot be read or was not begun is said."""
    made = []
    for letter, (strategy, run), number in zip("AB", runs.items(), pressed, strict=True):
        try:
            tree, trouble = search_tree_of(run, sample_id, unit, strategy), ""
        except TryonError as e:
            tree, trouble = None, str(e)
        if tree is not None and not tree.candidates:
            tree, trouble = None, tree.record.reason or f"{sample_id} has no {tree.word} yet"
        made.append(Side(letter=letter, strategy=strategy, tree=tree, trouble=trouble, budget=budget, pressed=number))
    return made


def counted_units(record: SampleRecord, run: Run) -> list[str]:
    """The units in which anything was counted for a sample; pictures are always."""
    return [unit for unit in UNITS if unit == PICTURES or total(record.spent, run, unit) > 0]


def shared_units(both: Sequence[Side]) -> list[str]:
    """The units that all sides count."""
    counted = [counted_units(side.tree.record, side.tree.run) for side in both if side.tree]
    return [unit for unit in UNITS if all(unit in units for units in counted)]


def stops(both: Sequence[Side]) -> list[float]:
    """The budgets at which a side has one candidate more, or has spent all; of both, in order."""
    spent = {stop for side in both if side.tree for stop in side.tree.stops if stop > 0}
    return sorted(spent) or [1.0]


def holder(both: Sequence[Side], digest: str) -> Run | None:
    """The run of the first side that has a picture, its own or a candidate's; None where no side has."""
    for side in both:
        record = side.tree.record if side.tree else None
        if record and digest in {*record.pictures.values(), *(step.picture for step in record.steps)}:
            return side.tree.run
    return None


def equal_budget(both: Sequence[Side]) -> float:
    """The smaller of the totals: up to there both have something to spend."""
    return min((side.total for side in both if side.tree and side.total), default=1.0)
