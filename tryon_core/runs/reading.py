"""A run, opened for reading: what ran, what was listed, one record a sample, and its pictures."""

import io
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from PIL import Image
from pydantic import BaseModel, ValidationError

from ..errors import StorageError
from ..images import from_png, thumbnail
from ..rubrics.rules import Rubric
from ..sources.listing import Listing
from ..steps import SampleRecord
from ..storage.store import Store, open_store
from ..text import first_problem
from .info import Branch, RunInfo, read_branches, read_info, step_rows
from .journal import picture_key, record_key
from .sample_run import FINAL

Document = TypeVar("Document", bound=BaseModel)
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
    def step_rows(self) -> list[dict[str, Any]]:
        """One row per step, in listing order (see info.step_rows).

        A finished sample never changes again, so its rows are taken from attempts.parquet where that was written; all
        others are made from the records.
        """
        place = {line.sample_id: i for i, line in enumerate(self.listing.lines)}
        compacted = [row for row in self._compacted() if row["outcome"] in FINAL]
        done = {row["sample_id"] for row in compacted}
        others = self.records_of(place.keys() - done) if done else self.records
        rows = [*compacted, *step_rows(others, self.rubric)]
        return sorted(rows, key=lambda row: (place[row["sample_id"]], row["step"]))

    def _compacted(self) -> list[dict[str, Any]]:
        import pyarrow.parquet

        data = self.store.read("attempts.parquet")
        return [] if data is None else pyarrow.parquet.read_table(io.BytesIO(data)).to_pylist()

    def records_of(self, sample_ids: Iterable[str]) -> tuple[SampleRecord, ...]:
        """The records of these samples, as many as there are, read side by side."""
        with ThreadPoolExecutor(_READERS) as pool:
            found = pool.map(lambda sample_id: _read(self.store, record_key(sample_id), SampleRecord), sample_ids)
            return tuple(record for record in found if record is not None)

    def branches(self, sample_id: str) -> tuple[Branch, ...]:
        """What people made of a sample after overruling an attempt; read anew each time, counted in no rate."""
        return read_branches(self.store, sample_id)

    def picture(self, digest: str) -> Image.Image:
        """A picture at its full size; raises StorageError where it is missing."""
        data = self.store.read(picture_key(digest))
        if data is None:
            raise StorageError(
                f"{self.store.url}/{picture_key(digest)} is missing; copy the run again, with its pictures"
            )
        return from_png(data)

    def thumbnail(self, digest: str, side_px: int = 320) -> Image.Image:
        """A small RGB copy, its longer side at most `side_px`."""
        return thumbnail(self.picture(digest), side_px)

    @property
    def caution(self) -> str:
        """What every figure must say where a model is a toy or scripted; '' where all models are real."""
        unreal = [
            f"{argument} {card.name} is {_KINDS[card.kind]}"
            for argument, card in self.info.models.items()
            if card.kind != "real"
        ]
        return f"Not a result: {', '.join(unreal)}." if unreal else ""


_KINDS = {"toy": "a toy (random weights)", "scripted": "scripted"}


def open_run(where: str) -> Run:
    """A run in a folder or under s3://bucket/prefix.

    raises   StorageError where there is none, or where what is there cannot be read
    """
    store = open_store(str(where))
    info = read_info(store)
    listing = _read(store, "listing.json", Listing)
    if listing is None:
        raise StorageError(f"{store.url} was stopped before its samples were listed (no listing.json); run it again")
    return Run(store, info, listing)


def _read(store: Store, key: str, kind: type[Document]) -> Document | None:
    data = store.read(key)
    if data is None:
        return None
    try:
        return kind.model_validate_json(data)
    except ValidationError as e:
        raise StorageError(
            f"{store.url}/{key} cannot be read ({first_problem(e)}); it is damaged or was written by another version"
        ) from e
