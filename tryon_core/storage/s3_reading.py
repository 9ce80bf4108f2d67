"""Whole objects out of S3: what arrives is compared with its ETag, and read again where it is not what was stored."""

import hashlib
import re
import threading
from typing import Any, NoReturn

from ..errors import BadPicture, StorageError
from .s3_asking import Deadline, ask
from .s3_errors import SpoiledAnswer, code_of, no_s3
from .s3_names import endpoint, server, url

MOST_BYTES = 2**31  # of an object whose server does not say how large it is
_MD5 = re.compile(r'(?:W/)?"?([0-9a-f]{32})"?')
_md5s: dict[tuple[str, str], bool] = {}  # (server, bucket) -> whether its ETags were seen to be MD5 digests
_guard = threading.Lock()


def get(
    bucket: str,
    key: str,
    etag: str | None = None,
    max_bytes: int | None = None,
    *,
    sha256: str | None = None,
    requester_pays: bool = False,
) -> tuple[bytes, str]:
    """An object's bytes and its ETag.

    etag       given, the object must still have it
    max_bytes  given, a larger object is refused (BadPicture: only pictures are read with a limit) before it is read
    sha256     given, other bytes are read again, but returned where they stay
    raises     StorageError where it is missing, changed, or arrives damaged in every try
    """
    found = get_or_none(bucket, key, etag, max_bytes, sha256=sha256, requester_pays=requester_pays)
    if found is None:
        raise StorageError(f"{url(bucket, key)}: there is no such object; check the name")
    return found


def get_or_none(
    bucket: str,
    key: str,
    etag: str | None = None,
    max_bytes: int | None = None,
    *,
    sha256: str | None = None,
    requester_pays: bool = False,
) -> tuple[bytes, str] | None:
    """As `get`, but None where there is no such object; a missing bucket is still an error."""
    seen = Seen(bucket, key, sha256)
    return ask(
        url(bucket, key),
        lambda client, deadline: read(client, deadline, seen, etag, max_bytes, **paid(requester_pays)),
    )


def read(
    client: Any, deadline: Deadline, seen: "Seen", etag: str | None = None, max_bytes: int | None = None, **options: str
) -> tuple[bytes, str] | None:
    """One try of `get_or_none`; raises what boto3 raises, and SpoiledAnswer where the answer cannot be right"""
    from botocore.exceptions import ClientError

    place, changed = {"Bucket": seen.bucket, "Key": seen.key, **options}, False
    try:
        reply = client.get_object(**place, **({"IfMatch": etag} if etag else {}))
    except ClientError as e:
        if code_of(e) == "NoSuchKey":
            return None
        if code_of(e) != "PreconditionFailed" or not etag:
            raise
        changed = True
    if changed:
        _check_change(client, seen, etag, **options)
    found = etag_of(reply, seen.bucket, seen.key)
    return seen.checked(_body(reply, deadline, max_bytes, url(seen.bucket, seen.key)), found, reply), found


def _check_change(client: Any, seen: "Seen", etag: str | None, **options: str) -> NoReturn:
    """What to make of the answer that an object has another version: nothing, where it has this one."""
    if (head(client, seen.bucket, seen.key, **options) or {}).get("ETag") == etag:
        raise SpoiledAnswer("refused the version that is there", f"{endpoint()} refuses conditional reads wrongly")
    raise StorageError(
        f"{url(seen.bucket, seen.key)}: it changed since the run was listed; start a new run to use what is there now"
    )


def exists(bucket: str, key: str, *, requester_pays: bool = False) -> bool:
    """Whether there is such an object; False for a missing bucket too (S3 does not tell the two apart here)."""
    return etag_there(bucket, key, requester_pays=requester_pays) is not None


def etag_there(bucket: str, key: str, *, requester_pays: bool = False) -> str | None:
    """The ETag of an object; None where there is none"""
    found = ask(url(bucket, key), lambda client, _: head(client, bucket, key, **paid(requester_pays)))
    return None if found is None else etag_of(found, bucket, key)


