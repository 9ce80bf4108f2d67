"""What a source holds: the samples in order, and every file that makes none, with the reason."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Sequence

from pydantic import Field

from ..errors import BadInput, UnknownName
from ..records import Record, SampleLine, canonical
from ..text import got, shortened
from .picking import picked


class Skipped(Record):
    """Files or folders that make no sample.

    key    the first of them, relative to the source
    count  how many in the same folder are left out for the same reason
    """

    key: str
    reason: str
    count: int = Field(default=1, ge=1)


class Listing(Record):
    """The samples of a source, in order. A run keeps it as JSON, so that a re-run works on the same samples.

    found   how many samples there were before any selection
    """

    lines: tuple[SampleLine, ...]
    skipped: tuple[Skipped, ...] = ()
    found: int = Field(ge=0)

    @property
    def digest(self) -> str:
        """Hex SHA-256 of the lines as canonical JSON: which samples, in which order, nothing of what was skipped."""
        text = canonical([line.model_dump(mode="json") for line in self.lines])
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def skipped_count(self) -> int:
        """Files and folders left out."""
        return sum(skipped.count for skipped in self.skipped)

    def counts(self) -> dict[tuple[str, str], int]:
        """(difficulty, gender) -> samples; '' where one is not known."""
        pairs = Counter((fact(line, "difficulty"), fact(line, "gender")) for line in self.lines)
        return dict(sorted(pairs.items()))

    def select(
        self,
        limit: int | None = None,
        difficulty: str = "",
        gender: str = "",
        sample: str = "",
        samples: Sequence[str] = (),
        *,
        pick: str = "first",
        pick_seed: int = 0,
        stratify: Sequence[str] = (),
    ) -> "Listing":
        """At most `limit` samples of one difficulty and one gender; None and '' mean any.

        pick              which they are: 'first', 'random' or 'stratified'; see `picking.picked`
        sample, samples   one id, or several in the order wanted: exactly these, whatever else is asked for
        raises            BadInput where nothing is left, with what there is; UnknownName for a sample that is not here
        """
        if wanted := check_samples(sample, samples):
            return self._named(wanted)
        facts = {"difficulty": difficulty, "gender": gender}
        lines = [line for line in self.lines if all(fact(line, name) == want for name, want in facts.items() if want)]
        if not lines:
            asked = " and ".join(f"{name} {want!r}" for name, want in facts.items() if want)
            there = ", ".join(f"{d or 'no difficulty'}/{g or 'no gender'} {n}" for (d, g), n in self.counts().items())
            raise BadInput(f"no sample has {asked}; there are {there}: ask for one of these" if there else "no sample")
        if pick == "first":
            return self.model_copy(update={"lines": tuple(lines[:limit])})
        chosen = picked(lines, limit, pick, seed=pick_seed, stratify=stratify, fact=fact)
        return self.model_copy(update={"lines": chosen})

    def __str__(self) -> str:
        """'100 of 120 samples', or '120 samples' where none is left out"""
        count = len(self.lines)
        part = f"{count} of {self.found}" if count < self.found else f"{count}"
        return f"{part} sample{'' if part == '1' else 's'}"

    def _named(self, sample_ids: Sequence[str]) -> "Listing":
        lines = {line.sample_id: line for line in self.lines}
        for sample_id in sample_ids:
            if sample_id not in lines:
                raise _unknown(sample_id, lines)
        return self.model_copy(update={"lines": tuple(lines[sample_id] for sample_id in sample_ids)})


def _unknown(sample_id: str, lines: Collection[str]) -> UnknownName:
    """No such sample; where zeros were lost before its number, with the way to give it."""
    error = UnknownName("sample", shortened(sample_id), lines)
    same = sorted(other for other in lines if sample_id.isdigit() and other.lstrip("0") == sample_id.lstrip("0"))
    if same:
        error.args = (f"{error}; papermill makes a number of -p sample {same[0]}: write -r sample {same[0]}",)
    return error


def fact(line: SampleLine, name: str) -> str:
    """What is known of a sample under a name, in words; '' for nothing."""
    value = line.known.get(name, "")
    return value if isinstance(value, str) else json.dumps(value)  # true, as the manifest has it, not True


def check_limit(limit: int | None) -> int | None:
    """The limit itself; raises BadInput below 1"""
    if limit is not None and limit < 1:
        raise BadInput(f"limit is {limit}; it must be at least 1, or None for every sample")
    return limit


def check_samples(sample: str, samples: Sequence[str]) -> tuple[str, ...]:
    """The ids asked for, none for any; raises BadInput for one asked for twice, or in both ways"""
    if isinstance(samples, str) or not all(isinstance(sample_id, str) for sample_id in samples):
        raise BadInput(f"samples must be a list of ids as text, {got(samples)}")
    if sample and samples:
        raise BadInput(f"sample {sample!r} and samples are both given; put all ids into samples")
    for sample_id, times in Counter(samples).items():
        if times > 1:
            raise BadInput(f"samples names {sample_id!r} {times} times; name each once")
    return (sample,) if sample else tuple(samples)
