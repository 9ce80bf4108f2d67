"""One sample's pictures and what each was made from, read from its record, its branches and the calls that they name.

An edge leads from a source to what was made of it. Where a model drew, its call names all that it was shown. What a
flow's own code made (a crop, a mask, a picture stitched together) names its request's pictures, what was drawn for it
and the step it was made from; where there is none of these, everything that the flow had at hand: so nothing that was
made from a picture is missed, and something may be listed that shows none of it (`sure` is False there).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ..errors import Damaged
from ..runs.kept.keys import picture_key, swapped_key, verdict_key
from ..runs.reading import Run
from ..steps import SampleRecord, StepRecord
from .kept_calls import KeptCall, kept_call, request_text


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A picture where it is kept in a run.

    picture   its digest; `files` are its names in the run, the first one always
    step      number of the step that it stands at; None: one of the sample's own pictures, or behind the last step
    branch    that a person opened; '' in the flow's own line of steps
    name      'picture' of its step, a name among those it made, 'drawn by ROLE', 'shown to ROLE', 'ROLE by PERSON', or
              a role of the sample
    licence, consent, source   what the sample's source says of its pictures, '' for nothing
    place     where the source keeps a picture of the sample itself; '' for others
    """

    picture: str
    run: str
    flow: str
    sample_id: str
    branch: str = ""
    step: int | None = None
    stage: str
    name: str
    licence: str
    consent: str
    source: str
    place: str = ""
    files: tuple[str, ...]


@dataclass(frozen=True)
class Edge:
    """How a picture was made from a source.

    how   'drawn' by a model that was shown the source, or 'composed' by the flow's own code
    by    the model that drew it, or what it was composed of; '' where none did
    sure  False where the flow only had the source at hand
    """

    how: Literal["drawn", "composed"]
    by: str
    sure: bool


@dataclass
class SampleLineage:
    """edges    made -> source -> Edge
    kept     where each picture is
    roots    the sample's own pictures and those that a person gave
    drawn    picture -> the call that a model answered with it, in the order of calls
    notes    what could not be read, in sentences
    """

    edges: dict[str, dict[str, Edge]] = field(default_factory=dict)
    kept: dict[str, list[Kept]] = field(default_factory=dict)
    roots: set[str] = field(default_factory=set)
    drawn: dict[str, KeptCall] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def above(self, picture: str) -> set[str]:
        """The picture and all that it was made from."""
        seen, waiting = set(), [picture]
        while waiting:
            seen.add(one := waiting.pop())
            waiting += self.edges.get(one, {}).keys() - seen
        return seen


def sample_lineage(run: Run, record: SampleRecord, is_there: Callable[[str], bool]) -> SampleLineage:
    """is_there   whether a key is in the run's store"""
    reader = _Reader(run, record, is_there)
    reader.read_line("", record.steps)
    reader.read_rest(record.calls)
    for branch in run.branches(record.sample_id):
        reader.read_line(branch.name, branch.steps, after=branch.after)
    reader.keep_in_calls()
    if record.outcome in ("running", "failed"):
        what = f"sample {record.sample_id} of {run.store.url} is {record.outcome}"
        reader.lineage.notes.append(f"{what}; what it drew since its record was written is not listed: run it again")
    return reader.lineage


