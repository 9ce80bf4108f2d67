"""A server that does not honour conditional writes is found out before the first one, and named."""

import pytest

from tryon_core import outages
from tryon_core.errors import StorageError
from tryon_core.storage import s3
from tryon_core.storage.store import open_store


@pytest.fixture
def store(faulty, bucket):
    before = outages.limits()
    outages.use(outages.Limits(first_s=1.0, later_s=1.0))
    yield open_store(f"s3://{bucket}/runs/one")
    outages.use(before)


@pytest.mark.parametrize(("lost", "named"), [("if-none-match", "If-None-Match"), ("if-match", "If-Match")])
def test_conditions_that_get_lost_are_named(store, faulty, bucket, lost, named):
    """As of an old server, or of a proxy that drops the header."""
    faulty.lost_headers = {lost}
    with pytest.raises(StorageError) as refused:
        store.create("run.json", b"{}")
    assert f"s3://{bucket}/runs/one: {faulty.url} does not honour {named}" in str(refused.value)
    assert "give a folder as output" in str(refused.value)
    assert list(s3.list_keys(bucket)) == []


def test_replacing_is_refused_alike(store, faulty):
    faulty.lost_headers = {"if-match"}
    with pytest.raises(StorageError, match="does not honour If-Match"):
        store.replace("run.json", b"{}", None)


@pytest.mark.parametrize("fault", ["NotImplemented", "InvalidRequest"])
def test_an_answer_that_knows_no_conditions_is_named(store, faulty, fault):
    faulty.faults = ["", fault]  # the probe itself is written, its condition refused
    with pytest.raises(StorageError, match="does not honour If-None-Match"):
        store.create("run.json", b"{}")


def test_a_good_server_is_asked_once(store, faulty, bucket):
    assert store.create("a", b"1") and store.create("b", b"2") and store.replace("c", b"3", None)
    probes = [request for request in faulty.requests if s3.PROBE in request]
    assert len(probes) == 4 and open_store(f"s3://{bucket}/other").create("a", b"1") is not None
    assert [request for request in faulty.requests if s3.PROBE in request] == probes
    assert [found.key for found in s3.list_keys(bucket)] == ["other/a", "runs/one/a", "runs/one/b", "runs/one/c"]


def test_who_only_reads_asks_nothing(store, faulty):
    assert store.read("run.json") is None and list(store.keys()) == [] and store.version("x") is None
    assert not [request for request in faulty.requests if request.startswith("PUT")]


def test_who_may_not_delete_can_still_write(store, faulty, bucket):
    faulty.faults = ["", "", "", "AccessDenied"]  # of the removal
    assert store.create("run.json", b"{}") and store.read("run.json") == b"{}"
    assert list(store.keys()) == ["run.json"] and len(list(s3.list_keys(bucket))) == 2


def test_a_refused_server_is_asked_again(store, faulty):
    """Nobody has to start a new kernel once the proxy is mended."""
    faulty.lost_headers = {"if-none-match"}
    with pytest.raises(StorageError):
        store.create("run.json", b"{}")
    faulty.lost_headers = set()
    assert store.create("run.json", b"{}")


@pytest.mark.parametrize("fault", ["reset", "lost_reply", "SlowDown", "PreconditionFailed", "wrong_etag", "cut"])
@pytest.mark.parametrize("position", [0, 1, 2, 3])
def test_a_bad_moment_is_no_bad_server(store, faulty, fault, position):
    faulty.faults = [""] * position + [fault]
    assert store.create("run.json", b"{}")
