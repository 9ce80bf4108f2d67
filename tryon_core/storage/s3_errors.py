"""What S3 and boto3 refuse, said in one sentence that shows no secret."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import StorageError
from ..outages import waited
from ..text import one_line, shortened
from ..text.scrubbing import scrubbed
from .s3_names import endpoint, host_of, redacted, server

_SET_KEYS = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
_NOT_S3 = "gives answers that are not S3's; check AWS_ENDPOINT_URL"
_RENEW = "no new kernel is needed for it"
_SENTENCES = {  # S3 error code -> what a person should read
    "NoSuchBucket": "there is no such bucket at {endpoint}; check its name and AWS_ENDPOINT_URL",
    "NoSuchKey": "there is no such object",
    "404": f"{{endpoint}} {_NOT_S3}",
    "AccessDenied": "access denied; check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and ask for s3:ListBucket, "
    "s3:GetObject and s3:PutObject here",
    "InvalidAccessKeyId": f"{{endpoint}} does not know this key id; {_SET_KEYS} of an account there",
    "SignatureDoesNotMatch": f"the secret does not belong to this key id; {_SET_KEYS} again, as a pair",
    "ExpiredToken": f"the session has expired; renew it: {_SET_KEYS} and AWS_SESSION_TOKEN to new ones, or renew "
    f"AWS_SHARED_CREDENTIALS_FILE ({_RENEW})",
    "RequestTimeTooSkewed": "this machine's clock differs from the server's by more than 15 minutes; set it",
    "PermanentRedirect": "the bucket lives in another region; set AWS_REGION_NAME to it",
    "ConditionalRequestConflict": "other processes keep writing it; let them finish and run again",
    "PreconditionFailed": "{endpoint} refuses it by a condition that was not set; check what is between here and there",
    "SlowDown": "{endpoint} failed or was too busy; run again later",
    "407": "the proxy wants a login; check HTTPS_PROXY and HTTP_PROXY",
}
_ALIASES = {
    "": "404",
    "403": "AccessDenied",
    "Forbidden": "AccessDenied",
    "412": "PreconditionFailed",
    "InvalidToken": "ExpiredToken",
    "TokenRefreshRequired": "ExpiredToken",
    "ExpiredTokenException": "ExpiredToken",
    "RequestExpired": "ExpiredToken",
    "301": "PermanentRedirect",
    "503": "SlowDown",
    "502": "SlowDown",
    "504": "SlowDown",
    "500": "SlowDown",
    "429": "SlowDown",
    **dict.fromkeys(
        (
            *("ServiceUnavailable", "InternalError", "InternalServerError", "InternalFailure", "RequestTimeout"),
            *("RequestTimeoutException", "Throttling", "ThrottlingException", "ThrottledException"),
            *("TooManyRequests", "TooManyRequestsException", "RequestLimitExceeded", "BandwidthLimitExceeded"),
        ),
        "SlowDown",
    ),
}
_READING = ("GetObject", "HeadObject", "ListObjectsV2")
_LOGIN = ("AssumeRole", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML", "GetRoleCredentials", "CreateToken")
_STALE = ("ExpiredToken", "InvalidAccessKeyId", "SignatureDoesNotMatch")


class SpoiledAnswer(Exception):
    """An answer that cannot be right, such as bytes that do not have their digest. `sentence` is for a person, where
    it stays so."""

    def __init__(self, what: str, sentence: str):
        super().__init__(what)
        self.sentence = sentence


class NotS3(Exception):
    """The answer of something that is no S3 server."""


class TooSlow(Exception):
    """An answer that did not come, or not whole, in the time it may take."""


@contextmanager
def in_words(where: str) -> Iterator[None]:
    """Turn what boto3 raises into one sentence that begins with `where`.

    The original is not chained: its text and its traceback can hold addresses with credentials in them.
    """
    try:
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError
        from urllib3.exceptions import HTTPError
    except ModuleNotFoundError as e:
        raise StorageError(f"{where}: boto3 is not installed; pip install 'tryon-core[notebooks]'") from e
    where = one_line(where)
    try:
        yield
    except ClientError as e:
        raise StorageError(f"{where}: {_answered(e)}{waited(e)}") from None
    except SpoiledAnswer as e:
        raise StorageError(f"{where}: {e.sentence}{waited(e)}") from None
    except (NotS3, ResponseParserError) as e:
        raise StorageError(f"{where}: {endpoint()} {_NOT_S3}{waited(e)}") from None
    except RecursionError:  # boto3 follows each redirect by asking itself
        told = f"{endpoint()} redirects without end; check AWS_ENDPOINT_URL and the bucket's region"
        raise StorageError(f"{where}: {told}") from None
    except (BotoCoreError, HTTPError, TooSlow, ConnectionError, TimeoutError) as e:
        raise StorageError(f"{where}: {_not_answered(e)}{waited(e)}") from None


def no_s3(where: str) -> StorageError:
    """What to raise where an answer lacks what every S3 answer has."""
    return StorageError(f"{where}: {endpoint()} {_NOT_S3}")


def code_of(error: Any) -> str:
    """A ClientError's code; a bare HTTP status as the code it stands for, except 404: of an object, or of a bucket?"""
    code = str(error.response.get("Error", {}).get("Code", ""))
    return _ALIASES.get(code, code)


