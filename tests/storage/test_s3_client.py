"""Who asks, through which proxy, with which credentials and checksums; every request is seen by a real server."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tryon_core import outages
from tryon_core.errors import BadInput, StorageError
from tryon_core.storage import s3


@pytest.fixture(autouse=True)
def limits():
    before = outages.limits()
    outages.use(outages.Limits(first_s=0.5, later_s=0.5))
    yield
    outages.use(before)


def said(call, *arguments, error=StorageError, **options) -> str:
    with pytest.raises(error) as caught:
        call(*arguments, **options)
    assert "testsecret" not in str(caught.value) and "\n" not in str(caught.value)
    return str(caught.value)


class Counting(BaseHTTPRequestHandler):
    """A proxy that notes what it is asked for and refuses it."""

    def do_GET(self):
        self.server.asked.append(self.path)
        self.send_error(502)

    do_PUT = do_HEAD = do_CONNECT = do_GET

    def log_message(self, *arguments):
        """Quiet."""


@pytest.fixture
def proxy(aws):
    """A proxy in the environment, of every name that a proxy has there."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Counting)
    server.asked = []
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        aws(name, f"http://127.0.0.1:{server.server_port}")
        aws(name.lower(), f"http://127.0.0.1:{server.server_port}")
    for name in ("NO_PROXY", "no_proxy"):
        aws(name, "")
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.2", "0.0.0.0"])
def test_this_machine_is_asked_without_a_proxy(s3_server, bucket, proxy, aws, host):
    aws("AWS_ENDPOINT_URL", s3_server.replace("127.0.0.1", host) if host != "127.0.0.2" else s3_server)
    s3.put(bucket, "x", b"1")
    assert s3.get(bucket, "x")[0] == b"1" and proxy.asked == []


def test_other_hosts_are_asked_through_the_proxy(bucket, proxy, aws):
    aws("AWS_ENDPOINT_URL", "http://s3.example.org")
    said(s3.get, bucket, "x")
    assert proxy.asked[0].startswith("http://s3.example.org/")


def test_another_server_gets_no_checksums(faulty, bucket):
    s3.put(bucket, "x", b"1")
    s3.get(bucket, "x")
    names = {name for headers in faulty.headers for name in headers}
    assert not [name for name in names if "checksum" in name or name == "x-amz-trailer"] and "content-md5" in names


def test_checksums_are_sent_where_the_environment_asks(faulty, bucket, aws):
    aws("AWS_REQUEST_CHECKSUM_CALCULATION", "when_supported")
    s3.put(bucket, "x", b"1")
    assert "x-amz-checksum-crc32" in faulty.headers[-1]


@pytest.mark.parametrize("fault", ["NotImplemented", "XAmzContentSHA256Mismatch", "InvalidRequest"])
def test_a_server_that_stumbles_over_checksums_is_helped(faulty, bucket, aws, fault):
    aws("AWS_REQUEST_CHECKSUM_CALCULATION", "when_supported")
    faulty.faults = [fault] * 99
    assert "set AWS_REQUEST_CHECKSUM_CALCULATION=when_required" in said(s3.put, bucket, "x", b"1")


def test_a_public_bucket_is_read_without_keys(s3_server, faulty, bucket, aws, monkeypatch):
    aws("AWS_ENDPOINT_URL", s3_server)
    s3.client().put_object(Bucket=bucket, Key="x", Body=b"1", ACL="public-read")
    s3.client().put_bucket_acl(Bucket=bucket, ACL="public-read")
    aws("AWS_ENDPOINT_URL", faulty.url)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert "AWS_NO_SIGN_REQUEST=1 for a bucket open to everybody" in said(s3.get, bucket, "x")
    aws("AWS_NO_SIGN_REQUEST", "true")
    faulty.headers.clear()
    assert s3.get(bucket, "x")[0] == b"1" and [found.key for found in s3.list_keys(bucket)] == ["x"]
    assert not [headers for headers in faulty.headers if "authorization" in headers] and faulty.headers


def test_nothing_is_written_without_a_signature(bucket, aws):
    s3.put(bucket, "x", b"1")
    aws("AWS_NO_SIGN_REQUEST", "1")
    for write in (lambda: s3.put(bucket, "y", b"2"), lambda: s3.copy(bucket, "x", "y"), lambda: s3.delete(bucket, "x")):
        assert "nothing can be written while AWS_NO_SIGN_REQUEST is set" in said(write)


def test_a_bucket_that_is_not_public_is_named(faulty, bucket, aws):
    aws("AWS_NO_SIGN_REQUEST", "yes")
    faulty.faults = ["AccessDenied"]
    assert "not open to everybody; unset AWS_NO_SIGN_REQUEST" in said(s3.get, bucket, "x")


@pytest.mark.parametrize("value", ["0", "false", "no", ""])
def test_a_switch_that_is_off_signs(faulty, bucket, aws, value):
    aws("AWS_NO_SIGN_REQUEST", value)
    s3.put(bucket, "x", b"1")
    assert "authorization" in faulty.headers[-1]


def test_a_switch_that_is_neither_is_refused(bucket, aws):
    aws("AWS_NO_SIGN_REQUEST", "maybe")
    assert "AWS_NO_SIGN_REQUEST is 'maybe'; set it to 1" in said(s3.get, bucket, "x", error=BadInput)


