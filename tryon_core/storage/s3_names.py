"""The names of S3: where an object lies, and which server is asked, as messages may show them."""

import os
import re
from urllib.parse import urlsplit

from ..errors import BadInput
from ..text import shortened

MAX_KEY_BYTES = 1024  # of UTF-8; a rule of S3
_BUCKET = re.compile(r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")  # the rules of S3 for new buckets


def split(url: str) -> tuple[str, str]:
    """'s3://bucket/prefix/' -> ('bucket', 'prefix'); the prefix is '' for a whole bucket.

    raises   BadInput for anything else, for a name no bucket can have, and for a prefix with empty, '.' or '..' parts,
             control characters or more than 1024 bytes
    """
    scheme, _, rest = url.partition("://")
    bucket, _, prefix = rest.partition("/")
    shown = repr(shortened(redacted(url)))
    if scheme == "s3" and rest[:1] in ("/", "~", "."):
        raise BadInput(f"{shown} is a path on this machine with s3:// in front; leave s3:// out, or write s3://BUCKET")
    if scheme != "s3" or not _BUCKET.fullmatch(bucket):
        raise BadInput(
            f"{shown} is no S3 location; write s3://BUCKET or s3://BUCKET/PREFIX, BUCKET being 3-63 of a-z 0-9 . -"
        )
    prefix = prefix.removesuffix("/")
    if prefix and {"", ".", ".."} & set(prefix.split("/")):
        raise BadInput(f"{shown} has an empty, '.' or '..' part; write the folders out, one '/' between them")
    if not prefix.isprintable() or len(prefix.encode(errors="surrogatepass")) > MAX_KEY_BYTES:
        raise BadInput(f"{shown}: a key has at most {MAX_KEY_BYTES} bytes of UTF-8 and no control characters")
    return bucket, prefix


def url(bucket: str, key: str) -> str:
    """('bucket', 'a/b.png') -> 's3://bucket/a/b.png'"""
    return f"s3://{bucket}/{key}" if key else f"s3://{bucket}"


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


def host_of(address: str) -> str:
    """The host of a URL, in lower case; '' where there is none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def is_aws(address: str) -> bool:
    """Whether a URL, or 'AWS', is Amazon's own server."""
    return address == "AWS" or host_of(address).endswith((".amazonaws.com", ".amazonaws.com.cn"))
