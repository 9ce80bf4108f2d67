"""Which samples a limit takes: the first, a random draw, or one that is even over what is known of them."""

import random
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Literal, get_args

from ..errors import BadInput, UnknownName
from ..records import SampleLine

Pick = Literal["first", "random", "stratified"]
STRATA = ("difficulty", "gender")  # facts that a stratified draw is even over, where nothing else is asked for
Fact = Callable[[SampleLine, str], str]


def check_pick(pick: str, stratify: Sequence[str]) -> None:
    """raises UnknownName for another way to pick; BadInput for strata that nothing is drawn from"""
    if pick not in get_args(Pick):
        raise UnknownName("way to pick samples", pick, get_args(Pick))
    if isinstance(stratify, str) or not all(isinstance(name, str) and name for name in stratify):
        raise BadInput("stratify must be a list of names of facts, such as ['difficulty', 'gender']")
    if stratify and pick != "stratified":
        raise BadInput(f"stratify is for pick 'stratified', and pick is {pick!r}; change one of them")


def picked(
    lines: Sequence[SampleLine],
    limit: int | None,
    pick: str,
    *,
    seed: int,
    stratify: Sequence[str],
    fact: Fact,
) -> tuple[SampleLine, ...]:
    """`limit` of the lines, in their own order; all of them where there are no more.

    random      drawn without replacement; the same seed draws the same
    stratified  as many of each group as of any other, or all that it has, within one; in a group the persons take turns
    stratify    the facts that make a group; none: those of STRATA
    fact        what is known of a sample under a name, in words
    raises      BadInput for a fact that no sample has
    """
    for name in stratify:
        if not any(fact(line, name) for line in lines):
            raise BadInput(f"stratify names {name!r}, which is known of no sample; known are: {_known(lines)}")
    if limit is None or limit >= len(lines):
        return tuple(lines)
    shuffled = list(range(len(lines)))
    random.Random(seed).shuffle(shuffled)
    if pick == "stratified":
        shuffled = _even(lines, shuffled, limit, lambda line: _group(line, stratify or STRATA, fact))
    return tuple(lines[number] for number in sorted(shuffled[:limit]))


def _group(line: SampleLine, names: Sequence[str], fact: Fact) -> tuple[str, ...]:
    return tuple(fact(line, name) for name in names)


def _known(lines: Sequence[SampleLine]) -> str:
    return ", ".join(sorted({name for line in lines for name in line.known})) or "no facts at all"


def person_of(line: SampleLine) -> str:
    """Who is dressed: the fact `person` where it is known, else the picture of the person"""
    return str(line.known.get("person") or line.pictures.get("person", line.sample_id))


def _even(
    lines: Sequence[SampleLine], shuffled: Sequence[int], limit: int, group: Callable[[SampleLine], tuple[str, ...]]
) -> list[int]:
    """Numbers of lines, drawn from one group after the other; in each from the person that was drawn least so far."""
    groups: dict[tuple[str, ...], dict[str, deque[int]]] = {}
    for number in shuffled:
        persons = groups.setdefault(group(lines[number]), {})
        persons.setdefault(person_of(lines[number]), deque()).append(number)
    drawn: list[int] = []
    times: Counter[str] = Counter()
    waiting = deque(groups.values())
    while waiting and len(drawn) < limit:
        persons = waiting.popleft()
        person = min(persons, key=times.__getitem__)  # the first of those in shuffled order
        drawn.append(persons[person].popleft())
        times[person] += 1
        if not persons[person]:
            del persons[person]
        if persons:
            waiting.append(persons)
    return drawn
