"""What was made from a picture, and what it was made from, over several runs.

Within a sample the edges of its lineage are followed; from one sample to another, of the same run or of any other that
is looked through, only where a picture that was made in one is a picture of the other: equal masks of two samples have
nothing to do with each other. Only runs are read, their records first, then the calls of the samples in question.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import count
from typing import Any, NamedTuple

from ..errors import BadInput
from ..runs.reading import Run, open_run
from .named_pictures import named_picture
from .sample_lineage import Edge, Kept, SampleLineage, sample_lineage


@dataclass(frozen=True, kw_only=True)
class Relative(Kept):
    """A picture that was made from another, or that another was made from.

    how      'drawn' by a model or 'composed' by the flow's own code, of this picture or of what was made from it next
    models   that drew on the way, in order; a toy or scripted one is said to be one
    sure     False where the flow's code only had a picture at hand on the way
    through  digests on the way, the picture that was asked for first
    """

    how: str
    models: tuple[str, ...]
    sure: bool
    through: tuple[str, ...]


@dataclass(frozen=True)
class Traced:
    """A picture, where it is kept, and its relatives there: the nearest first, then in the order of runs and steps.

    notes   what could not be read, or is not written yet, in sentences
    """

    picture: str
    kept: tuple[Kept, ...]
    relatives: tuple[Relative, ...]
    notes: tuple[str, ...]

    def rows(self) -> list[dict[str, Any]]:
        """One flat row per relative, for a table: texts, numbers, and lists of texts."""
        return [{**asdict(one), "hops": len(one.through)} for one in self.relatives]


def descendants(source: str, runs: Sequence[str | Run]) -> Traced:
    """All that was made from a picture in these runs.

    source   a picture's file, its digest or at least 8 digits of its beginning, an s3:// URL, or where a source of
             these runs keeps it
    raises   BadInput where no picture of these runs is meant, or several are; StorageError where a run cannot be read
    """
    return _traced(source, runs, _below)


def ancestors(picture: str, runs: Sequence[str | Run]) -> Traced:
    """All that a picture was made from in these runs; as `descendants`."""
    return _traced(picture, runs, _above)


class _Way(NamedTuple):
    """How a picture is reached from the one that was asked for."""

    edges: tuple[Edge, ...] = ()
    through: tuple[str, ...] = ()

    @property
    def cost(self) -> tuple[bool, int]:
        return any(not edge.sure for edge in self.edges), len(self.edges)

    def on(self, picture: str, edge: Edge) -> "_Way":
        return _Way((*self.edges, edge), (*self.through, picture))


class _Samples:
    """The samples of several runs by place, their lineages read when they are asked for."""

    def __init__(self, runs: Sequence[str | Run]):
        self.runs = [open_run(run) if isinstance(run, str) else run for run in runs]
        if not self.runs:
            raise BadInput("no run is named; give the folders or s3:// prefixes of the runs to look through")
        self.there = [run.store.index() for run in self.runs]
        self.records = [(number, record) for number, run in enumerate(self.runs) for record in run.records]
        self.given: dict[str, list[int]] = {}  # picture -> samples whose own it is
        self.made: dict[str, list[int]] = {}  # picture -> samples in whose steps it stands
        for place, (_, record) in enumerate(self.records):
            for picture in set(record.pictures.values()):
                self.given.setdefault(picture, []).append(place)
            for picture in {picture for step in record.steps for picture in step.pictures}:
                self.made.setdefault(picture, []).append(place)
        self._read: dict[int, SampleLineage] = {}

    def lineage(self, place: int) -> SampleLineage:
        if place not in self._read:
            number, record = self.records[place]
            self._read[place] = sample_lineage(self.runs[number], record, self.there[number])
        return self._read[place]

    def with_picture(self, picture: str) -> list[int]:
        """The samples whose own it is or in whose steps it stands; where there is none, those whose calls name it."""
        named = sorted({*self.given.get(picture, ()), *self.made.get(picture, ())})
        return named or [place for place in range(len(self.records)) if picture in self.lineage(place).kept]

    def notes(self) -> tuple[str, ...]:
        read = (self._read[place].notes for place in sorted(self._read))
        return tuple(dict.fromkeys(note for notes in read for note in notes))


Node = tuple[int, str]  # a sample's place and a picture in it
Nearby = Callable[[_Samples, Node], Iterator[tuple[Node, Edge | None]]]  # no edge: the same picture in another sample


def _below(samples: _Samples, node: Node) -> Iterator[tuple[Node, Edge | None]]:
    place, picture = node
    lineage = samples.lineage(place)
    for made, sources in lineage.edges.items():
        if picture in sources:
            yield (place, made), sources[picture]
    if picture in lineage.edges:
        yield from (((other, picture), None) for other in samples.given.get(picture, ()))


def _above(samples: _Samples, node: Node) -> Iterator[tuple[Node, Edge | None]]:
    place, picture = node
    lineage = samples.lineage(place)
    yield from (((place, source), edge) for source, edge in lineage.edges.get(picture, {}).items())
    if picture in lineage.roots:
        made = [other for other in samples.made.get(picture, ()) if picture in samples.lineage(other).edges]
        yield from (((other, picture), None) for other in made)


def _traced(name: str, runs: Sequence[str | Run], nearby: Nearby) -> Traced:
    samples = _Samples(runs)
    picture = named_picture(name, samples.runs, samples.there)
    starts = [(place, picture) for place in samples.with_picture(picture)]
    if not starts:
        raise BadInput(f"{name!r} lies in a run, and no sample's record or call names it; run that run again")
    ways = _ways(samples, starts, nearby)
    rows = [(node[0], _relative(one, way)) for node, way in ways.items() if way.edges for one in _kept(samples, node)]
    rows.sort(key=lambda row: (len(row[1].through), row[0], row[1].branch, row[1].step or 0, row[1].name != "picture"))
    kept = [one for node in starts for one in _kept(samples, node)]
    return Traced(picture, tuple(kept), tuple(one for _, one in rows), samples.notes())


def _ways(samples: _Samples, starts: Sequence[Node], nearby: Nearby) -> dict[Node, _Way]:
    """The best way to every picture that is reached: a sure one before others, then the shortest (Dijkstra)."""
    ways: dict[Node, _Way] = {}
    waiting = [((False, 0), number, node, _Way()) for number, node in enumerate(starts)]
    numbers = count(len(starts))
    while waiting:
        _, _, node, way = heapq.heappop(waiting)
        if node in ways:
            continue
        ways[node] = way
        for other, edge in nearby(samples, node):
            if other not in ways:
                further = way if edge is None else way.on(node[1], edge)
                heapq.heappush(waiting, (further.cost, next(numbers), other, further))
    return ways


def _kept(samples: _Samples, node: Node) -> list[Kept]:
    place, picture = node
    return samples.lineage(place).kept.get(picture, [])


def _relative(kept: Kept, way: _Way) -> Relative:
    return Relative(
        **vars(kept),
        how=way.edges[-1].how,
        models=tuple(dict.fromkeys(edge.by for edge in way.edges if edge.by)),
        sure=all(edge.sure for edge in way.edges),
        through=way.through,
    )