def status_of(error: Any) -> int:
    """A ClientError's HTTP status; 0 where it has none"""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def of_credentials(error: Exception) -> bool:
    """Whether newer credentials might mend it: they may have been renewed since the client was made."""
    from botocore import exceptions as boto
    from botocore.exceptions import ClientError

    kinds = (
        boto.NoCredentialsError,
        boto.PartialCredentialsError,
        boto.CredentialRetrievalError,
        boto.TokenRetrievalError,
        boto.NoAuthTokenError,
        boto.SSOError,
    )
    if isinstance(error, ClientError):
        nameless = error.operation_name.startswith("Head") and status_of(error) in (400, 403)
        return code_of(error) in _STALE or error.operation_name in _LOGIN or nameless
    return isinstance(error, kinds) or _login_error(error)


def unsigned() -> bool:
    """Whether AWS_NO_SIGN_REQUEST asks for requests without a signature, for buckets that everybody may read."""
    return os.environ.get("AWS_NO_SIGN_REQUEST", "").strip().lower() in ("1", "true", "yes", "on")


# ---- an answer that refuses ------------------------------------------------------------------------------------------


def _answered(error: Any) -> str:
    """The server's refusal as a sentence."""
    code, message = code_of(error), str(error.response.get("Error", {}).get("Message", ""))
    told = code if error.response.get("Error", {}).get("Code") not in (None, "", "Unknown") else status_of(error)
    said = f"{told} ({shortened(scrubbed(message)) or 'no message'})"
    if error.operation_name in _LOGIN:
        return (
            f"no credentials: {error.operation_name} was refused, {said}; check role_arn and the profile it starts from"
        )
    if code == "AuthorizationHeaderMalformed" and "region" in message.lower():
        code = "PermanentRedirect"
    if code == "AccessDenied" and unsigned():
        return f"it is not open to everybody; unset AWS_NO_SIGN_REQUEST, and {_SET_KEYS}"
    if code in _SENTENCES:
        payer = "; of a bucket whose requester pays, set requester_pays to True"
        extra = payer if code == "AccessDenied" and error.operation_name in _READING else ""
        return _SENTENCES[code].format(endpoint=endpoint()) + extra
    return f"{endpoint()} refused {error.operation_name}: {said}{_checksums(code, status_of(error))}"


def _checksums(code: str, status: int) -> str:
    """What to try where a server may have stumbled over the checksums that boto3 adds."""
    suspect = status in (400, 401, 411, 501) or code in ("XAmzContentSHA256Mismatch", "NotImplemented")
    return "; if it knows no checksums, set AWS_REQUEST_CHECKSUM_CALCULATION=when_required" if suspect else ""


# ---- no answer -------------------------------------------------------------------------------------------------------


def _not_answered(error: Any) -> str:
    """A failure on this side of the network as a sentence."""
    from botocore import exceptions as boto
    from urllib3.exceptions import HTTPError

    if isinstance(error, boto.NoCredentialsError | boto.PartialCredentialsError):
        return f"no credentials found; {_SET_KEYS}, or AWS_NO_SIGN_REQUEST=1 for a bucket open to everybody"
    if login := _login(error):
        return login
    name = type(error).__name__
    if isinstance(error, boto.ProxyConnectionError):
        return f"the proxy does not answer ({name}); check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
    if is_certificate(error):
        return f"the certificate of {_asked(error)} cannot be verified; set AWS_CA_BUNDLE to its authority's file"
    lost = boto.HTTPClientError | boto.ConnectionError | boto.IncompleteReadError | HTTPError | TooSlow
    if isinstance(error, lost | ConnectionError | TimeoutError):
        return f"{_asked(error)} does not answer ({name}); check AWS_ENDPOINT_URL and the network"
    words = one_line(scrubbed(redacted(str(error))))[:300]
    return f"{name}: {words}; check the AWS_ variables and boto3's configuration"


def _login(error: Any) -> str:
    """What to do where credentials are to be fetched from somewhere and are not; '' for other errors."""
    from botocore import exceptions as boto

    profile = os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE") or "default"
    said = shortened(scrubbed(redacted(str(error))))
    if isinstance(error, boto.SSOError | boto.TokenRetrievalError | boto.NoAuthTokenError):
        return f"the SSO session has ended ({type(error).__name__}); run: aws sso login --profile {profile} ({_RENEW})"
    if _login_error(error):
        return f"the login has ended ({type(error).__name__}); run: aws login --profile {profile} ({_RENEW})"
    if isinstance(error, boto.CredentialRetrievalError):
        return f"credentials could not be fetched ({said}); mend the profile {profile}, or {_SET_KEYS}"
    if isinstance(error, boto.MetadataRetrievalError):
        return f"this machine hands out no credentials ({said}); {_SET_KEYS}, or give the machine a role"
    if isinstance(error, boto.ProfileNotFound):
        return f"{said}; correct AWS_PROFILE, or write the profile into AWS_CONFIG_FILE"
    return ""


def _login_error(error: Exception) -> bool:
    from botocore import exceptions as boto

    return isinstance(error, getattr(boto, "LoginError", ()))  # of newer botocores


def is_certificate(error: Any) -> bool:
    """Whether TLS failed in a way that stays: an unknown authority, another name, or no TLS at all there."""
    return "CERTIFICATE_VERIFY_FAILED" in str(error) or "WRONG_VERSION_NUMBER" in str(error)


def _asked(error: Any) -> str:
    """Who was asked: the server of the bucket, or another one, such as the one that hands out credentials."""
    address = str(getattr(error, "kwargs", {}).get("endpoint_url") or "")
    if server() == "AWS" or not address or host_of(address).endswith(host_of(server())):
        return endpoint()
    return host_of(address) or endpoint()
