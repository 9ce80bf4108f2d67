"""A run's pictures: each kept once under the digest of its pixels, and checked against it when it is read."""

import contextlib
from collections.abc import Callable

from PIL import Image

from ...errors import BadPicture, Damaged, RunConflict
from ...images import digest, from_png, to_png
from ...storage.store import Store
from .keys import picture_key

_PNG_END = b"IEND\xaeB`\x82"


def read_picture(store: Store, name: str) -> Image.Image:
    """raises Damaged, with the file, where it is missing, is no picture, or shows other pixels than its name says"""
    key = picture_key(name)
    data = store.read(key)
    if data is None:
        raise Damaged(f"{store.url}/{key} is missing; run it again, or copy the run again with its pictures")
    mend = "delete it and run the same command again, or copy the run again"
    try:
        picture = from_png(data)
    except BadPicture as e:
        raise Damaged(f"{store.url}/{key} is damaged ({e}); {mend}") from e
    if digest(picture) != name:
        raise Damaged(f"{store.url}/{key} shows another picture than it did; {mend}")
    return picture


class KeptPictures:
    """Pictures in and out of one store.

    there   whether a key is in the store, where that is known; None: writing finds it out
    """

    def __init__(self, store: Store, there: Callable[[str], bool] | None = None):
        self.store, self.there = store, there
        self._kept: set[str] = set()  # digests that are in the store
        self._damaged: set[str] = set()  # ... that are in it, but not what they should be

    def save(self, picture: Image.Image) -> str:
        """Keep a picture; returns its digest. Over a damaged one it is written again."""
        name = digest(picture)
        if name in self._kept:
            return name
        key = picture_key(name)
        if name in self._damaged:
            with contextlib.suppress(RunConflict):  # somebody else wrote it anew
                self.store.replace(key, to_png(picture), self.store.version(key))
            self._damaged.discard(name)
        elif self.there is None or not self.there(key):
            self.store.create(key, to_png(picture))
        self._kept.add(name)
        return name

    def seems_whole(self, name: str) -> bool:
        """False where a picture is missing, or on a disk cut off: then the next `save` of it writes it again.

        True where nothing is known without reading it.
        """
        key = picture_key(name)
        if self.there is None or (self.there(key) and self.store.ends_with(key, _PNG_END)):
            return True
        self._damaged.add(name)
        return False

    def open(self, name: str) -> Image.Image:
        """raises Damaged as `read_picture`; then the next `save` of it writes it again"""
        try:
            return read_picture(self.store, name)
        except Damaged:
            self._kept.discard(name)
            self._damaged.add(name)
            raise
