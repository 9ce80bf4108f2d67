"""What boto3 does to us, and what a user reads then; the server is moto, over HTTP."""

import os
import re
import socket
import threading
import time
import urllib.request

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tryon_core import outages
from tryon_core.errors import BadInput, BadPicture, RunConflict, StorageError
from tryon_core.storage import s3

BODY = b"0123456789" * 1000


@pytest.fixture(autouse=True)
def limits():
    """Short ones: an outage lasts no longer than two seconds here."""
    before = outages.limits()
    outages.use(outages.Limits(first_s=1.0, later_s=2.0))
    yield
    outages.use(before)


def said(call, *arguments, error=StorageError, **options) -> str:
    """The sentence `call` fails with, shown nowhere else: no second exception is chained to it."""
    with pytest.raises(error) as caught:
        call(*arguments, **options)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


@pytest.mark.parametrize(
    "url, parts",
    [
        ("s3://abc", ("abc", "")),
        ("s3://abc/", ("abc", "")),
        ("s3://my.bucket-1/a/b/", ("my.bucket-1", "a/b")),
        ("s3://abc/é 1/x@2.png", ("abc", "é 1/x@2.png")),
    ],
)
def test_a_location_is_a_bucket_and_a_prefix(url, parts):
    assert s3.split(url) == parts
    assert s3.split(s3.url(*parts)) == parts


@pytest.mark.parametrize(
    "url",
    [
        "",
        "abc",
        "http://abc/x",
        "S3://abc",
        "s3:/abc",
        "s3://",
        "s3:///x",
        "s3://ab",
        "s3://Abc/x",
        "s3://a_b_c/x",
        "s3://a..b/x",
        "s3://abc/../x",
        "s3://abc/x/..",
        "s3://abc//x",
        "s3://abc/./x",
        "s3://abc/x\ny",
        "s3://abc/x\x00",
        "s3://abc/" + "é" * 600,
        "s3://abc\n",
    ],
)
def test_anything_else_is_refused_in_one_line(url):
    assert "\n" not in said(s3.split, url, error=BadInput)


@given(st.text(max_size=40))
def test_no_text_is_split_into_a_location_that_is_written_differently(text):
    try:
        parts = s3.split(text)
    except BadInput:
        return
    assert s3.url(*parts) == text.removesuffix("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://me:topsecret@host:9000/x",
        "https://h/x.png?X-Amz-Signature=topsecret",
        "http://me:topsecret/1?#@host",
        "s3://me:topsecret@bucket/a@2.png#topsecret",
    ],
)
def test_no_message_shows_what_a_url_hides(url):
    assert "topsecret" not in s3.redacted(url) and "topsecret" not in said(s3.split, f"x{url}", error=BadInput)


def test_what_was_put_is_got_back_with_its_etag(bucket):
    etag = s3.put(bucket, "a/é 1.bin", BODY, "application/x-test")
    assert s3.get(bucket, "a/é 1.bin") == (BODY, etag)
    assert s3.client().head_object(Bucket=bucket, Key="a/é 1.bin")["ContentType"] == "application/x-test"


def test_a_missing_object_is_none_false_or_a_sentence(bucket):
    assert s3.get_or_none(bucket, "x") is None and s3.exists(bucket, "x") is False
    assert said(s3.get, bucket, "x") == f"s3://{bucket}/x: there is no such object; check the name"
    s3.put(bucket, "x", b"")
    assert s3.exists(bucket, "x") and s3.get_or_none(bucket, "x")[0] == b""


def test_a_changed_object_is_not_read_for_the_one_that_was_listed(bucket):
    old = s3.put(bucket, "x", b"old")
    new = s3.put(bucket, "x", b"new")
    assert s3.get(bucket, "x", etag=new)[0] == b"new"
    assert "changed since the run was listed" in said(s3.get, bucket, "x", etag=old)


def test_a_huge_object_is_refused_before_it_is_read(bucket):
    s3.put(bucket, "x", BODY)
    assert s3.get(bucket, "x", max_bytes=10_000)[0] == BODY
    assert "10000 bytes; at most 9999" in said(s3.get, bucket, "x", max_bytes=9_999, error=BadPicture)


def test_of_sixteen_writers_one_creates_the_object(bucket):
    etags = [None] * 16

    def write(number):
        etags[number] = s3.put(bucket, "lock", f"{number}".encode(), create_only=True)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(16)]
    [thread.start() for thread in threads], [thread.join() for thread in threads]
    winners = [number for number, etag in enumerate(etags) if etag]
    assert len(winners) == 1 and s3.get(bucket, "lock") == (f"{winners[0]}".encode(), etags[winners[0]])


