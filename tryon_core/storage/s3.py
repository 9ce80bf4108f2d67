"""Whole objects in and out of S3, every failure one sentence; the only file that talks to a bucket.

Who asks and where is told by AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION_NAME and AWS_ENDPOINT_URL, else by
boto3's own configuration. boto3 repeats a request that fails, but not a body that is cut off while it is read: `get`
repeats both.
"""

import hashlib
import os
import re
import threading
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from ..errors import BadInput, BadPicture, RunConflict, StorageError
from .s3_errors import REQUEST_TRIES, code_of, endpoint, in_words, no_s3, redacted, server

PAUSES_S = (0.1, 0.3, 0.9)  # between our own four tries
PAGE_KEYS = 1000  # of one answer to a listing; S3 gives no more
CONNECT_TIMEOUT_S = 5
READ_TIMEOUT_S = 60
_BUCKET = re.compile(r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")  # the rules of S3 for new buckets
VARIABLES = (  # a change of any of them makes a new client
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL",
    "AWS_REGION_NAME",
    "AWS_DEFAULT_REGION",
    "AWS_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
)
_clients: dict[str, Any] = {}
_lock = threading.Lock()


class Object(NamedTuple):
    """One stored object, as a listing shows it."""

    key: str
    etag: str
    size_bytes: int


# ---- names -----------------------------------------------------------------------------------------------------------


def split(url: str) -> tuple[str, str]:
    """'s3://bucket/prefix/' -> ('bucket', 'prefix'); the prefix is '' for a whole bucket.

    raises   BadInput for anything else, for a name no bucket can have, and for a prefix with empty, '.' or '..' parts,
             control characters or more than 1024 bytes
    """
    scheme, _, rest = url.partition("://")
    bucket, _, prefix = rest.partition("/")
    if scheme != "s3" or not _BUCKET.fullmatch(bucket):
        raise BadInput(
            f"{redacted(url)!r} is no S3 location; write s3://BUCKET or s3://BUCKET/PREFIX, "
            "BUCKET being 3-63 of a-z 0-9 . -"
        )
    prefix = prefix.removesuffix("/")
    if prefix and {"", ".", ".."} & set(prefix.split("/")):
        raise BadInput(f"{redacted(url)!r} has an empty, '.' or '..' part; write the folders out, one '/' between them")
    if not prefix.isprintable() or len(prefix.encode()) > 1024:
        raise BadInput(f"{redacted(url)[:140]!r}: a key has at most 1024 bytes of UTF-8 and no control characters")
    return bucket, prefix


def url(bucket: str, key: str) -> str:
    """('bucket', 'a/b.png') -> 's3://bucket/a/b.png'"""
    return f"s3://{bucket}/{key}" if key else f"s3://{bucket}"


# ---- objects ---------------------------------------------------------------------------------------------------------


def get(bucket: str, key: str, etag: str | None = None, max_bytes: int | None = None) -> tuple[bytes, str]:
    """An object's bytes and its ETag.

    etag       given, the object must still have it
    max_bytes  given, a larger object is refused (BadPicture: only pictures are read with a limit) before it is read
    raises     StorageError where it is missing, changed, or cut off in every try
    """
    found = get_or_none(bucket, key, etag, max_bytes)
    if found is None:
        raise StorageError(f"{url(bucket, key)}: there is no such object; check the name")
    return found


def get_or_none(
    bucket: str, key: str, etag: str | None = None, max_bytes: int | None = None
) -> tuple[bytes, str] | None:
    """As `get`, but None where there is no such object; a missing bucket is still an error."""
    with in_words(url(bucket, key)):
        from botocore.exceptions import ClientError

        try:
            return _read(bucket, key, {"IfMatch": etag} if etag else {}, max_bytes)
        except ClientError as e:
            if code_of(e) == "NoSuchKey":
                return None
            raise


def _read(bucket: str, key: str, condition: dict[str, str], max_bytes: int | None) -> tuple[bytes, str]:
    """Ask and read, again where the body was cut; errors of the asking were repeated by boto3 and pass through."""
    from botocore.exceptions import FlexibleChecksumError, HTTPClientError, IncompleteReadError
    from urllib3.exceptions import HTTPError

    for pause_s in (0.0, *PAUSES_S):
        time.sleep(pause_s)
        reply = client().get_object(Bucket=bucket, Key=key, **condition)
        found = _etag(reply, bucket, key)
        if max_bytes is not None and reply["ContentLength"] > max_bytes:
            reply["Body"].close()
            raise BadPicture(
                f"{url(bucket, key)}: {reply['ContentLength']} bytes; at most {max_bytes} are read: make it smaller"
            )
        try:
            return reply["Body"].read(), found
        except (FlexibleChecksumError, HTTPClientError, IncompleteReadError, HTTPError, OSError) as e:
            why = type(e).__name__
    raise StorageError(
        f"{url(bucket, key)}: cut off or damaged on the way in each of {1 + len(PAUSES_S)} tries "
        f"({why}); check the network to {endpoint()} and run again"
    )


def _etag(reply: dict[str, Any], bucket: str, key: str) -> str:
    if not reply.get("ETag"):
        raise no_s3(url(bucket, key))
    return reply["ETag"]


def exists(bucket: str, key: str) -> bool:
    """Whether there is such an object; False for a missing bucket too (S3 does not tell the two apart here)."""
    with in_words(url(bucket, key)):
        from botocore.exceptions import ClientError

        try:
            client().head_object(Bucket=bucket, Key=key)
        except ClientError as e:
            if code_of(e) in ("404", "NotFound", "NoSuchKey"):
                return False
            raise
    return True


def put(
    bucket: str,
    key: str,
    data: bytes,
    content_type: str | None = None,
    *,
    create_only: bool = False,
    if_match: str | None = None,
) -> str | None:
    """Write an object; the answer is its new ETag.

    create_only  write only where there is none; None says there was one already, and it is untouched
    if_match     write only over the object with this ETag
    raises       RunConflict where `if_match` does not hold any more; StorageError
    """
    options = {"ContentType": content_type, "IfNoneMatch": "*" if create_only else None, "IfMatch": if_match}
    given = {name: value for name, value in options.items() if value}
    with in_words(url(bucket, key)):
        reply, repeated = _put(dict(Bucket=bucket, Key=key, Body=data, **given))
    if reply:
        return _etag(reply, bucket, key)
    # A first try may have been stored although its reply was lost; boto3's second try then meets our own object.
    there = get_or_none(bucket, key) if repeated else None
    if there and there[0] == data:
        return there[1]
    if create_only:
        return None
    raise RunConflict(
        f"{url(bucket, key)}: another process wrote it in the meantime; let that one finish, or write elsewhere"
    )


def _put(request: dict[str, Any]) -> tuple[dict[str, Any] | None, bool]:
    """(the server's reply, None where the request's condition does not hold; whether boto3 repeated the request)"""
    from botocore.exceptions import ClientError

    for pause_s in (0.0, *PAUSES_S):
        time.sleep(pause_s)
        try:
            return client().put_object(**request), False
        except ClientError as e:
            gone = "IfMatch" in request and code_of(e) == "NoSuchKey"
            if code_of(e) == "PreconditionFailed" or gone:
                return None, e.response["ResponseMetadata"].get("RetryAttempts", 0) > 0
            if code_of(e) != "ConditionalRequestConflict":
                raise
            busy = e  # two conditional writes met; S3 asks the loser to try again, and then says which it was
    raise busy


def copy(bucket: str, source_key: str, target_key: str) -> None:
    """Copy within a bucket; the bytes never leave the server."""
    with in_words(url(bucket, source_key)):
        client().copy_object(Bucket=bucket, Key=target_key, CopySource={"Bucket": bucket, "Key": source_key})


def list_keys(bucket: str, prefix: str = "") -> Iterator[Object]:
    """Every object whose key begins with `prefix` (end it with '/' to mean a folder), in key order."""
    for page in _pages(bucket, prefix):
        yield from (Object(item["Key"], item["ETag"], item["Size"]) for item in page.get("Contents", ()))


def children(bucket: str, prefix: str = "") -> tuple[list[str], list[Object]]:
    """(names of folders, objects) directly under `prefix`; what is deeper is not listed, however much it is."""
    head = f"{prefix}/" if prefix else ""
    pages = list(_pages(bucket, head, Delimiter="/"))
    folders = [item["Prefix"][len(head) : -1] for page in pages for item in page.get("CommonPrefixes", ())]
    objects = [Object(item["Key"], item["ETag"], item["Size"]) for page in pages for item in page.get("Contents", ())]
    return folders, [found for found in objects if found.key != head]  # consoles store a folder as an empty object


def _pages(bucket: str, prefix: str, **options: str) -> Iterator[dict[str, Any]]:
    with in_words(url(bucket, prefix)):
        paginator = client().get_paginator("list_objects_v2")
        for page in paginator.paginate(
            Bucket=bucket, Prefix=prefix, PaginationConfig={"PageSize": PAGE_KEYS}, **options
        ):
            if "Name" not in page and "Contents" not in page:
                raise no_s3(url(bucket, prefix))
            yield page


def presigned(bucket: str, key: str, valid_s: int = 3600) -> str:
    """An https address anyone can read the object at for `valid_s` seconds: a secret as long as it is valid."""
    with in_words(url(bucket, key)):
        return client().generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=valid_s)


