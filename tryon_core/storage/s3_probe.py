"""Whether a server honours conditional writes, found out once per bucket: without them two processes that write one run
would mix two runs without a word."""

import contextlib
import threading
import uuid
from typing import Any

from ..errors import StorageError
from .s3_asking import Deadline, ask, is_damage, passing
from .s3_errors import code_of, status_of
from .s3_names import endpoint, server, url
from .s3_writing import body_of, delete, put

PROBE = ".writing-probe-"  # begins the name of the object that is written and removed again
_NO_ETAG = '"00000000000000000000000000000000"'
_CONDITIONS = {"If-None-Match": {"IfNoneMatch": "*"}, "If-Match": {"IfMatch": _NO_ETAG}}  # neither holds of the probe
_honoured: set[tuple[str, str]] = set()  # server, bucket
_guard = threading.Lock()


def check_conditions(bucket: str, prefix: str = "") -> None:
    """Ask a bucket once per process, by an object of a name of its own under `prefix` (with its '/').

    raises   StorageError where a write succeeds whose condition does not hold, or the server knows no conditions
    """
    with _guard:
        if (server(), bucket) not in _honoured:
            _probe(bucket, f"{prefix}{PROBE}{uuid.uuid4().hex}", url(bucket, prefix.rstrip("/")))
            _honoured.add((server(), bucket))


def _probe(bucket: str, key: str, where: str) -> None:
    put(bucket, key, b"probe")
    try:
        for header, condition in _CONDITIONS.items():
            if not _refused(bucket, key, condition, where):
                raise StorageError(
                    f"{where}: {endpoint()} does not honour {header}, or a proxy before it takes it away, so two "
                    "processes could mix two runs there; use another server or a newer version of it, or give a "
                    "folder as output"
                )
    finally:
        with contextlib.suppress(StorageError):  # who may not delete leaves a few bytes behind
            delete(bucket, key)


def _refused(bucket: str, key: str, condition: dict[str, str], where: str) -> bool:
    """Whether a write is refused by a condition that does not hold."""
    from botocore.exceptions import ClientError

    def request(client: Any, _: Deadline) -> bool:
        try:
            client.put_object(Bucket=bucket, Key=key, **body_of(b"probe"), **condition)
        except ClientError as e:
            if code_of(e) == "PreconditionFailed" or (code_of(e) == "NoSuchKey" and "IfMatch" in condition):
                return True
            if status_of(e) not in (400, 405, 501) or passing(e) or is_damage(e):
                raise
        return False

    return ask(where, request)
