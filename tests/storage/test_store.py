import os
import shutil
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor

import pytest

from tryon_core.errors import RunConflict
from tryon_core.storage.store import FolderStore, open_store


@pytest.fixture(params=["folder", "s3"])
def store(request, tmp_path):
    if request.param == "folder":
        return FolderStore(tmp_path / "run")
    return open_store(f"s3://{request.getfixturevalue('bucket')}/runs/one")


def test_what_was_written_is_read_and_what_was_not_is_none(store):
    assert store.create("a/b.json", b"1") and store.read("a/b.json") == b"1"
    assert store.read("a/c.json") is None and store.version("a/c.json") is None


def test_a_taken_key_is_not_written_again(store):
    store.create("a", b"first")
    assert not store.create("a", b"second") and store.read("a") == b"first"


def test_of_many_writers_one_creates(store):
    with ThreadPoolExecutor(8) as pool:
        wins = list(pool.map(lambda n: store.create("a", str(n).encode()), range(8)))
    assert sum(wins) == 1 and store.read("a") == str(wins.index(True)).encode()


def test_replacing_needs_the_version_that_was_seen(store):
    first = store.replace("a", b"1", None)
    second = store.replace("a", b"2", first)
    assert store.version("a") == second and store.read("a") == b"2"
    with pytest.raises(RunConflict, match="another process"):
        store.replace("a", b"3", first)


def test_replacing_what_should_not_be_there_yet_is_a_conflict(store):
    store.create("a", b"1")
    with pytest.raises(RunConflict, match="another process"):
        store.replace("a", b"2", None)


def test_a_second_name_shows_the_same_bytes_and_may_be_given_twice(store):
    store.create("pictures/p.png", b"pixels")
    store.link("pictures/p.png", "correct/p.png")
    store.link("pictures/p.png", "correct/p.png")
    assert store.read("correct/p.png") == b"pixels"


def test_keys_are_sorted_and_begin_with_the_prefix(store):
    for key in ("b/2", "b/1", "c/1"):
        store.create(key, b"")
    assert list(store.keys("b/")) == ["b/1", "b/2"]


def test_a_second_name_in_a_folder_costs_no_second_copy(tmp_path):
    store = FolderStore(tmp_path)
    store.create("p.png", b"pixels")
    store.link("p.png", "c/p.png")
    assert os.stat(tmp_path / "p.png").st_ino == os.stat(tmp_path / "c/p.png").st_ino


def test_half_written_files_are_no_keys(tmp_path):
    (tmp_path / ".writing-abc").write_bytes(b"half")
    assert list(FolderStore(tmp_path).keys()) == []


SMALL_DISK = ["unshare", "--map-root-user", "--mount", "sh", "-c"]


@pytest.mark.skipif(
    shutil.which("unshare") is None, reason="needs unshare (util-linux) to mount a small disk of its own"
)
@pytest.mark.parametrize(
    ("mount", "sentence"),
    [
        (
            "mount -t tmpfs -o size=64k none {0}",
            "No space left on device; free some space, then run the same command again",
        ),
        ("mount -t tmpfs -o ro none {0}", "Read-only file system; it is mounted read-only; give another output"),
    ],
)
def test_a_full_or_read_only_disk_gives_one_sentence_and_loses_nothing(tmp_path, mount, sentence):
    """A real small file system: 100 files of 8 kB do not fit into 64 kB; those that were written stay whole."""
    script = tmp_path / "write.py"
    script.write_text(
        textwrap.dedent(f"""
        from tryon_core.errors import StorageError
        from tryon_core.storage.store import FolderStore
        store = FolderStore({str(tmp_path / "disk")!r})
        try:
            for number in range(100):
                store.create(f"calls/{{number:03}}.json", bytes(8192))
        except StorageError as e:
            print(e)
        print([len(store.read(key)) for key in store.keys()])
    """)
    )
    (tmp_path / "disk").mkdir()
    command = mount.format(tmp_path / "disk") + f" && {sys.executable} {script}"
    done = subprocess.run([*SMALL_DISK, command], capture_output=True, text=True, check=True)
    said, sizes = done.stdout.splitlines()
    assert sentence in said and set(eval(sizes)) <= {8192}