# ---- the connection --------------------------------------------------------------------------------------------------


def client() -> Any:
    """boto3's client for the present environment; one for each setting of it, shared by all threads.

    region   AWS_REGION_NAME, else boto3's own chain, else us-east-1 where AWS_ENDPOINT_URL names another server
    raises   StorageError without credentials or boto3; BadInput for an AWS_ENDPOINT_URL that is no URL
    """
    name = hashlib.sha256("\0".join(os.environ.get(variable, "") for variable in VARIABLES).encode()).hexdigest()
    with _lock, in_words("S3"):
        if name not in _clients:
            _clients[name] = _connected()
        return _clients[name]


def _connected() -> Any:
    from boto3.session import Session
    from botocore.config import Config
    from botocore.exceptions import NoCredentialsError

    if not re.fullmatch(r"AWS|https?://[^/?#@:\s]+(:\d{1,5})?(/[^?#@\s]*)?", server()):
        raise BadInput(
            f"AWS_ENDPOINT_URL is {endpoint()!r}; it must be a URL such as https://s3.example.org:9000, "
            "without user name, password and query"
        )
    session = Session()
    if session.get_credentials() is None:
        raise NoCredentialsError  # now, so that no client without credentials is kept once they are set
    region = os.environ.get("AWS_REGION_NAME") or session.region_name or (None if server() == "AWS" else "us-east-1")
    config = Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        max_pool_connections=32,
        retries={"mode": "standard", "total_max_attempts": REQUEST_TRIES},
    )
    return session.client("s3", region_name=region, config=config)