class _Reader:
    """Goes through a sample's steps in order; a picture's sources are noted the first time that it occurs."""

    def __init__(self, run: Run, record: SampleRecord, is_there: Callable[[str], bool]):
        self.run, self.record, self.is_there, self.lineage = run, record, is_there, SampleLineage()
        self.drawn_for: dict[str, tuple[str, str]] = {}  # request -> the picture that was drawn for it, and by whom
        self.in_calls: dict[str, dict[str, Any]] = {}  # picture that stands at no step of its own -> where it occurs
        for role, picture in record.pictures.items():
            self._keep(picture, role, stage="sample", place=record.line.pictures.get(role, ""))
            self.lineage.roots.add(picture)

    def read_line(self, branch: str, steps: Sequence[StepRecord], *, after: int = 0) -> None:
        """Every picture of a line of steps; those up to `after` are another line's, but for what a person changed."""
        for step in steps:
            names = self._sources(step, steps[step.parent - 1] if step.parent else None)
            changed = step.change.pictures if step.change else {}
            self.lineage.roots.update(changed.values())
            names = names if step.number > after else {}
            names |= {picture: f"{role} by {step.change.by}" for role, picture in changed.items()}
            copies = [verdict_key(self.record.sample_id, step, steps)]
            if step.number == self.record.chosen:
                copies.append(swapped_key(self.record.sample_id))
            for picture, name in names.items():
                files = tuple(copies) if picture == step.picture and not branch else ()
                self._keep(picture, name, branch=branch, step=step.number, stage=step.stage, files=files)

    def read_rest(self, keys: Iterable[str]) -> None:
        """The pictures of the calls behind the last step."""
        last = self.record.steps[-1] if self.record.steps else None
        names, _ = self._of_calls(keys, last)
        for picture, name in names.items():
            self.in_calls.setdefault(picture, {"name": name, "stage": "behind the last step"})

    def keep_in_calls(self) -> None:
        """Keep what stands at no step, such as a crop that was drawn in."""
        for picture, where in self.in_calls.items():
            if picture not in self.lineage.kept:
                self._keep(picture, **where)

    def _sources(self, step: StepRecord, parent: StepRecord | None) -> dict[str, str]:
        """Note what each picture of a step was made of; returns the names of the step's own."""
        names, drawn = self._of_calls(step.calls, parent)
        asked = _asked_with(step)
        at_hand = [*self._at_hand(parent), *drawn]
        for picture in asked:  # the calls of an older run are not named
            self._compose(picture, at_hand, sure=False)
            names.setdefault(picture, "asked with")
        for picture in step.made.values():
            self._compose(picture, [*at_hand, *asked], sure=False)
        if step.picture is not None:
            self._finish(step, parent, drawn, [*at_hand, *step.made.values()])
        for picture, name in names.items():
            self.in_calls.setdefault(picture, {"name": name, "step": step.number, "stage": step.stage})
        own = {picture: name for name, picture in step.made.items()}
        return own | ({step.picture: "picture"} if step.picture else {})

    def _of_calls(self, keys: Iterable[str], parent: StepRecord | None) -> tuple[dict[str, str], list[str]]:
        """(the pictures of calls with a name for each, those that were drawn), their sources noted."""
        names: dict[str, str] = {}
        drawn: list[str] = []
        for call in self._calls(keys):
            for picture in call.asked:
                self._compose(picture, [*self._at_hand(parent), *drawn], sure=False)
                names.setdefault(picture, f"shown to {call.role}")
            for picture in call.answered:
                if picture in call.asked:
                    continue  # given back as it was
                self._link(picture, call.asked, Edge("drawn", call.drawn_by, sure=True))
                names[picture] = f"drawn by {call.role}"
                self.lineage.drawn.setdefault(picture, call)
                drawn.append(picture)
                if call.request:
                    self.drawn_for[call.request] = (picture, call.drawn_by)
        return names, drawn

    def _finish(self, step: StepRecord, parent: StepRecord | None, drawn: list[str], at_hand: list[str]) -> None:
        """Sources of a step's picture where no call answered it: what was drawn for its request, what that was asked
        with, and the step it goes on from. Without a request it may be of anything that was drawn since."""
        if step.picture in self.lineage.edges:
            return
        for_it, by = self.drawn_for.get(request_text(step.request), ("", "")) if step.request else ("", "")
        before = [parent.picture] if parent and parent.picture else []
        named = [*filter(None, [for_it]), *_asked_with(step), *before]
        self._link(step.picture, named, Edge("composed", by, sure=True))
        if not for_it:
            self._link(step.picture, drawn if named else at_hand, Edge("composed", "", sure=False))

    def _at_hand(self, parent: StepRecord | None) -> list[str]:
        """What a flow can make pictures of: the sample's, those of the step it goes on from, a person's."""
        return [*self.lineage.roots, *(parent.pictures if parent else ())]

    def _compose(self, made: str, sources: Iterable[str], *, by: str = "", sure: bool) -> None:
        """Sources of a picture that the flow's own code made: one without sources so far."""
        if made not in self.lineage.edges:
            self._link(made, sources, Edge("composed", by, sure))

    def _link(self, made: str, sources: Iterable[str], edge: Edge) -> None:
        if made not in self.lineage.roots:
            edges = self.lineage.edges.setdefault(made, {})
            for source in sources:
                if source != made:
                    edges.setdefault(source, edge)

    def _keep(self, picture: str, name: str, *, files: tuple[str, ...] = (), **where: Any) -> None:
        line = self.record.line
        kept = Kept(
            picture=picture,
            run=self.run.store.url,
            flow=self.run.info.flow.name,
            sample_id=self.record.sample_id,
            name=name,
            licence=line.licence,
            consent=line.consent,
            source=line.source,
            files=(picture_key(picture), *filter(self.is_there, files)),
            **where,
        )
        self.lineage.kept.setdefault(picture, []).append(kept)

    def _calls(self, keys: Iterable[str]) -> Iterator[KeptCall]:
        for key in keys:
            try:
                yield kept_call(self.run.store, key)
            except Damaged as e:
                self.lineage.notes.append(str(e))


def _asked_with(step: StepRecord) -> list[str]:
    """The pictures of a step's request."""
    if step.request is None:
        return []
    named = [*step.request["images"], step.request["mask"], step.request["control"]]
    return [picture for picture in named if picture is not None]
