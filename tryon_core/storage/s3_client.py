"""The connection to S3: boto3's client for the present environment, made anew when that changes.

Who asks and where is told by AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION_NAME and AWS_ENDPOINT_URL, else by
boto3's own configuration.
"""

import hashlib
import os
import re
import threading
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import BadInput
from .loopback import is_loopback
from .s3_errors import NotS3, SpoiledAnswer, in_words, unsigned
from .s3_names import endpoint, host_of, is_aws, server

CONNECT_TIMEOUT_S = 5
READ_TIMEOUT_S = 20  # of silence; how long a whole answer may take: s3_asking
VARIABLES = (  # a change of any of them makes a new client
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL",
    "AWS_REGION_NAME",
    "AWS_DEFAULT_REGION",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_CONFIG_FILE",
    "AWS_NO_SIGN_REQUEST",
    "AWS_CA_BUNDLE",
    "AWS_REQUEST_CHECKSUM_CALCULATION",
    "AWS_RESPONSE_CHECKSUM_VALIDATION",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
)
_FILES = {"AWS_SHARED_CREDENTIALS_FILE": "~/.aws/credentials", "AWS_CONFIG_FILE": "~/.aws/config"}
_CHECKSUMS = {  # variable -> boto3's option that it sets
    "AWS_REQUEST_CHECKSUM_CALCULATION": "request_checksum_calculation",
    "AWS_RESPONSE_CHECKSUM_VALIDATION": "response_checksum_validation",
}
_HTML = re.compile(rb"\s*<(!doctype html|html)", re.IGNORECASE)
_clients: dict[str, tuple[Any, str]] = {}  # client, digest of its credentials
_lock = threading.Lock()


def client() -> Any:
    """boto3's client for the present environment; one for each setting of it, shared by all threads. It repeats nothing
    by itself.

    region   AWS_REGION_NAME, else boto3's own chain, else us-east-1 where AWS_ENDPOINT_URL names another server
    raises   StorageError without credentials or boto3; BadInput for an AWS_ENDPOINT_URL that is no URL
    """
    name = _setting()
    with _lock, in_words("S3"):
        if name not in _clients:
            _clients[name] = _connected()
        return _clients[name][0]


def renewed(refused: Any) -> Any | None:
    """A client with newer credentials than the one that was refused; None where there are none"""
    with _lock, in_words("S3"):
        before = next((digest for kept, digest in _clients.values() if kept is refused), "")
        if before:  # else another thread was here first
            _clients[_setting()] = _connected()
        present, digest = _clients.get(_setting()) or _connected()
        return None if digest == before else present


def _setting() -> str:
    """A digest of all that a client is made from: variables, and when the credential files were written."""
    parts = [os.environ.get(variable, "") for variable in VARIABLES]
    for variable, default in _FILES.items():
        try:
            written = Path(os.environ.get(variable) or default).expanduser().stat()
            parts.append(f"{written.st_mtime_ns} {written.st_size}")
        except (OSError, RuntimeError):  # no such file, or no home to look in
            parts.append("")
    parts += [str(CONNECT_TIMEOUT_S), str(READ_TIMEOUT_S)]
    return hashlib.sha256("\0".join(parts).encode(errors="surrogateescape")).hexdigest()


_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


def _check_credentials() -> None:
    """raises BadInput for one that cannot be sent: boto3 would say that the server does not answer"""
    for name in _CREDENTIALS:
        value = os.environ.get(name, "")
        if value != value.strip() or not (value.isprintable() and value.isascii()):
            raise BadInput(f"{name} has a space or line break around it, or other characters; set it again without")


def _connected() -> tuple[Any, str]:
    from boto3.session import Session
    from botocore.exceptions import NoCredentialsError

    _check_credentials()

    if not re.fullmatch(r"AWS|https?://([^/?#@:\s\[\]]+|\[[0-9a-fA-F:.]+\])(:\d{1,5})?(/[^?#@\s]*)?", server()):
        raise BadInput(
            f"AWS_ENDPOINT_URL is {endpoint()!r}; it must be a URL such as https://s3.example.org:9000, "
            "without user name, password and query"
        )
    _check_switch("AWS_NO_SIGN_REQUEST")
    session = Session(botocore_session=_core())
    if not unsigned() and session.get_credentials() is None:
        raise NoCredentialsError  # now, so that no client without credentials is kept once they are set
    region = os.environ.get("AWS_REGION_NAME") or session.region_name
    region = region or ("us-east-1" if unsigned() or server() != "AWS" else None)
    made = session.client("s3", region_name=region, config=_config(server()))
    if server() == "AWS" and not is_aws(made.meta.endpoint_url):  # boto3's own configuration names another server
        made = session.client("s3", region_name=region, config=_config(made.meta.endpoint_url))
    made.meta.events.register("before-parse.s3", _check_whole)
    return made, _digest_of(None if unsigned() else session.get_credentials())


def _digest_of(credentials: Any) -> str:
    """Hex SHA-256 of what a request is signed with now; "unsigned" for nothing"""
    if credentials is None:
        return "unsigned"
    return hashlib.sha256(repr(tuple(credentials.get_frozen_credentials())).encode()).hexdigest()


def _core() -> Any:
    """A session of botocore's for the present environment; the tables that it works by are read once."""
    from botocore.session import get_session

    core = get_session()
    core.register_component("data_loader", _tables())
    return core


@cache
def _tables() -> Any:
    from botocore.session import get_session

    return get_session().get_component("data_loader")


def _config(address: str) -> Any:
    """No repeats by boto3 (`s3_asking` waits); this machine without a proxy; checksums for AWS alone, since other
    servers may refuse them, unless the environment says otherwise."""
    from botocore import UNSIGNED
    from botocore.config import Config

    options: dict[str, Any] = {} if is_aws(address) else _no_checksums()
    if is_loopback(host_of(address)):
        options["proxies"] = {}
    if unsigned():
        options["signature_version"] = UNSIGNED
    return Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        max_pool_connections=32,
        retries={"mode": "standard", "total_max_attempts": 1},
        **options,
    )


def _no_checksums() -> dict[str, str]:
    return {option: "when_required" for variable, option in _CHECKSUMS.items() if not os.environ.get(variable)}


def _check_switch(variable: str) -> None:
    value = os.environ.get(variable, "")
    if value.strip().lower() not in ("", "0", "1", "true", "false", "yes", "no", "on", "off"):
        raise BadInput(f"{variable} is {value[:20]!r}; set it to 1, or unset it")


def _check_whole(response_dict: dict[str, Any], operation_model: Any, **_: Any) -> None:
    """Refuse what boto3 would read as an empty answer: a web page, or a body that was cut off."""
    body, status = response_dict["body"], response_dict["status_code"]
    if not isinstance(body, bytes) or operation_model.name.startswith("Head"):
        return
    if _HTML.match(body) and status < 500 and status not in (407, 408, 429):
        raise NotS3
    length = response_dict["headers"].get("content-length", "")
    if length.isdigit() and len(body) < int(length):
        raise SpoiledAnswer("gave half an answer", f"{endpoint()} breaks off its answers; check the network to it")