def test_an_object_is_replaced_only_while_it_is_the_one_that_was_read(bucket):
    first = s3.put(bucket, "record", b"1")
    second = s3.put(bucket, "record", b"2", if_match=first)
    assert "another process wrote it" in said(s3.put, bucket, "record", b"3", if_match=first, error=RunConflict)
    assert s3.get(bucket, "record") == (b"2", second)


def test_a_copy_is_made_on_the_server(bucket):
    s3.put(bucket, "pictures/a b.png", BODY, "image/png")
    s3.copy(bucket, "pictures/a b.png", "correct_try_on/1.png")
    assert s3.get(bucket, "correct_try_on/1.png")[0] == BODY
    assert "no such object" in said(s3.copy, bucket, "pictures/none.png", "x")


def test_a_listing_goes_beyond_one_page(bucket, monkeypatch):
    monkeypatch.setattr(s3, "PAGE_KEYS", 3)
    names = [f"many/{number}" for number in range(8)]
    for name in (*names, "many2"):
        s3.put(bucket, name, b"x")
    found = list(s3.list_keys(bucket, "many/"))
    assert [item.key for item in found] == names and found[0].size_bytes == 1
    assert found[0].etag == s3.get(bucket, names[0])[1]


def test_children_are_only_the_next_level(bucket):
    for name in ("top", "a/", "a/1.png", "a/b/2.png", "a/b/c/3.png", "ab/4.png"):
        s3.put(bucket, name, b"x")
    assert s3.children(bucket)[0] == ["a", "ab"] and [item.key for item in s3.children(bucket)[1]] == ["top"]
    assert s3.children(bucket, "a")[0] == ["b"] and [item.key for item in s3.children(bucket, "a")[1]] == ["a/1.png"]


def test_a_presigned_address_is_readable_without_credentials(bucket):
    s3.put(bucket, "x", BODY)
    with urllib.request.urlopen(s3.presigned(bucket, "x", valid_s=60)) as reply:
        assert reply.read() == BODY


@pytest.mark.parametrize("faults", [["cut"], ["flip"], ["cut", "flip", "cut"], ["reset"], ["SlowDown", "cut"]])
def test_a_body_that_arrives_broken_is_read_again(faulty, bucket, faults):
    s3.put(bucket, "x", BODY)
    faulty.faults[:] = faults
    assert s3.get(bucket, "x")[0] == BODY
    assert faulty.requests.count(f"GET /{bucket}/x") == 1 + len(faults)


def test_a_body_that_is_always_cut_is_given_up(faulty, bucket):
    s3.put(bucket, "x", BODY)
    faulty.faults[:] = ["cut"] * 99
    assert re.search(r"does not answer .* \(tried [4-9] times in [12] s\)", said(s3.get, bucket, "x"))


def test_a_write_whose_reply_was_lost_is_still_ours(faulty, bucket):
    faulty.faults[:] = ["lost_reply"]
    etag = s3.put(bucket, "lock", b"mine", create_only=True)
    assert etag and s3.get(bucket, "lock") == (b"mine", etag)
    faulty.faults[:] = ["lost_reply"]
    assert s3.put(bucket, "lock", b"mine too", if_match=etag) == s3.get(bucket, "lock")[1]


def test_two_conditional_writes_that_meet_are_told_apart_by_trying_again(faulty, bucket):
    faulty.faults[:] = ["ConditionalRequestConflict"]
    first = s3.put(bucket, "lock", b"mine", create_only=True)
    faulty.faults[:] = ["ConditionalRequestConflict"]
    assert first and s3.put(bucket, "lock", b"theirs", create_only=True) is None
    faulty.faults[:] = ["ConditionalRequestConflict"] * 99
    assert "other processes keep writing it" in said(s3.put, bucket, "lock", b"mine", if_match=first)


def test_a_repeated_write_does_not_claim_what_another_wrote(faulty, bucket):
    s3.put(bucket, "lock", b"theirs")
    faulty.faults[:] = ["reset"]
    assert s3.put(bucket, "lock", b"mine", create_only=True) is None and s3.get(bucket, "lock")[0] == b"theirs"


@pytest.mark.parametrize(
    "code, words",
    [
        ("AccessDenied", "access denied; check AWS_ACCESS_KEY_ID"),
        ("InvalidAccessKeyId", "does not know this key id"),
        ("SignatureDoesNotMatch", "the secret does not belong to this key id"),
        ("ExpiredToken", "the session has expired"),
    ],
)
def test_wrong_credentials_are_named(faulty, bucket, code, words):
    for call in (lambda: s3.get(bucket, "x"), lambda: s3.put(bucket, "x", b""), lambda: list(s3.list_keys(bucket))):
        faulty.faults[:] = [code]
        sentence = said(call)
        assert words in sentence and "testsecret" not in sentence and "testkeyid" not in sentence


