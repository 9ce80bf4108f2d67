"""Pictures that a file of tasks names by http or https URL, fetched by the guarded fetcher.

A query may hold a signature, so that no listing or record has one. The file itself is read again for the whole URL:
where its tasks are exported again, with new signatures, a run goes on.
"""

import hashlib
import os
import shutil
import tempfile
import threading
import weakref
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from ...errors import BadInput, BadPicture, StorageError
from ...storage.fetch_target import NotPublic, named, without_query
from ...storage.fetcher import fetch

MAX_URL_BYTES = 64 * 2**20  # of one picture: less than a file of one's own may have (loading.MAX_FILE_BYTES)
TIMEOUT_S = 60.0  # for one picture, with all tries
PRIVATE = "TRYON_ALLOW_PRIVATE"
Address = tuple[str, str]  # of a picture: sample id, role


class OutsidePictures:
    """The pictures of one file of tasks. One that several tasks name is fetched once; any thread may ask.

    addresses  the whole URL of each picture
    """

    def __init__(self, addresses: Mapping[Address, str]):
        self._addresses, self._times = addresses, Counter(addresses.values())
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def bytes_of(self, sample_id: str, role: str, listed: str) -> bytes:
        """A picture's file.

        listed   its URL without query, as a listing has it
        raises   BadPicture for what is no picture, too large or not on the public internet; StorageError where it is
                 not given, or the file of tasks names another one now
        """
        url = self._addresses.get((sample_id, role), "")
        if without_query(url) != listed:
            raise StorageError(
                f"{named(listed)}: the file of tasks no longer names it as {role} of task {sample_id}; restore the "
                "task, or start a new run"
            )
        return self._kept(url) if self._times[url] > 1 else fetched(url)

    @cached_property
    def _folder(self) -> Path:
        """For this process and this user alone."""
        folder = tempfile.mkdtemp(prefix="tryon-pictures-")
        weakref.finalize(self, shutil.rmtree, folder, True)
        return Path(folder)

    def _kept(self, url: str) -> bytes:
        with self._guard:
            path = self._folder / hashlib.sha256(url.encode()).hexdigest()
            lock = self._locks.setdefault(url, threading.Lock())
        with lock:
            if not path.exists():
                path.write_bytes(fetched(url))
            return path.read_bytes()


def fetched(url: str) -> bytes:
    """A picture's file from its URL; $TRYON_ALLOW_PRIVATE=1 lets this machine and private networks be asked too.

    raises   as OutsidePictures.bytes_of
    """
    private = os.environ.get(PRIVATE) == "1"
    try:
        return fetch(url, max_bytes=MAX_URL_BYTES, timeout_s=TIMEOUT_S, allow_private=private).data
    except NotPublic as e:
        raise BadPicture(f"{e}; where the server is your own, set {PRIVATE}=1") from e
    except BadPicture:
        raise
    except BadInput as e:
        raise BadPicture(str(e)) from e
    except StorageError as e:
        if without_query(url) == url:
            raise
        raise StorageError(f"{e}; where its signature has expired, export the tasks again over the same file") from e
