"""A page of pictures as tiles that can be pressed: a pool of widgets, filled again for every page.

CSS classes: tryon-tiles, tryon-tile (the button), tryon-chosen (on the tile that is looked at).
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import ipywidgets

from ....errors import StorageError
from ....images import to_jpeg
from ....runs.kept.labels import Label
from ....runs.reading import Run
from ...figures.palette import MARKS
from ...tables.story import shown_score
from ..pressable import Pressables
from ..widget import classed, escaped, img
from .said import WORDS

SIDE_PX = 240
_READERS = 8  # pictures read and scaled at once
_KEPT = 240  # thumbnails, of about 15 kB each: ten pages


@dataclass(frozen=True, kw_only=True)
class Tile:
    """What one tile shows. picture: digest, '' where none was drawn; mark: HTML in the picture's corner."""

    picture: str
    alt: str
    title: str
    text: str
    mark: str = ""


def tile_of(run: Run, row: dict[str, Any], constraint: str, word: Label | None) -> Tile:
    """An attempt with the judge's answer on one constraint, and a person's word on that where there is one.

    row      of a judged step, one of run.step_rows
    """
    score, status = row[f"score.{constraint}"], row[f"status.{constraint}"]
    if score is None:
        answer = f"{MARKS[status]} {status.replace('_', ' ')}"
    else:
        met = "failed" if score < run.rubric.rule.accept_at else "met"
        answer = f"{MARKS[met]}\u00a0{shown_score(score)}"  # never broken between two lines
    return Tile(
        picture=row["picture"] or "",
        alt=f"{row['sample_id']}, attempt {row['attempt']}",
        title=row["sample_id"],
        text=f"attempt {row['attempt']}: {answer}",
        mark=f'<span class="word {word.says}">{WORDS[word.says]}</span>' if word else "",
    )


class Thumbnails:
    """Small JPEGs of a run's pictures, read side by side; the last ones stay at hand."""

    def __init__(self, run: Run, side_px: int = SIDE_PX):
        self._jpeg = lru_cache(_KEPT)(lambda digest: to_jpeg(run.thumbnail(digest, side_px)))

    def read(self, digests: Iterable[str]) -> list[bytes | str]:
        """A JPEG for each digest, else why there is none, in a sentence: that is tried again the next time."""
        asked = list(digests)
        names = list(dict.fromkeys(asked))  # the same picture may be shown twice
        with ThreadPoolExecutor(_READERS) as pool:
            found = dict(zip(names, pool.map(self._jpeg_or_why, names), strict=True))
        return [found[name] for name in asked]

    def _jpeg_or_why(self, digest: str) -> bytes | str:
        try:
            return self._jpeg(digest) if digest else "no picture was drawn"
        except StorageError as e:
            return str(e)


class Tiles(ipywidgets.Box):
    """The tiles of a page; `on_press` is told the place that was pressed, from 0."""

    def __init__(self, thumbnails: Thumbnails, on_press: Callable[[int], None]):
        self._thumbnails, self._pool = thumbnails, Pressables("tryon-tile", on_press)
        super().__init__()
        classed(self, "tryon-tiles")

    def show(self, tiles: list[Tile], chosen: int) -> None:
        """Fill the pool; what has not changed is not sent to the browser again."""
        jpegs = self._thumbnails.read(tile.picture for tile in tiles)
        pressables = self._pool.first(len(tiles))
        for place, (tile, jpeg) in enumerate(zip(tiles, jpegs, strict=True)):
            pressables[place].show(_face(tile, jpeg), f"{tile.title}, {tile.text}", place == chosen)
        self.children = tuple(pressables)


def picture_html(jpeg: bytes | str, alt: str, full: str | None = None) -> str:
    """A picture, or the words in its place; `full` as of widget.img."""
    return f'<div class="none">{escaped(jpeg)}</div>' if isinstance(jpeg, str) else img(jpeg, alt, full)


def _face(tile: Tile, jpeg: bytes | str) -> str:
    return (
        f'<figure class="tile"><div class="sight">{picture_html(jpeg, tile.alt)}{tile.mark}</div>'
        f"<figcaption><b>{escaped(tile.title)}</b>{escaped(tile.text)}</figcaption></figure>"
    )
