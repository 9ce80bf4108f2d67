"""What may be the place of a run and a key in it; nothing is written outside, and what cannot be is one sentence."""

import errno
import fcntl
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tryon_core.errors import BadInput, RunConflict, StorageError
from tryon_core.sources import open_source
from tryon_core.storage import folder_store, unfinished
from tryon_core.storage.places import checked_key, expanded, folder_of
from tryon_core.storage.store import FolderStore, open_store

NO_PLACES = [
    *("", " ", "\t", "http://host/x", "https://u:topsecret@host/x", "S3://bucket/x", "s3:/bucket/x", "s3:bucket"),
    *(
        "gs://bucket/x",
        "file:///tmp/x",
        "file:/tmp/x",
        "hf://x",
        " s3://bucket/x",
        "runs/x ",
        "a\x00b",
        "a\nb",
        "a\x1bb",
    ),
    *("x" * 300, "a/" * 3000, "~nobody-of-this-name/run", "s3://../x", "s3://./x", "s3:///x", "s3://~/x", "s3://a_b/x"),
]


@pytest.mark.parametrize("where", NO_PLACES, ids=range(len(NO_PLACES)))
def test_no_place_is_refused_in_one_short_line(where, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises((BadInput, StorageError)) as refused:
        open_store(where)
    sentence = str(refused.value)
    assert sentence.isprintable() and len(sentence) < 500 and "topsecret" not in sentence and not os.listdir(tmp_path)


@pytest.mark.parametrize("where", ["s3://../test_pairs.txt", "s3://./x", "s3:///data/x", "s3://~/x"])
def test_a_path_with_s3_in_front_is_named(where):
    for opened in (open_store, open_source):
        with pytest.raises(BadInput, match="is a path on this machine with s3:// in front; leave s3:// out"):
            opened(where)


def test_the_home_folder_is_meant_by_its_sign(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert open_store("~/run").create("a", b"1") and (tmp_path / "run/a").read_bytes() == b"1"
    assert not (tmp_path / "~").exists() and expanded("$HOME/~") == "$HOME/~"
    (tmp_path / "set").mkdir()
    assert open_source("~/set").base == tmp_path / "set"
    with pytest.raises(BadInput, match="there is no user or home folder of this name"):
        open_source("~nobody-of-this-name/set")


@pytest.mark.parametrize("where", ["taken", "taken/run", "broken"])
def test_a_file_is_no_place(tmp_path, where):
    (tmp_path / "taken").write_text("a file")
    (tmp_path / "broken").symlink_to(tmp_path / "nothing")
    with pytest.raises(StorageError, match="is a file or a broken link; see that the place exists and is a folder"):
        open_store(tmp_path / where)
    assert (tmp_path / "taken").read_text() == "a file"


@pytest.mark.parametrize("name", ["S3_BUCKET", "s3://bucket", "a/b"])
def test_a_bucket_variable_that_is_no_name_is_named(monkeypatch, name):
    monkeypatch.setenv("S3_BUCKET_NAME", name)
    with pytest.raises(BadInput, match="S3_BUCKET_NAME is|is no S3 location"):
        open_source()


# ---- keys ------------------------------------------------------------------------------------------------------------

NO_KEYS = [
    "",
    "/etc/x",
    "../x",
    "a/../../x",
    "a//b",
    "a/./b",
    "a/",
    "a\nb",
    "a\x00b",
    "a\x1bb",
    "\ud800",
    "x" * 300,
    "a/" * 600,
]


@pytest.fixture(params=["folder", "s3"])
def store(request, tmp_path):
    if request.param == "folder":
        return FolderStore(tmp_path / "out/run")
    return open_store(f"s3://{request.getfixturevalue('bucket')}/out/run")


@pytest.mark.parametrize("key", NO_KEYS, ids=range(len(NO_KEYS)))
def test_no_key_is_refused_by_every_method(store, key):
    store.create("good", b"1")
    calls = [
        lambda: store.read(key),
        lambda: store.create(key, b"2"),
        lambda: store.replace(key, b"2", None),
        lambda: store.version(key),
        lambda: store.link("good", key),
        lambda: store.link(key, "new"),
        *([lambda: list(store.keys(key))] if key and not key == "a/" and len(key) < 1000 else []),
    ]
    for call in calls:
        with pytest.raises(StorageError) as refused:
            call()
        assert str(refused.value).isprintable() and len(str(refused.value)) < 300
    assert list(store.keys()) == ["good"]


def test_names_that_can_be_no_keys_are_left_out(store, tmp_path):
    """Whoever put them there: a run is read without them."""
    store.create("records/good", b"1")
    if isinstance(store, FolderStore):
        (store.folder / "records/a\nb").write_bytes(b"2")
        (store.folder / "records/a\x1bb").write_bytes(b"2")
    else:
        for name in ("records/", "records//x", "records/a\x1bb"):
            store.s3.put(store.bucket, store.prefix + name, b"2")
    assert list(store.keys()) == ["records/good"]


@given(st.text(max_size=30))
def test_a_key_that_is_taken_stays_inside(text):
    try:
        key = checked_key(text)
    except StorageError:
        return
    assert os.path.normpath(f"/run/{key}") == f"/run/{key}"


def test_nothing_is_written_or_read_through_a_link_that_leads_out(tmp_path):
    outside, run = tmp_path / "outside", tmp_path / "run"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    run.mkdir()
    (run / "calls").symlink_to(outside)
    (run / "file").symlink_to(outside / "secret")
    (run / "new").symlink_to(outside / "made")
    store = FolderStore(run)
    store.create("good", b"1")
    calls = [
        lambda: store.create("calls/x", b"1"),
        lambda: store.replace("calls/x", b"1", None),
        lambda: store.replace("file", b"1", None),
        lambda: store.create("new", b"1"),
        lambda: store.link("good", "calls/x"),
        lambda: store.link("file", "copy"),
        lambda: store.read("calls/secret"),
        lambda: store.read("file"),
        lambda: list(store.keys("calls/")),
    ]
    for call in calls:
        with pytest.raises(StorageError, match="leads out of the run's folder by a link"):
            call()
    assert list(store.keys()) == ["good"] and os.listdir(outside) == ["secret"]


def test_links_within_a_run_are_followed(tmp_path):
    store = FolderStore(tmp_path / "run")
    store.create("real/x", b"1")
    (tmp_path / "run/other").symlink_to(tmp_path / "run/real")
    (tmp_path / "name").symlink_to(tmp_path / "run")
    assert store.read("other/x") == b"1" and FolderStore(tmp_path / "name").read("real/x") == b"1"
    assert FolderStore(tmp_path / "name").create("real/y", b"2")


def test_a_folder_where_a_file_belongs_is_named(tmp_path):
    store = FolderStore(tmp_path)
    store.create("good", b"1")
    (tmp_path / "records").mkdir()
    calls = [
        lambda: store.read("records"),
        lambda: store.version("records"),
        lambda: store.create("records", b"1"),
        lambda: store.replace("records", b"1", None),
        lambda: store.link("good", "records"),
    ]
    for call in calls:
        with pytest.raises(StorageError, match=r"records is a folder where a file belongs; move it away"):
            call()
    assert list(store.keys()) == ["good"] and not [name for name in os.listdir(tmp_path) if name.startswith(".")]


def test_a_file_where_a_folder_belongs_is_named(tmp_path):
    store = FolderStore(tmp_path)
    store.create("records", b"1")
    assert store.read("records/x") is None and list(store.keys("records/")) == []
    for call in (
        lambda: store.create("records/x", b"1"),
        lambda: store.replace("records/x", b"1", None),
        lambda: store.link("records", "records/x"),
    ):
        with pytest.raises(StorageError, match="cannot write to .*records/x"):
            call()


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StorageError, match="is a pipe or a device where a file belongs"):
        FolderStore(tmp_path).read("pipe")


# ---- unfinished files ------------------------------------------------------------------------------------------------


@pytest.fixture(params=["nameless", "named"])
def kind(request, monkeypatch):
    """With files that have no name until they are whole, and as on a file system that knows none."""
    if request.param == "named":
        monkeypatch.delattr(os, "O_TMPFILE")
    return request.param


def test_a_kill_leaves_no_unfinished_file(tmp_path, kind):
    """A child is killed within its writing; what it leaves has no name, or is swept an hour later."""
    child = os.fork()
    if not child:
        with unfinished.written(tmp_path, b"half"):
            os.kill(os.getpid(), 9)
    os.waitpid(child, 0)
    left = [path for path in tmp_path.iterdir() if path.name.startswith(".writing-")]
    assert len(left) == (kind == "named")
    for path in left:
        os.utime(path, (time.time() - 4000,) * 2)
    (tmp_path / ".writing-now").write_text("another process is at it")
    FolderStore(tmp_path).create("a", b"1")
    assert sorted(os.listdir(tmp_path)) == [".writing-now", "a"]


def test_files_are_for_whom_the_process_says(tmp_path, kind):
    store = FolderStore(tmp_path)
    before = os.umask(0o027)
    try:
        unfinished._umask.cache_clear()
        store.create("a", b"1")
        store.replace("b", b"1", None)
    finally:
        os.umask(before)
        unfinished._umask.cache_clear()
    assert {oct((tmp_path / name).stat().st_mode & 0o777) for name in "ab"} == {"0o640"}


def refuse(code):
    def call(*_, **__):
        raise OSError(code, os.strerror(code))

    return call


@pytest.mark.parametrize("code", [errno.EPERM, errno.ENOTSUP])
def test_without_links_one_of_many_still_creates(tmp_path, kind, monkeypatch, code):
    """As on exFAT and many mounts: there a copy is moved, by one writer at a time."""
    monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    monkeypatch.setattr(os, "link", refuse(code))
    store = FolderStore(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        wins = list(pool.map(lambda n: store.create("a", b"%d" % n), range(8)))
    assert sum(wins) == 1 and store.read("a") == b"%d" % wins.index(True)
    store.link("a", "b/c")
    store.link("a", "b/c")
    assert store.read("b/c") == store.read("a") and list(store.keys()) == ["a", "b/c"]


def test_without_locks_nothing_is_lost(tmp_path, monkeypatch):
    """As on some network mounts: a lock file stands in."""
    monkeypatch.setattr(fcntl, "flock", refuse(errno.ENOLCK))
    store = FolderStore(tmp_path)
    version = store.replace("count", b"0", None)

    def add(_):
        while True:
            seen = store.version("count")
            try:
                store.replace("count", b"%d" % (int(store.read("count")) + 1), seen)
                return
            except RunConflict:
                continue

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(20)))
    assert store.read("count") == b"20" and list(store.keys()) == ["count"] and version


def test_a_place_of_today_is_a_path(tmp_path):
    assert folder_of(tmp_path / "é 1") == Path(tmp_path / "é 1") and open_store("runs/a.b").url == "runs/a.b"
    assert folder_store.FolderStore(tmp_path).read("x") is None