@pytest.mark.parametrize("fault", ["SlowDown", "InternalError", "RequestTimeout", "TooManyRequests"])
def test_a_server_that_stays_busy_is_named(faulty, bucket, fault):
    faulty.faults[:] = [fault] * 99
    sentence = said(s3.get, bucket, "x")
    assert faulty.url in sentence and "too busy; run again later (tried " in sentence


@pytest.mark.parametrize("fault", ["page", "page not found"])
def test_a_server_that_speaks_no_s3_is_named(faulty, bucket, fault):
    for call in (lambda: s3.get(bucket, "x"), lambda: s3.put(bucket, "x", b""), lambda: list(s3.list_keys(bucket))):
        faulty.faults[:] = [fault]
        assert f"{faulty.url} gives answers that are not S3's; check AWS_ENDPOINT_URL" in said(call)


def test_a_page_boto3_cannot_even_parse_is_a_sentence_too(faulty, bucket):
    for call in (lambda: s3.get(bucket, "x"), lambda: s3.put(bucket, "x", b""), lambda: list(s3.list_keys(bucket))):
        faulty.faults[:] = ["broken page"] * 99
        assert faulty.url in said(call)


def test_a_missing_bucket_is_named_by_every_call(bucket):
    calls = (
        lambda: s3.get("no-such-bucket", "x"),
        lambda: s3.get_or_none("no-such-bucket", "x"),
        lambda: s3.put("no-such-bucket", "x", b""),
        lambda: list(s3.list_keys("no-such-bucket")),
        lambda: s3.children("no-such-bucket"),
    )
    for call in calls:
        assert "no such bucket at http://127.0.0.1" in said(call)


def test_missing_credentials_name_the_variables_and_count_once_they_are_set(bucket, aws, monkeypatch):
    secret = os.environ["AWS_SECRET_ACCESS_KEY"]
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in said(s3.get, bucket, "x")
    aws("AWS_ACCESS_KEY_ID", "testkeyid")
    assert "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in said(s3.get, bucket, "x")
    aws("AWS_SECRET_ACCESS_KEY", secret)
    assert s3.get_or_none(bucket, "x") is None


def test_a_server_that_is_not_there_is_named_within_seconds(bucket, aws):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    aws("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    start = time.perf_counter()
    assert f"http://127.0.0.1:{port} does not answer (EndpointConnectionError)" in said(s3.get, bucket, "x")
    assert time.perf_counter() - start < 15


@pytest.mark.parametrize(
    "variable, value, words",
    [
        ("AWS_ENDPOINT_URL", "me:topsecret@nowhere", "'nowhere'; it must be a URL such as https://"),
        ("AWS_ENDPOINT_URL", "http://me:topsecret@127.0.0.1:9", "without user name, password and query"),
        ("AWS_ENDPOINT_URL", "http://", "'http://'; it must be a URL"),
        ("AWS_ENDPOINT_URL", "localhost:9000", "must be a URL"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:99999", "`http://127.0.0.1:99999` was not a valid URI"),
        ("AWS_REGION_NAME", "no region!", "'no region!'"),
        ("AWS_PROFILE", "nobody", "profile (nobody)"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(bucket, aws, variable, value, words):
    aws(variable, value)
    sentence = said(s3.get, bucket, "x", error=(BadInput, StorageError))
    assert words in sentence and "topsecret" not in sentence


def test_the_region_is_the_documented_variable_then_boto3s_then_one_for_other_servers(bucket, aws, monkeypatch):
    aws("AWS_DEFAULT_REGION", "eu-north-1")
    aws("AWS_REGION_NAME", "ap-south-1")
    assert s3.client().meta.region_name == "ap-south-1"
    monkeypatch.delenv("AWS_REGION_NAME")
    assert s3.client().meta.region_name == "eu-north-1"
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert s3.client().meta.region_name == "us-east-1"


def test_threads_share_one_client_until_the_environment_changes(bucket, aws):
    clients = []
    threads = [threading.Thread(target=lambda: clients.append(s3.client())) for _ in range(8)]
    [thread.start() for thread in threads], [thread.join() for thread in threads]
    aws("AWS_SECRET_ACCESS_KEY", "another")
    assert len(set(map(id, clients))) == 1 and s3.client() is not clients[0]
