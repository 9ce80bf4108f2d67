"""A store whose process dies at its n-th write, and what a run holds apart from the clock."""

import threading

from tryon_core.storage.store import FolderStore


def contents(store):
    """Every object of a run but those that hold the clock."""
    return {key: store.read(key) for key in store.keys() if key not in ("run.json", "attempts.parquet", "metrics.json")}


class Killed(BaseException):
    pass


class Mortal(FolderStore):
    """A folder whose process dies at its n-th write: nothing works from then on."""

    def __init__(self, folder, lives):
        super().__init__(folder)
        self.lives, self.lock = lives, threading.Lock()

    def live(self):
        with self.lock:
            self.lives -= 1
        if self.lives < 0:
            raise Killed

    def create(self, key, data):
        self.live()
        return super().create(key, data)

    def replace(self, key, data, seen):
        self.live()
        return super().replace(key, data, seen)

    def link(self, source, target):
        self.live()
        super().link(source, target)
