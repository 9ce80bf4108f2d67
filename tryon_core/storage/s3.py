"""Objects in and out of S3, every failure one sentence. What is asked here waits through an outage of the server.

s3_names    where an object lies         s3_asking   one request, repeated through an outage
s3_client   the connection               s3_reading, s3_writing, s3_probe   whole objects; conditional writes
s3_errors   refusals in words
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from .s3_asking import ask
from .s3_client import VARIABLES, client
from .s3_errors import in_words, no_s3
from .s3_names import MAX_KEY_BYTES, redacted, split, url
from .s3_probe import PROBE, check_conditions
from .s3_reading import exists, get, get_or_none, paid
from .s3_writing import copy, delete, put

__all__ = [
    "MAX_KEY_BYTES",
    "PROBE",
    "VARIABLES",
    "Object",
    "check_conditions",
    "children",
    "client",
    "copy",
    "delete",
    "exists",
    "get",
    "get_or_none",
    "list_keys",
    "presigned",
    "put",
    "redacted",
    "split",
    "url",
]
PAGE_KEYS = 1000  # of one answer to a listing; S3 gives no more


class Object(NamedTuple):
    """One stored object, as a listing shows it."""

    key: str
    etag: str
    size_bytes: int


def list_keys(bucket: str, prefix: str = "", *, requester_pays: bool = False) -> Iterator[Object]:
    """Every object whose key begins with `prefix` (end it with '/' to mean a folder), in key order."""
    for page in _pages(bucket, prefix, **paid(requester_pays)):
        yield from (Object(item["Key"], item["ETag"], item["Size"]) for item in page.get("Contents", ()))


def children(bucket: str, prefix: str = "", *, requester_pays: bool = False) -> tuple[list[str], list[Object]]:
    """(names of folders, objects) directly under `prefix`; what is deeper is not listed, however much it is."""
    head = f"{prefix}/" if prefix else ""
    pages = list(_pages(bucket, head, Delimiter="/", **paid(requester_pays)))
    folders = [item["Prefix"][len(head) : -1] for page in pages for item in page.get("CommonPrefixes", ())]
    objects = [Object(item["Key"], item["ETag"], item["Size"]) for page in pages for item in page.get("Contents", ())]
    return folders, [found for found in objects if found.key != head]  # consoles store a folder as an empty object


def _pages(bucket: str, prefix: str, **options: str) -> Iterator[dict[str, Any]]:
    """The pages of a listing, each asked for by itself: an outage between two of them repeats one."""
    asked: dict[str, Any] = {"Bucket": bucket, "Prefix": prefix, "MaxKeys": PAGE_KEYS, **options}
    while True:
        page = ask(url(bucket, prefix), lambda client, _, asked=dict(asked): client.list_objects_v2(**asked))
        if "Name" not in page and "Contents" not in page:
            raise no_s3(url(bucket, prefix))
        yield page
        if not page.get("IsTruncated"):
            return
        asked["ContinuationToken"] = page["NextContinuationToken"]


def presigned(bucket: str, key: str, valid_s: int = 3600) -> str:
    """An https address anyone can read the object at for `valid_s` seconds: a secret as long as it is valid."""
    with in_words(url(bucket, key)):
        return client().generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=valid_s)
