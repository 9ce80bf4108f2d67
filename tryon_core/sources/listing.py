"""What a source holds: the samples in order, and every file that makes none, with the reason."""

import hashlib
from collections import Counter

from pydantic import Field

from ..errors import BadInput, UnknownName
from ..records import Record, SampleLine, canonical


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

    def _only(self, sample_id: str) -> "Listing":
        lines = {line.sample_id: line for line in self.lines}
        if sample_id not in lines:
            raise UnknownName("sample", sample_id, lines)
        return self.model_copy(update={"lines": (lines[sample_id],)})

    def counts(self) -> dict[tuple[str, str], int]:
        """(difficulty, gender) -> samples."""
        return dict(
            sorted(
                Counter((line.known.get("difficulty", ""), line.known.get("gender", "")) for line in self.lines).items()
            )
        )

    def select(
        self, limit: int | None = None, difficulty: str = "", gender: str = "", sample: str = "", samples=()
    ) -> "Listing":
        """The first `limit` samples of one difficulty and one gender, or one sample; None and '' mean any.

        raises   BadInput where nothing is left, with what there is; UnknownName for a sample that is not here
        """
        if samples:
            return self.model_copy(update={"lines": tuple(self._only(s).lines[0] for s in samples)})
        if sample:
            return self._only(sample)
        wanted = {"difficulty": difficulty, "gender": gender}
        lines = [
            line for line in self.lines if all(line.known.get(name) == want for name, want in wanted.items() if want)
        ]
        if not lines:
            asked = " and ".join(f"{name} {want!r}" for name, want in wanted.items() if want)
            there = ", ".join(f"{d or 'no difficulty'}/{g or 'no gender'} {n}" for (d, g), n in self.counts().items())
            raise BadInput(f"no sample has {asked}; there are {there}: ask for one of these" if there else "no sample")
        return self.model_copy(update={"lines": tuple(lines[:limit])})


def check_limit(limit: int | None) -> int | None:
    """The limit itself; raises BadInput below 1"""
    if limit is not None and limit < 1:
        raise BadInput(f"limit is {limit}; it must be at least 1, or None for every sample")
    return limit
