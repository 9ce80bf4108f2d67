"""Finished pictures by sample: those that a run kept, or a folder of files that anybody's program wrote."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Protocol

from PIL import Image

from ..errors import BadInput, BadPicture, Damaged
from ..images import digest
from ..records import Sample, SampleLine
from ..runs.reading import Run, caution_of, open_run
from ..sources import loading
from ..sources.pairing import SUFFIXES
from ..steps import SampleRecord
from ..storage.places import expanded, shown


class Results(Protocol):
    """One picture per sample. `where` names the place; `caution` says what is no result, '' where all is real."""

    where: str
    caution: str

    def picture(self, sample: Sample) -> Image.Image | str:
        """The sample's picture, RGB; the reason where there is none."""


def open_results(where: str | os.PathLike[str]) -> "RunResults | FolderResults":
    """The pictures of a run (a folder or s3:// prefix with a run.json) or of a folder of pictures.

    raises   BadInput where there is neither; StorageError
    """
    place = os.fspath(where)
    if place.startswith("s3://") or (Path(expanded(place)) / "run.json").is_file():
        return RunResults(open_run(place))
    if not Path(expanded(place)).is_dir():
        raise BadInput(f"there are no results at {shown(place)!r}; give a run, or a folder of pictures named by sample")
    return FolderResults(Path(expanded(place)))


class RunResults:
    """The picture that a run kept of each sample."""

    def __init__(self, run: Run):
        self.run, self.where, self.caution = run, run.store.url, caution_of(run.info.models)
        self._records: Mapping[str, SampleRecord] = {record.sample_id: record for record in run.records}

    def picture(self, sample: Sample) -> Image.Image | str:
        """raises BadInput where the run's sample of this id has another garment or another true picture"""
        record = self._records.get(sample.sample_id)
        if record is None:
            return "the run has no such sample"
        for role in ("garment", "truth"):
            if role in record.pictures and role in sample.images:
                if record.pictures[role] != digest(sample.images[role]):
                    raise BadInput(
                        f"sample {sample.sample_id} of {self.where} has another {role} than the source; "
                        "evaluate against the source that the run read"
                    )
        if not record.chosen or not record.steps[record.chosen - 1].picture:
            return f"the run kept no picture ({record.outcome}{f': {record.reason}' if record.reason else ''})"
        try:
            return self.run.picture(record.steps[record.chosen - 1].picture).convert("RGB")
        except Damaged as e:
            return str(e)

    def listed(self) -> Sequence[SampleLine]:
        """The samples that the run was made of."""
        return self.run.listing.lines

    def sample(self, line: SampleLine) -> Sample | str:
        """A sample with the pictures that the run kept of it, the true one too; the reason where there are none."""
        record = self._records.get(line.sample_id)
        if record is None or not record.pictures:
            return "the run has no pictures of it" + (f" ({record.outcome}: {record.reason})" if record else "")
        try:
            return self.run.sample(record)
        except Damaged as e:
            return str(e)


class FolderResults:
    """Files named by sample id, or by the person's file, as the public programs name them: FILE or CATEGORY/FILE."""

    caution = ""

    def __init__(self, folder: Path):
        self.folder, self.where = folder, str(folder)

    def picture(self, sample: Sample) -> Image.Image | str:
        """raises BadInput where two files are of the sample"""
        names = _names(sample)
        there = [name for name in names if (self.folder / name).is_file()]
        if not there:
            return f"there is no {names[0]} (or of its other names and endings)"
        if len(there) > 1:
            raise BadInput(f"{self.where}: {there[0]} and {there[1]} are both of sample {sample.sample_id}; keep one")
        line = SampleLine(sample_id=sample.sample_id, pictures={"result": there[0]})
        try:
            return loading.load(line, self.folder).images["result"]
        except BadPicture as e:
            return str(e)


def _names(sample: Sample) -> list[str]:
    stems = [sample.sample_id]
    if file := sample.known.get("file"):
        stem, category = PurePosixPath(str(file)).stem, sample.known.get("category")
        stems += [f"{category}/{stem}"] if category else []
        stems.append(stem)
    return [f"{stem}{suffix}" for stem in dict.fromkeys(stems) for suffix in SUFFIXES]
