"""A bad day of the server: requests fail in every way, and the store ends as if nothing had happened."""

import hashlib
import random
import threading
import time

import pytest
from faulty_s3 import MIXED

from tryon_core import outages
from tryon_core.errors import RunConflict, StorageError
from tryon_core.storage import s3, s3_asking, s3_client, s3_reading
from tryon_core.storage.store import FolderStore, open_store

BODY = b"0123456789" * 1000


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Time-outs for a server that is next door; two seconds are a long outage."""
    monkeypatch.setattr(s3_client, "READ_TIMEOUT_S", 0.6)
    monkeypatch.setattr(s3_asking, "ANSWER_S", 1.5)
    monkeypatch.setattr(outages, "FIRST_PAUSE_S", 0.02)
    before = outages.limits()
    outages.use(outages.Limits(first_s=2.0, later_s=2.0))
    yield
    outages.use(before)


def day_of_work(store, seed):
    """A few hundred operations; what each returned, versions by their number."""
    chance, versions, log = random.Random(seed), {}, []
    for number in range(22):
        key, data = f"calls/{chance.randrange(30)}.json", chance.randbytes(chance.choice((0, 40, 4000)))
        log.append(("create", key, store.create(key, data)))
        log.append(("read", key, store.read(key)))
        store.link(key, f"linked/{number}")
        record = f"records/{number % 5}.json"
        versions[record] = store.replace(record, data + b"%d" % number, versions.get(record))
        assert store.version(record) == versions[record]
        if number % 10 == 0:
            log.append(("keys", "", list(store.keys())))
        with pytest.raises(RunConflict):
            store.replace(record, b"another's", '"stale"')
    return log + [(key, store.read(key)) for key in store.keys()]


def test_a_fifth_of_all_requests_spoiled_changes_nothing(faulty, bucket, tmp_path):
    outages.use(outages.Limits())
    undisturbed = day_of_work(FolderStore(tmp_path), 1)
    faulty.stall_s = 0.9
    faulty.spoil(0.2, seed=1)
    assert day_of_work(open_store(f"s3://{bucket}/run"), 1) == undisturbed
    assert len(set(MIXED) & set(faulty.befallen)) > 7 and len(faulty.requests) > 200


@pytest.mark.parametrize("fault", [fault for fault in MIXED if fault != "stall"])
@pytest.mark.parametrize("position", [0, 1])
def test_each_fault_is_survived_by_each_write(faulty, bucket, fault, position):
    """Alone and twice in a row, in the first request of the write or in the second (which looks what is there)."""
    s3.put(bucket, "known", b"x")  # what the bucket's ETags are is known
    for times in (1, 2):
        key = f"{fault}-{times}"
        faulty.faults[:] = [""] * position + [fault] * times
        etag = s3.put(bucket, key, BODY, create_only=True)
        faulty.faults[:] = []
        assert s3.get(bucket, key) == (BODY, etag)
        faulty.faults[:] = [""] * position + [fault] * times
        newer = s3.put(bucket, key, b"newer", if_match=etag)
        faulty.faults[:] = []
        assert s3.get(bucket, key) == (b"newer", newer)
        faulty.faults[:] = [""] * position + [fault] * times
        assert s3.put(bucket, key, b"mine", create_only=True) is None
        faulty.faults[:] = [""] * position + [fault] * times
        with pytest.raises(RunConflict):
            s3.put(bucket, key, b"mine", if_match=etag)
        faulty.faults[:] = []
        assert s3.get(bucket, key) == (b"newer", newer)


def test_a_refusal_that_the_object_contradicts_is_asked_again(faulty, bucket):
    faulty.faults[:] = ["PreconditionFailed", "", "PreconditionFailed", ""]
    etag = s3.put(bucket, "lock", b"mine", create_only=True)
    assert etag is not None and faulty.requests.count(f"PUT /{bucket}/lock") == 3
    faulty.faults[:] = ["PreconditionFailed"]
    assert s3.put(bucket, "lock", b"newer", if_match=etag) == s3.get(bucket, "lock")[1] != etag


def test_a_lost_reply_is_settled_by_the_bytes_where_the_mark_got_lost(faulty, bucket):
    """Through a proxy that takes metadata away."""
    faulty.lost_headers = {"x-amz-meta-written-by"}
    faulty.faults = ["lost_reply"]
    etag = s3.put(bucket, "lock", b"mine", create_only=True)
    assert etag and s3.get(bucket, "lock") == (b"mine", etag)
    faulty.faults = ["lost_reply"]
    assert s3.put(bucket, "lock", b"newer", if_match=etag) == s3.get(bucket, "lock")[1]
    faulty.faults = ["reset"]
    assert s3.put(bucket, "lock", b"other", create_only=True) is None


def test_refusals_without_end_name_the_server(faulty, bucket, monkeypatch):
    monkeypatch.setattr(s3_asking, "DAMAGED_TRIES", 3)
    outages.use(outages.Limits())
    faulty.spoil(0, 0)
    faulty.faults[:] = ["PreconditionFailed", ""] * 3
    with pytest.raises(StorageError, match="refuses conditional writes although their condition holds"):
        s3.put(bucket, "lock", b"mine", create_only=True)


def test_a_repeat_by_a_proxy_is_no_conflict(faulty, bucket):
    """The proxy sends a write twice and hands on the second answer."""
    first = s3.put(bucket, "record", b"1")
    faulty.twice = True
    second = s3.put(bucket, "record", b"2", if_match=first)
    faulty.twice = False
    assert s3.get(bucket, "record") == (b"2", second)


def test_a_server_that_never_answers_is_given_up(faulty, bucket):
    s3.exists(bucket, "x")
    faulty.stall_s, faulty.faults = 30.0, ["stall"] * 99
    started = time.monotonic()
    with pytest.raises(StorageError, match=f"{faulty.url} does not answer"):
        s3.get(bucket, "x")
    assert time.monotonic() - started < 8


@pytest.mark.parametrize("fault", ["drip", "drip_head"])
def test_a_drip_does_not_outlive_its_time(faulty, bucket, fault):
    s3.put(bucket, "x", BODY)
    faulty.stall_s, faulty.faults = 0.2, [fault]
    started = time.monotonic()
    assert s3.get(bucket, "x")[0] == BODY
    assert time.monotonic() - started < 4 and faulty.requests.count(f"GET /{bucket}/x") == 2


def test_a_large_object_may_take_its_time(faulty, bucket, monkeypatch):
    monkeypatch.setattr(s3_asking, "SLOWEST_BYTES_PER_S", 10)
    s3.put(bucket, "x", BODY[:40])
    faulty.stall_s, faulty.faults = 0.05, ["drip"]
    monkeypatch.setattr(s3_asking, "ANSWER_S", 1.0)
    assert s3.get(bucket, "x")[0] == BODY[:40] and faulty.requests.count(f"GET /{bucket}/x") == 1


@pytest.mark.parametrize("fault", ["cut", "nothing", "reset", "flip", "InternalError", "lost_reply"])
def test_an_outage_within_a_listing_repeats_one_page(faulty, bucket, fault, monkeypatch):
    monkeypatch.setattr(s3, "PAGE_KEYS", 2)
    for number in range(5):
        s3.put(bucket, f"many/{number}", b"x")
    faulty.requests.clear()
    faulty.faults = ["", fault]
    assert [found.key for found in s3.list_keys(bucket, "many/")] == [f"many/{number}" for number in range(5)]
    assert len(faulty.requests) == 4


def test_a_stop_ends_the_waiting_at_once(faulty, bucket):
    stop = threading.Event()
    outages.use(outages.Limits(stop=stop))
    faulty.spoil(1.0, 0, ("SlowDown",))
    threading.Timer(0.3, stop.set).start()
    started = time.monotonic()
    with pytest.raises(outages.Stopped):
        s3.get(bucket, "x")
    assert time.monotonic() - started < 3


def test_what_stays_is_not_waited_for(faulty, bucket):
    outages.use(outages.Limits())
    for fault in ("AccessDenied", "InvalidRequest", "NotImplemented"):
        faulty.faults, faulty.requests = [fault] * 9, []
        with pytest.raises(StorageError):
            s3.get(bucket, "x")
        assert len(faulty.requests) == 1


@pytest.fixture
def patient(monkeypatch):
    """Time for every try; the pauses between them are short."""
    outages.use(outages.Limits())
    monkeypatch.setattr(outages, "LONGEST_PAUSE_S", 0.05)


def test_bytes_that_always_arrive_wrong_are_never_used(faulty, bucket, patient):
    s3.put(bucket, "x", BODY)
    faulty.faults = ["flip"] * 99
    with pytest.raises(StorageError, match="arrives damaged in every try; check the network"):
        s3.get(bucket, "x")
    assert len(faulty.faults) == 99 - s3_asking.DAMAGED_TRIES


def test_a_digest_that_is_known_has_bytes_read_again(faulty, bucket, patient):
    """Of an object whose ETag is none: it was stored in parts, or the server has its own."""
    s3.put(bucket, "x", BODY)
    faulty.foreign_etags = True
    digest = hashlib.sha256(BODY).hexdigest()
    faulty.faults = ["flip", "", "flip"]
    assert s3.get(bucket, "x", sha256=digest)[0] == BODY


def test_etags_that_are_no_digests_are_found_out(faulty, bucket, patient):
    faulty.foreign_etags = True
    etag = s3.put(bucket, "x", BODY)
    faulty.requests.clear()
    assert s3.get(bucket, "x") == (BODY, etag) and len(faulty.requests) == 1


def test_a_foreign_bucket_that_is_only_read_is_found_out(s3_server, faulty, bucket, aws, patient):
    aws("AWS_ENDPOINT_URL", s3_server)
    s3.put(bucket, "x", BODY)
    s3.put(bucket, "y", BODY)
    aws("AWS_ENDPOINT_URL", faulty.url)
    faulty.foreign_etags = True
    assert s3.get(bucket, "x")[0] == BODY and len(faulty.requests) == s3_reading.Seen.ENOUGH
    assert s3.get(bucket, "y")[0] == BODY and len(faulty.requests) == s3_reading.Seen.ENOUGH + 1


@pytest.mark.parametrize("options", [{}, {"create_only": True}])
def test_what_is_damaged_on_its_way_in_is_written_again(faulty, bucket, patient, options):
    faulty.faults = ["flip_sent"]
    etag = s3.put(bucket, "x", BODY, **options)
    assert s3.get(bucket, "x") == (BODY, etag)


def test_what_was_damaged_is_written_again_although_no_reply_came(faulty, bucket):
    """The mark says that the object is of this write, not that its bytes are."""
    faulty.faults = ["flip_sent, lost_reply"]
    etag = s3.put(bucket, "x", BODY, create_only=True)
    assert s3.get(bucket, "x") == (BODY, etag)
    faulty.faults = ["flip_sent, lost_reply"]
    newer = s3.put(bucket, "x", b"newer", if_match=etag)
    assert s3.get(bucket, "x") == (b"newer", newer)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_refusal_that_lost_its_name_is_asked_for_again(faulty, bucket, times):
    """What is not there is not taken for an answer of another program because a byte of it is wrong."""
    faulty.faults = ["flip"] * times
    assert s3.get_or_none(bucket, "nothing") is None and len(faulty.requests) == times + 1