def test_requester_pays_is_said_and_named(faulty, bucket):
    s3.put(bucket, "a/x", b"1")
    faulty.headers.clear()
    s3.get(bucket, "a/x", requester_pays=True)
    list(s3.list_keys(bucket, requester_pays=True))
    s3.children(bucket, "a", requester_pays=True)
    s3.exists(bucket, "a/x", requester_pays=True)
    assert [headers.get("x-amz-request-payer") for headers in faulty.headers] == ["requester"] * 4
    faulty.faults = ["AccessDenied"]
    assert "whose requester pays, set requester_pays" in said(s3.get, bucket, "a/x")


# ---- credentials from elsewhere --------------------------------------------------------------------------------------


@pytest.fixture
def profile(faulty, bucket, aws, monkeypatch, tmp_path):
    """Write a profile `work` into files of this test and use it: called with the lines of config and credentials."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)

    def write(config="", credentials=""):
        for variable, name, header, text in (
            ("AWS_CONFIG_FILE", "config", "[profile work]", config),
            ("AWS_SHARED_CREDENTIALS_FILE", "credentials", "[work]", credentials),
        ):
            if text:
                (tmp_path / name).write_text(f"{header}\n{text}\n")
                aws(variable, str(tmp_path / name))
        aws("AWS_PROFILE", "work")

    return write


def keys(key_id):
    return f"aws_access_key_id = {key_id}\naws_secret_access_key = testsecret"


def key_ids(faulty):
    return [headers["authorization"].split("Credential=")[1].split("/")[0] for headers in faulty.headers]


def test_credentials_that_were_renewed_in_the_file_are_seen(profile, faulty, bucket):
    profile(credentials=keys("FIRST"))
    s3.exists(bucket, "x")
    profile(credentials=keys("SECONDKEY"))
    s3.exists(bucket, "x")
    assert key_ids(faulty) == ["FIRST", "SECONDKEY"]


def process(tmp_path, *key_ids_in_turn):
    """The config line of a program that hands out these key ids, one a time."""
    script = tmp_path / "hand_out.py"
    script.write_text(
        "import json, pathlib\n"
        f"count = pathlib.Path({str(tmp_path / 'count')!r})\n"
        "number = int(count.read_text()) if count.exists() else 0\n"
        "count.write_text(str(number + 1))\n"
        f"ids = {list(key_ids_in_turn)!r}\n"
        "key = ids[min(number, len(ids) - 1)]\n"
        "print(json.dumps({'Version': 1, 'AccessKeyId': key, 'SecretAccessKey': 'testsecret'}))\n"
    )
    import sys

    return f"credential_process = {sys.executable} {script}"


@pytest.mark.parametrize("code", ["ExpiredToken", "InvalidAccessKeyId"])
def test_an_expired_session_is_renewed_once(profile, faulty, bucket, tmp_path, code):
    profile(config=process(tmp_path, "OLD", "NEW"))
    faulty.faults = [code]
    assert s3.get_or_none(bucket, "x") is None and key_ids(faulty) == ["OLD", "NEW"]
    faulty.faults = [code]
    sentence = said(s3.get, bucket, "x")
    assert "expired" in sentence or "does not know this key id" in sentence
    assert key_ids(faulty) == ["OLD", "NEW", "NEW"]


def test_an_ended_sso_session_names_the_command(profile, bucket, aws, tmp_path):
    aws("HOME", str(tmp_path))
    lines = "sso_start_url = https://example.org/start", "sso_region = us-east-1", "sso_account_id = 123456789012"
    profile(config="\n".join((*lines, "sso_role_name = reader", "region = us-east-1")))
    assert "run: aws sso login --profile work" in said(s3.get, bucket, "x")


def test_a_program_that_hands_out_no_credentials_is_named(profile, bucket, tmp_path):
    profile(config="credential_process = /bin/false")
    assert "credentials could not be fetched" in said(s3.get, bucket, "x")


def test_a_role_that_may_not_be_taken_is_named(profile, faulty, bucket, aws):
    aws("AWS_ENDPOINT_URL_STS", faulty.url)
    profile(
        config="role_arn = arn:aws:iam::123456789012:role/reader\nsource_profile = work\nregion = us-east-1",
        credentials=keys("FIRST"),
    )
    faulty.faults = ["AccessDenied"] * 9
    assert "no credentials: AssumeRole was refused, 403" in said(s3.get, bucket, "x")


def test_a_machine_without_a_role_names_the_variables(bucket, aws, monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    aws("AWS_EC2_METADATA_DISABLED", "false")
    aws("AWS_EC2_METADATA_SERVICE_ENDPOINT", address)
    assert "no credentials found; set AWS_ACCESS_KEY_ID" in said(s3.get, bucket, "x")


def test_a_server_that_redirects_without_end_is_named(aws):
    """boto3 follows a redirect by asking itself, until Python stops it."""

    class Redirecting(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(307)
            self.send_header("Location", f"http://other.example{self.path}")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_HEAD = do_GET

        def log_message(self, *arguments):
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Redirecting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name, value in (
        ("ACCESS_KEY_ID", "testkeyid"),
        ("SECRET_ACCESS_KEY", "testsecret"),
        ("REGION_NAME", "us-east-1"),
    ):
        aws(f"AWS_{name}", value)
    aws("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    with pytest.raises(StorageError, match="redirects without end; check AWS_ENDPOINT_URL"):
        s3.get("bucket", "key")
    server.shutdown()


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"])
@pytest.mark.parametrize("value", ["secret-value\n", " secret-value", "secret\tvalue", "sécret-value"])
def test_a_key_that_cannot_be_sent_is_named_and_not_shown(bucket, aws, name, value):
    aws(name, value)
    with pytest.raises(BadInput, match=name) as raised:
        s3.get(bucket, "key")
    assert "secret-value" not in str(raised.value) and "sécret" not in str(raised.value)
