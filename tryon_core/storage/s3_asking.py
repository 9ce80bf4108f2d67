"""One request to S3: bounded as a whole, repeated through an outage, and once more with renewed credentials."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from typing import Any, TypeVar

from ..outages import Passing, waited_through
from .s3_client import client, renewed
from .s3_errors import SpoiledAnswer, TooSlow, code_of, in_words, is_certificate, of_credentials, status_of
from .s3_names import endpoint

Answer = TypeVar("Answer")
ANSWER_S = 60.0  # that a whole answer may take, however it drips
SLOWEST_BYTES_PER_S = 64 * 1024  # what a body may take beyond that
DAMAGED_TRIES = 8  # answers that cannot be right, until they count as what the server means
_BUSY = ("SlowDown", "OperationAborted", "IncompleteBody")
_HURT = (
    *("BadDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch", "ConditionalRequestConflict"),
    "PreconditionFailed",  # of a request without a condition: who sets one knows what to make of it
)


class Deadline:
    """When an answer must be whole."""

    def __init__(self, size_bytes: int = 0) -> None:
        self.at = time.monotonic() + ANSWER_S
        self.allow(size_bytes)

    def allow(self, size_bytes: int) -> None:
        """Longer, for a body of this size."""
        self.at += size_bytes / SLOWEST_BYTES_PER_S

    @property
    def left_s(self) -> float:
        return max(0.0, self.at - time.monotonic())


Request = Callable[[Any, Deadline], Answer]


def ask(where: str, request: Request[Answer], size_bytes: int = 0) -> Answer:
    """What `request(client, deadline)` returns.

    where       begins the sentence of an error
    size_bytes  of what is sent
    raises      StorageError where it is refused, or the outage lasts; Stopped where a stop was asked for
    """
    from botocore.exceptions import BotoCoreError, ClientError

    with in_words(where):
        present = client()
        try:
            return _repeated(present, request, size_bytes)
        except (ClientError, BotoCoreError) as e:
            present = renewed(present) if of_credentials(e) else None
            if present is None:
                raise
        return _repeated(present, request, size_bytes)


def _repeated(present: Any, request: Request[Answer], size_bytes: int) -> Answer:
    return waited_through(endpoint(), lambda: _bounded(present, request, Deadline(size_bytes)), Patience())


def _bounded(present: Any, request: Request[Answer], deadline: Deadline) -> Answer:
    """The answer; TooSlow at the deadline.

    A thread makes the request and is left behind where it hangs: a socket alone bounds the silence between two bytes.
    """
    box: Future[Answer] = Future()

    def work() -> None:
        try:
            box.set_result(request(present, deadline))
        except BaseException as e:  # noqa: BLE001  it is raised where the answer is waited for
            box.set_exception(e)

    threading.Thread(target=work, name="s3-request", daemon=True).start()
    while True:
        try:
            return box.result(deadline.left_s)
        except NotYet:
            if box.done():  # the request's own time-out
                return box.result()
            if not deadline.left_s:
                raise TooSlow from None


class Patience:
    """What an error of one request is, where it may pass. An answer that cannot be right may be what the server means:
    it is asked for again a few times only."""

    def __init__(self) -> None:
        self.damaged = 0

    def __call__(self, error: Exception) -> Passing | None:
        if not is_damage(error):
            return passing(error)
        self.damaged += 1
        return Passing("gave a damaged answer") if self.damaged < DAMAGED_TRIES else None


def is_damage(error: Exception) -> bool:
    """Whether an answer cannot be right, or the server could not make sense of the request."""
    from botocore.exceptions import ClientError, FlexibleChecksumError
    from botocore.parsers import ResponseParserError

    if isinstance(error, ClientError):
        return code_of(error) in _HURT or _is_nameless(error)
    return isinstance(error, SpoiledAnswer | FlexibleChecksumError | ResponseParserError)


def _is_nameless(error: Any) -> bool:
    """Whether a refusal has lost its name on the way: those of HEAD have none but for a request that was damaged."""
    if error.operation_name.startswith("Head"):
        return status_of(error) == 400
    return status_of(error) in (400, 404) and str(error.response.get("Error", {}).get("Code", "")).isdigit()


def passing(error: Exception) -> Passing | None:
    """What an error of boto3 is, where it may pass by itself; None for one that stays, such as a refusal."""
    from botocore import exceptions as boto
    from urllib3.exceptions import HTTPError, LocationValueError

    if isinstance(error, boto.ClientError):
        status = status_of(error)
        busy = code_of(error) in _BUSY or status in (408, 429) or (status >= 500 and status not in (501, 505))
        return Passing(f"failed or is too busy ({code_of(error) or status})", _after_s(error)) if busy else None
    cause = getattr(error, "kwargs", {}).get("error")
    if is_certificate(error) or isinstance(cause, LocationValueError | UnicodeError | ValueError):
        return None
    lost = boto.HTTPClientError | boto.ConnectionError | boto.IncompleteReadError | HTTPError | TooSlow
    if isinstance(error, lost | ConnectionError | TimeoutError):
        return Passing(f"does not answer ({type(error).__name__})")
    return None


def _after_s(error: Any) -> float | None:
    """The seconds of a Retry-After, at most a minute of them."""
    after = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("retry-after", "")
    return min(float(after), 60.0) if str(after).isdigit() else None
