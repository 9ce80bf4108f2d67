"""The step that a stepper shows, without a widget: where it stands among the others, and its finding in a sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from ....errors import BadInput
from ....records import Decision, Judgement, Measurement, ModelCard
from ....runs.reading import Run
from ....steps import SampleRecord, StepRecord
from ...figures.palette import colours, gates
from ...tables.measured import misses, score_words
from ...tables.story import CHOSEN, StepStory, attempt_stories
from ...units import in_words
from .ways import Way

NEXT = {Decision.RETRY: "to be corrected", Decision.RESTART: "to be started over"}
Against = Literal["input", "before"]


@dataclass(frozen=True, kw_only=True)
class ShownStep:
    """One step of a way.

    ways      all ways through the sample by name, `line` the one that is looked at
    number    0 where there is no step
    pictures  role -> digest, of the sample; a live loop has them before its record does
    """

    run: Run
    ways: Mapping[str, Way]
    line: str
    number: int
    pictures: Mapping[str, str]

    @property
    def way(self) -> Way:
        return self.ways[self.line]

    @property
    def sample(self) -> SampleRecord:
        return self.way.record

    @property
    def steps(self) -> tuple[StepRecord, ...]:
        return self.way.steps

    @property
    def record(self) -> StepRecord | None:
        return self.steps[self.number - 1] if self.number else None

    @property
    def name(self) -> str:
        """'attempt 2' where steps are judged, else 'step 2'; '' where there is none."""
        return self.way.name_of(self.record) if self.record else ""

    @property
    def short_name(self) -> str:
        """Its number alone where all steps are attempts."""
        return str(self.number) if self.way.word == "attempt" else self.name

    @property
    def judgement(self) -> Judgement | None:
        return self.record.judgement if self.record and self.run.rubric else None

    # ---- around it ---------------------------------------------------------------------------------------------------

    def parent_of(self, step: StepRecord) -> int:
        """Number of the step it was made from; 0: of the sample itself. In a line that is the one before."""
        return step.number - 1 if self.run.info.flow.shape == "line" else step.parent

    @property
    def ancestors(self) -> tuple[StepRecord, ...]:
        """The step it was made from, that one's own, and so on, nearest first."""
        above, number = [], self.parent_of(self.record) if self.record else 0
        while number:
            above.append(self.steps[number - 1])
            number = self.parent_of(above[-1])
        return tuple(above)

    @property
    def children(self) -> tuple[StepRecord, ...]:
        """The steps of this way that were made from it."""
        return tuple(step for step in self.steps if self.parent_of(step) == self.number)

    @property
    def place(self) -> str:
        """E.g. 'from step 2, led to 4, 5'; '' in a line of steps, where that goes without saying."""
        if not self.record or self.run.info.flow.shape == "line":
            return ""
        parent = f"from step {self.record.parent}" if self.record.parent else "from the sample"
        base = self.record.data.get("base")
        if base and base != self.record.parent:
            parent += f", measured against step {base}"
        onward = [str(step.number) for step in self.children] + [way.name for way in self.branches]
        return f"{parent}, led to {', '.join(onward)}" if onward else parent

    @property
    def branches(self) -> tuple[Way, ...]:
        """What people branched off this very step."""
        return tuple(way for way in self.ways.values() if (way.parent, way.after) == (self.line, self.number))

    @property
    def before(self) -> StepRecord | None:
        """The nearest step above it that asked for a picture: its words are compared with this one's."""
        return next((step for step in self.ancestors if step.request), None)

    def other(self, against: Against) -> tuple[str, str] | None:
        """(name, digest) of what its picture is compared with; None where there is nothing, or it was not drawn."""
        stages = self.run.info.flow.shape == "stages"
        if stages and self.record and not self.record.request:
            return None
        above = next((step for step in self.ancestors if step.picture and (step.request or not stages)), None)
        if against == "before" and above:
            return self.way.name_of(above), above.picture
        role = self.compared_role
        if not role:
            return None
        return (f"{role}, as no {self.way.word} came before" if against == "before" else role), self.pictures[role]

    @property
    def compared_role(self) -> str:
        """The person where the sample has one, else its first picture; '' where it has none."""
        return "person" if "person" in self.pictures else next(iter(self.pictures), "")

    @property
    def generator(self) -> ModelCard:
        """The model that drew it; raises BadInput where the run does not say which of several it was."""
        cards = self.run.info.cards("generator")
        called = {name: card for name, card in cards.items() if name in self.record.spent} or cards
        if len({card.name for card in called.values()}) != 1:
            raise BadInput(f"the run does not say which of {', '.join(called) or 'its models'} drew {self.name}")
        return next(iter(called.values()))

    # ---- in words ----------------------------------------------------------------------------------------------------

    @cached_property
    def stories(self) -> dict[int, StepStory]:
        """Number of a judged step -> its story."""
        if self.run.rubric is None:
            return {}
        return {story.number: story for story in attempt_stories(self.sample, self.run.rubric)}

    @property
    def title(self) -> str:
        """The finding in a sentence."""
        if not self.record:
            return f"{self.sample.sample_id}: {self.way.ended}"
        place = self.name.replace(str(self.number), f"{self.number} of {len(self.steps)}", 1)
        stage = "" if self.record.stage == "attempt" else f", {self.record.stage}"
        story = self.stories.get(self.number)
        if story is None:
            return f"{place}{stage}" + (f": {words}" if (words := _headline(self.record)) else "")
        judged = f"{place}{stage}, {self._satisfied}{self.verdict(self.record)}"
        if not story.failures:
            return f"{judged}: {'every constraint met' if story.judged else 'an answer is missing'}"
        first = story.failures[0]
        gate = gates(self.run.rubric)[first.constraint]
        return f"{judged}: {first.constraint} (gate {gate}) fails first, at {first.score}"

    @property
    def _satisfied(self) -> str:
        """Whether its satisfaction ended the loop, which is not the rule's decision; '' where the flow has none."""
        measured = self.record.scores.get("satisfaction")
        if not isinstance(measured, Measurement) or measured.bar is None:
            return ""
        return f"{'not ' if misses(measured) else ''}satisfied {in_words(measured.unit).number(measured.value)}, "

    @property
    def alt(self) -> str:
        """Its picture in words."""
        return f"{self.sample.sample_id}, {self.title}"

    def verdict(self, step: StepRecord) -> str:
        """The decision in words; of a way that goes on, the newest attempt's says what comes next."""
        story = self.stories.get(step.number)
        if story is None:
            return _headline(step) or step.stage
        goes_on = self.sample.outcome in ("running", "failed") and step is self.steps[-1]
        decision = story.decision or "judged"
        return NEXT.get(step.decision, decision) if goes_on and story.judged else decision

    def mark(self, step: StepRecord) -> str:
        """A sign for its verdict, or whether it is the one to keep."""
        story = self.stories.get(step.number)
        return story.mark if story else CHOSEN if step.number == self.sample.chosen else "·"

    @property
    def kept(self) -> bool:
        """Whether it is the one to keep."""
        return bool(self.number) and self.number == self.sample.chosen


def _headline(step: StepRecord) -> str:
    """The potential by which it is ranked, or why it is not, else its first score, in a few words; '' without one."""
    potential, unranked = step.data.get("potential"), step.data.get("unranked")
    if isinstance(potential, int | float):
        return f"potential {potential:.4g}"
    return str(unranked) if unranked else next(iter(score_words(step.scores)), "")


def hues(run: Run) -> dict[str, tuple[int, str]]:
    """Constraint -> (gate number, '#RRGGBB'); nothing without a rubric."""
    if run.rubric is None:
        return {}
    number, shade = gates(run.rubric), colours(run.rubric)
    return {key: (number[key], shade[key]) for key in run.rubric.keys}


def in_order(pictures: Mapping[str, str], roles: Sequence[str]) -> dict[str, str]:
    """A sample's pictures by role: those that the flow works on first, in its order."""
    first = [role for role in roles if role in pictures]
    return {role: pictures[role] for role in dict.fromkeys((*first, *pictures))}
