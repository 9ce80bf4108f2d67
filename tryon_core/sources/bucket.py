"""A bucket or a prefix in it: a manifest, or pictures in the layout of `pairing`. Lines hold whole s3:// URLs."""

import posixpath
from collections.abc import Callable, Sequence

from ..errors import BadInput
from ..storage import s3
from . import manifest
from .listing import Listing
from .pairing import PAIR, Children, Entry, pair
from .pairs import pair_folders
from .pairs.pair_places import PairPlace


def listing(
    bucket: str, prefix: str, *, needs: Sequence[str] = PAIR, requester_pays: bool = False, skip_bad: bool = False
) -> Listing:
    """The samples of a manifest (a prefix that ends in .jsonl, or that holds a manifest.jsonl) or of a layout.

    Pictures of a layout are listed with their ETags, so that one that changes afterwards is noticed when it is read.
    A manifest's are not: it says by sha256 what they must be.
    skip_bad  as for manifest.parse
    raises   BadManifest; StorageError
    """
    if prefix.endswith(".jsonl"):
        return _manifest(s3.get(bucket, prefix, requester_pays=requester_pays)[0], bucket, prefix, skip_bad)
    head = f"{prefix}/" if prefix else ""
    found = s3.get_or_none(bucket, f"{head}manifest.jsonl", requester_pays=requester_pays)
    if found:
        return _manifest(found[0], bucket, f"{head}manifest.jsonl", skip_bad)

    return pair(children_of(bucket, head, requester_pays), lambda key: s3.url(bucket, head + key), needs)


def pairs(place: PairPlace, *, requester_pays: bool = False) -> Listing:
    """The samples of a data set of pairs; see `pair_folders.listing`."""
    bucket, prefix = s3.split(place.where)
    head = f"{prefix}/" if prefix else ""

    def read(key: str) -> bytes:
        return s3.get(bucket, head + key, requester_pays=requester_pays)[0]

    files = pair_folders.Files(read, children_of(bucket, head, requester_pays))
    return pair_folders.listing(place, files, lambda key: s3.url(bucket, head + key))


def beside(bucket: str, key: str, *, requester_pays: bool = False) -> tuple[Callable[[], bytes], Callable[[str], str]]:
    """(reads a file of tasks, turns the names of pictures in it into URLs)"""
    return lambda: s3.get(bucket, key, requester_pays=requester_pays)[0], _place(bucket, key)


def children_of(bucket: str, head: str, requester_pays: bool) -> Children:
    """Looks into folders below `head`, which is '' or ends with '/'."""

    def children(key: str) -> tuple[list[str], list[Entry]]:
        folders, objects = s3.children(bucket, f"{head}{key}".removesuffix("/"), requester_pays=requester_pays)
        return folders, [Entry(each.key.removeprefix(head), each.size_bytes, each.etag) for each in objects]

    return children


def _manifest(data: bytes, bucket: str, key: str, skip_bad: bool) -> Listing:
    return manifest.parse(data, s3.url(bucket, key), _place(bucket, key), skip_bad=skip_bad)


def _place(bucket: str, key: str) -> Callable[[str], str]:
    """How a file in a bucket names pictures: by s3:// URL, or relative to itself."""
    folder = s3.url(bucket, posixpath.dirname(key))

    def place(name: str) -> str:
        if name.startswith("/"):
            raise BadInput(
                f"{name!r} is a path on some machine; a manifest in a bucket names s3:// URLs or its neighbours"
            )
        url = name if name.startswith("s3://") else f"{folder}/{name}"
        s3.split(url)
        return url

    return place
