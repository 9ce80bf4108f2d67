"""What S3 and boto3 refuse, said in one sentence that shows no secret."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import StorageError

REQUEST_TRIES = 3  # boto3's own, with its exponential pauses
_SET_KEYS = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
_NOT_S3 = "gives answers that are not S3's; check AWS_ENDPOINT_URL"
_SENTENCES = {  # S3 error code -> what a person should read
    "NoSuchBucket": "there is no such bucket at {endpoint}; check its name and AWS_ENDPOINT_URL",
    "NoSuchKey": "there is no such object",
    "404": f"{{endpoint}} {_NOT_S3}",
    "AccessDenied": "access denied; check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and ask for s3:ListBucket, "
    "s3:GetObject and s3:PutObject here",
    "InvalidAccessKeyId": f"{{endpoint}} does not know this key id; {_SET_KEYS} of an account there",
    "SignatureDoesNotMatch": f"the secret does not belong to this key id; {_SET_KEYS} again, as a pair",
    "ExpiredToken": f"the session has expired; {_SET_KEYS} and AWS_SESSION_TOKEN to new ones",
    "RequestTimeTooSkewed": "this machine's clock differs from the server's by more than 15 minutes; set it",
    "PermanentRedirect": "the bucket lives in another region; set AWS_REGION_NAME to it",
    "ConditionalRequestConflict": "other processes keep writing it; let them finish and run again",
    "PreconditionFailed": "it changed since the run was listed; start a new run to use what is there now",
    "SlowDown": f"{{endpoint}} failed or was too busy, {REQUEST_TRIES} times in a row; run again later",
}
_ALIASES = {
    "": "404",
    "403": "AccessDenied",
    "Forbidden": "AccessDenied",
    "412": "PreconditionFailed",
    "InvalidToken": "ExpiredToken",
    "TokenRefreshRequired": "ExpiredToken",
    "AuthorizationHeaderMalformed": "PermanentRedirect",
    "301": "PermanentRedirect",
    "503": "SlowDown",
    "ServiceUnavailable": "SlowDown",
    "InternalError": "SlowDown",
    "500": "SlowDown",
}


def redacted(address: str) -> str:
    """A URL without user name, password, query (where presigned URLs keep their signature) and fragment."""
    userinfo = r"(s3://)[^/]*@" if address.startswith("s3://") else r"([a-z0-9]*://)?.*@"  # '@' may be part of a key
    return re.sub(r"[?#].*", "", re.sub(userinfo, r"\1", address, count=1, flags=re.DOTALL), flags=re.DOTALL)


def server() -> str:
    """What AWS_ENDPOINT_URL names, or 'AWS'; as it stands there, so not for messages."""
    return os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or "AWS"


def endpoint() -> str:
    """The server as messages name it."""
    return redacted(server())


@contextmanager
def in_words(where: str) -> Iterator[None]:
    """Turn what boto3 raises into one sentence that begins with `where`.

    The original is not chained: its text and its traceback can hold addresses with credentials in them.
    """
    try:
        from botocore.exceptions import BotoCoreError, ClientError
    except ModuleNotFoundError as e:
        raise StorageError(f"{where}: boto3 is not installed; pip install 'tryon-core[notebooks]'") from e
    try:
        yield
    except ClientError as e:
        raise StorageError(f"{where}: {_answered(e)}") from None
    except BotoCoreError as e:
        raise StorageError(f"{where}: {_not_answered(e)}") from None


def no_s3(where: str) -> StorageError:
    """What to raise where an answer lacks what every S3 answer has."""
    return StorageError(f"{where}: {endpoint()} {_NOT_S3}")


def code_of(error: Any) -> str:
    """A ClientError's code; a bare HTTP status as the code it stands for, except 404: of an object, or of a bucket?"""
    code = str(error.response.get("Error", {}).get("Code", ""))
    return _ALIASES.get(code, code)


def _answered(error: Any) -> str:
    """The server's refusal as a sentence."""
    if code_of(error) in _SENTENCES:
        return _SENTENCES[code_of(error)].format(endpoint=endpoint())
    message = str(error.response.get("Error", {}).get("Message", ""))[:200]
    return f"{endpoint()} refused {error.operation_name}: {code_of(error)} ({message or 'no message'})"


def _not_answered(error: Any) -> str:
    """A failure on this side of the network as a sentence."""
    from botocore.exceptions import ConnectionError as NotReached
    from botocore.exceptions import HTTPClientError, NoCredentialsError, PartialCredentialsError

    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return f"no credentials found; {_SET_KEYS}"
    if isinstance(error, HTTPClientError | NotReached):
        return f"{endpoint()} does not answer ({type(error).__name__}); check AWS_ENDPOINT_URL and the network"
    return f"{type(error).__name__}: {redacted(str(error))}; check the AWS_ variables and boto3's configuration"
