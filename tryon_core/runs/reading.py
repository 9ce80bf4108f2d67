"""A run, opened for reading: what ran, what was listed, one record a sample, and its pictures."""

import io
import logging
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from PIL import Image

from ..errors import Damaged, StorageError
from ..images import thumbnail
from ..records import ModelCard, Sample, SampleLine
from ..rubrics.rules import Rubric
from ..sources.listing import Listing
from ..steps import SampleRecord
from ..storage.store import Store, open_store
from ..text import shortened
from .kept.documents import Branch, failed_record, parsed, parsed_record, read_branches
from .kept.info import RunInfo, read_info
from .kept.kept_pictures import read_picture
from .kept.keys import record_key
from .kept.rows import checked_rows, step_rows
from .sample_run import FINAL

_READERS = 16  # requests to a bucket at once


@dataclass(frozen=True)
class Run:
    """One run on a disk or in a bucket. Records and rows are read once, when they are asked for."""

    store: Store
    info: RunInfo
    listing: Listing

    @cached_property
    def rubric(self) -> Rubric | None:
        """The constraints in gate order with the rule this run used; None where the flow asked for none."""
        return self.info.the_rubric()

    @cached_property
    def records(self) -> tuple[SampleRecord, ...]:
        """Every record there is, in listing order; a sample that was not begun has none."""
        return self.records_of(line.sample_id for line in self.listing.lines)

    @cached_property
    def _lines(self) -> dict[str, SampleLine]:
        return {line.sample_id: line for line in self.listing.lines}

    @cached_property
    def step_rows(self) -> list[dict[str, Any]]:
        """One row per step, in listing order (see info.step_rows).

        A finished sample never changes again, so its rows are taken from attempts.parquet where that was written; all
        others are made from the records.
        """
        place = {sample_id: i for i, sample_id in enumerate(self._lines)}
        compacted = [row for row in self._compacted() if row["outcome"] in FINAL]
        done = {row["sample_id"] for row in compacted}
        others = self.records_of(place.keys() - done) if done else self.records
        rows = [*compacted, *step_rows(others, self.rubric)]
        return sorted(rows, key=lambda row: (place[row["sample_id"]], row["step"]))

    def _compacted(self) -> list[dict[str, Any]]:
        """The rows of attempts.parquet; none where there is none, or one that is not this run's table: the records
        hold everything."""
        import pyarrow
        import pyarrow.parquet

        try:
            data = self.store.read("attempts.parquet")
            rows = [] if data is None else pyarrow.parquet.read_table(io.BytesIO(data)).to_pylist()
            return checked_rows(rows, self._lines, self.rubric)
        except (pyarrow.ArrowException, Damaged, ValueError, OSError) as e:
            if isinstance(e, StorageError) and not isinstance(e, Damaged):
                raise
            url = f"{self.store.url}/attempts.parquet"
            logging.getLogger(__name__).warning(f"{url} cannot be used ({shortened(str(e))}); the records are")
            return []

    def records_of(self, sample_ids: Iterable[str]) -> tuple[SampleRecord, ...]:
        """The records of these samples, as many as there are, read side by side; one that cannot be read is a failed
        sample, and its reason names the file."""
        with ThreadPoolExecutor(_READERS) as pool:
            lines = [self._lines[sample_id] for sample_id in sample_ids if sample_id in self._lines]
            found = pool.map(self._record, lines)
            return tuple(record for record in found if record is not None)

    def _record(self, line: SampleLine) -> SampleRecord | None:
        try:
            data = self.store.read(record_key(line.sample_id))
            return None if data is None else parsed_record(self.store, data, line, self.rubric)
        except Damaged as e:
            return failed_record(line, e)

    def sample(self, record: SampleRecord) -> Sample:
        """A sample with its pictures as the run kept them, the true one too; raises Damaged where one is not there"""
        line, images = record.line, {role: self.picture(name) for role, name in record.pictures.items()}
        return Sample.of(line, images)

    def branches(self, sample_id: str) -> tuple[Branch, ...]:
        """What people made of a sample after overruling an attempt; read anew each time, counted in no rate."""
        return read_branches(self.store, sample_id, self.rubric)

    def picture(self, digest: str) -> Image.Image:
        """A picture at its full size; raises Damaged where it is missing or shows something else."""
        return read_picture(self.store, digest)

    def thumbnail(self, digest: str, side_px: int = 320) -> Image.Image:
        """A small RGB copy, its longer side at most `side_px`."""
        return thumbnail(self.picture(digest), side_px)

    @property
    def caution(self) -> str:
        """What every figure must say where a model is a toy or scripted; '' where all models are real."""
        return caution_of(self.info.models)


_KINDS = {"toy": "a toy (random weights)", "scripted": "scripted"}


def caution_of(models: Mapping[str, ModelCard]) -> str:
    """A sentence that names every model that is a toy or scripted, by argument of the flow; '' where all are real."""
    unreal = [
        f"{argument} {card.name} is {_KINDS[card.kind]}" for argument, card in models.items() if card.kind != "real"
    ]
    return f"Not a result: {', '.join(unreal)}." if unreal else ""


def open_run(where: str) -> Run:
    """A run in a folder or under s3://bucket/prefix.

    raises   StorageError where there is none, or where what is there cannot be read
    """
    store = open_store(str(where))
    info = read_info(store)
    data = store.read("listing.json")
    if data is None:
        raise StorageError(f"{store.url} was stopped before its samples were listed (no listing.json); run it again")
    listing = parsed(store, "listing.json", data, Listing)
    if info.listing_digest not in ("", listing.digest):
        raise Damaged(f"{store.url}/listing.json lists other samples than run.json says; run it again to mend it")
    return Run(store, info, listing)
