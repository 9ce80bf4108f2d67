"""Whole objects into S3. A write on a condition is never in doubt: where a reply was lost, refuses or looks wrong, the
object is looked at: it says which write made it."""

import base64
import hashlib
import uuid
from typing import Any

from ..errors import RunConflict, StorageError
from .s3_asking import Deadline, ask
from .s3_errors import SpoiledAnswer, code_of, unsigned
from .s3_names import endpoint, is_aws, server, url
from .s3_reading import Seen, etag_of, etags_are_md5s, head, is_encrypted, learn, md5_of, promised_md5, read

_SAID = 4  # times an ETag is asked for, until two answers are the same
MARK = "written-by"  # metadata of an object that was written on a condition: a number of that write alone


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
    _check_signed(url(bucket, key))
    write = _Write(bucket, key, data, content_type, create_only=create_only, if_match=if_match)
    return ask(url(bucket, key), write.attempt, len(data))


def copy(bucket: str, source_key: str, target_key: str) -> None:
    """Copy within a bucket; the bytes never leave the server."""
    _check_signed(url(bucket, target_key))
    source = {"Bucket": bucket, "Key": source_key}
    ask(url(bucket, source_key), lambda client, _: client.copy_object(Bucket=bucket, Key=target_key, CopySource=source))


def delete(bucket: str, key: str) -> None:
    """Remove an object, where there is one."""
    _check_signed(url(bucket, key))
    ask(url(bucket, key), lambda client, _: client.delete_object(Bucket=bucket, Key=key))


def body_of(data: bytes) -> dict[str, Any]:
    """The options that send the bytes, with the digest by which the server notices what was damaged on the way."""
    if is_aws(server()):
        return {"Body": data}  # boto3 sends a checksum of its own there
    return {"Body": data, "ContentMD5": base64.b64encode(bytes.fromhex(md5_of(data))).decode()}


def _check_signed(where: str) -> None:
    if unsigned():
        raise StorageError(
            f"{where}: nothing can be written while AWS_NO_SIGN_REQUEST is set; unset it and give credentials, "
            "or give a folder as output"
        )


class _Write:
    """One object to be written, over all tries.

    uncertain   an earlier try may have been stored although no reply came
    """

    def __init__(
        self, bucket: str, key: str, data: bytes, content_type: str | None, *, create_only: bool, if_match: str | None
    ):
        self.bucket, self.key, self.data = bucket, key, data
        self.create_only, self.if_match = create_only, if_match
        self.mark = uuid.uuid4().hex
        more = {"Metadata": {MARK: self.mark}} if create_only or if_match else {}
        more |= {"ContentType": content_type} if content_type else {}
        self.request = {"Bucket": bucket, "Key": key, **body_of(data), **more}
        self.uncertain = self.open = False

    def attempt(self, client: Any, deadline: Deadline) -> str | None:
        """One try: the new ETag, or None for a taken key."""
        self.uncertain, self.open = self.uncertain or self.open, True
        reply = self._sent(client)
        if reply is not None:
            return self._accepted(client, deadline, reply)
        self.open = False
        return self._refused(client, deadline)

    def _sent(self, client: Any) -> dict[str, Any] | None:
        """The server's reply; None where it says that the condition does not hold."""
        from botocore.exceptions import ClientError

        try:
            return client.put_object(**self.request, **self._condition())
        except ClientError as e:
            gone = self.if_match is not None and code_of(e) == "NoSuchKey"
            if code_of(e) != "PreconditionFailed" and not gone:
                raise
            return None

    def _condition(self) -> dict[str, str]:
        if self.if_match is not None:
            return {"IfMatch": self.if_match}
        return {"IfNoneMatch": "*"} if self.create_only else {}

    def _refused(self, client: Any, deadline: Deadline) -> str | None:
        """Whose object is there: ours from an earlier try, another's, or none at all and the refusal was wrong."""
        there = head(client, self.bucket, self.key)
        if there is not None and self._is_ours(client, deadline, there):
            return self._ours(client, deadline, there)
        if (there and there.get("ETag")) == self.if_match:
            raise self._wrongly()
        if self.create_only:
            return None
        raise RunConflict(
            f"{url(self.bucket, self.key)}: another process wrote it in the meantime; let that one finish, "
            "or write elsewhere"
        )

    def _is_ours(self, client: Any, deadline: Deadline, there: dict[str, Any]) -> bool:
        """Whether this write made the object; where its mark got lost, whether it may have."""
        mark = there.get("Metadata", {}).get(MARK)
        if mark is not None or not self.uncertain or there.get("ContentLength") != len(self.data):
            return mark == self.mark
        found = read(client, deadline, Seen(self.bucket, self.key))
        return found is not None and found[0] == self.data

    def _ours(self, client: Any, deadline: Deadline, there: dict[str, Any]) -> str:
        """The ETag of what an earlier try stored; that try's bytes may have been damaged on the way, too."""
        if promised_md5(there.get("ETag", ""), there) == md5_of(self.data):
            return self._settled(client, there)
        stored = read(client, deadline, Seen(self.bucket, self.key, hashlib.sha256(self.data).hexdigest()))
        if stored is None or stored[0] != self.data:
            return self._other(etag_of(there, self.bucket, self.key), stored)
        return self._settled(client, {"ETag": stored[1]})

    def _accepted(self, client: Any, deadline: Deadline, reply: dict[str, Any]) -> str:
        """The new ETag; where it is not the bytes' own, what is stored is looked at."""
        etag = etag_of(reply, self.bucket, self.key)
        if promised_md5(etag, reply) == md5_of(self.data):
            learn(self.bucket, True)
            return etag
        if is_encrypted(reply) or etags_are_md5s(self.bucket) is False:
            return etag
        there = read(client, deadline, Seen(self.bucket, self.key, hashlib.sha256(self.data).hexdigest()))
        if there is None or there[0] != self.data:
            return self._other(etag, there)
        if there[1] != etag:
            return self._settled(client, {"ETag": there[1]})
        learn(self.bucket, False)
        return etag

    def _settled(self, client: Any, there: dict[str, Any]) -> str:
        """The ETag of our object: its own digest, or what is said of it twice."""
        for _ in range(_SAID):
            etag, there = etag_of(there, self.bucket, self.key), head(client, self.bucket, self.key) or {}
            if promised_md5(etag, there) == md5_of(self.data) or there.get("ETag") == etag:
                return etag
        raise SpoiledAnswer("names another version each time", f"{endpoint()} names another ETag each time it is asked")

    def _other(self, etag: str, there: tuple[bytes, str] | None) -> str:
        """What was written is not there: damaged on the way and to be written again, or written over meanwhile."""
        if there is None or there[1] != etag:
            return etag
        self.create_only, self.if_match = False, etag
        raise SpoiledAnswer(
            "stored other bytes", f"{endpoint()} stores other bytes than it was sent; check the network to it"
        )

    def _wrongly(self) -> SpoiledAnswer:
        return SpoiledAnswer(
            "refused a write whose condition holds",
            f"{endpoint()} refuses conditional writes although their condition holds; use another server, or a folder",
        )