def head(client: Any, bucket: str, key: str, **options: str) -> dict[str, Any] | None:
    """One try to learn what an object is, without its bytes: boto3's reply; None where there is none"""
    from botocore.exceptions import ClientError

    try:
        return client.head_object(Bucket=bucket, Key=key, **options)
    except ClientError as e:
        if code_of(e) in ("404", "NotFound", "NoSuchKey"):
            return None
        raise


def paid(requester_pays: bool) -> dict[str, str]:
    """The option of a request that whoever asks will pay for."""
    return {"RequestPayer": "requester"} if requester_pays else {}


def etag_of(reply: dict[str, Any], bucket: str, key: str) -> str:
    """raises StorageError where there is none, as every S3 answer has"""
    if not reply.get("ETag"):
        raise no_s3(url(bucket, key))
    return reply["ETag"]


def _body(reply: dict[str, Any], deadline: Deadline, max_bytes: int | None, where: str) -> bytes:
    body, size = reply["Body"], reply.get("ContentLength")
    most = MOST_BYTES if max_bytes is None else max_bytes
    if max_bytes is not None and size is not None and size > max_bytes:
        body.close()
        raise BadPicture(f"{where}: {size} bytes; at most {max_bytes} are read: make it smaller")
    deadline.allow(size or 0)
    if size is not None:
        return body.read()
    data = body.read(most + 1)
    if len(data) > most:
        body.close()
        raise StorageError(f"{where}: an answer of more than {most} bytes; check AWS_ENDPOINT_URL")
    return data


# ---- is it what was stored? ------------------------------------------------------------------------------------------


def md5_of(data: bytes) -> str:
    """Hex digits, as in an ETag; nothing secret rests on it."""
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def promised_md5(etag: str, reply: dict[str, Any]) -> str | None:
    """The MD5 that an ETag names; None where it is another kind: of parts, or of an encrypted object."""
    found = _MD5.fullmatch(etag)
    return found[1] if found and not is_encrypted(reply) else None


def is_encrypted(reply: dict[str, Any]) -> bool:
    """Whether the server keeps an object under a key of somebody's own: its ETag is no MD5 then."""
    return bool(reply.get("SSECustomerAlgorithm")) or "kms" in reply.get("ServerSideEncryption", "")


def etags_are_md5s(bucket: str) -> bool | None:
    """What was seen of a bucket's ETags so far; None where nothing was."""
    return _md5s.get((server(), bucket))


def learn(bucket: str, are_md5s: bool) -> None:
    """Keep what was seen of a bucket's ETags: once one was the MD5 of its object, all are."""
    with _guard:
        known = _md5s.get((server(), bucket), False)
        _md5s[server(), bucket] = known or are_md5s


class Seen:
    """What arrived of one object in the tries so far."""

    ENOUGH = 5  # times the same bytes that are not the ETag's: then the server's ETags are no MD5s

    def __init__(self, bucket: str, key: str, sha256: str | None = None):
        self.bucket, self.key, self.sha256 = bucket, key, sha256
        self.arrived: list[tuple[bytes, str]] = []  # digest, ETag

    def checked(self, data: bytes, etag: str, reply: dict[str, Any]) -> bytes:
        """The bytes; raises SpoiledAnswer where they are not what the ETag, or the digest, names"""
        if self.sha256 and hashlib.sha256(data).hexdigest() == self.sha256:
            return data
        promised = promised_md5(etag, reply)
        if promised and md5_of(data) == promised:
            learn(self.bucket, True)
            return data
        if promised and etags_are_md5s(self.bucket) is not False:
            if etags_are_md5s(self.bucket) or not self._always(data, etag):
                raise SpoiledAnswer("gave other bytes than were stored", self._sentence())
            learn(self.bucket, False)
        elif self.sha256 and not self._always(data, etag):
            raise SpoiledAnswer("gave other bytes than are expected", self._sentence())
        return data

    def _always(self, data: bytes, etag: str) -> bool:
        self.arrived.append((hashlib.sha256(data).digest(), etag))
        return self.arrived.count(self.arrived[-1]) >= self.ENOUGH

    def _sentence(self) -> str:
        return f"arrives damaged in every try; check the network to {endpoint()} and run again"
