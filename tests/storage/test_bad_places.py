"""Outputs that cannot be written: one sentence, and nothing finished is lost. The small disks are real file systems."""

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import doubles
import pytest
from doubles import run

from tryon_core.errors import StorageError

needs_unshare = pytest.mark.skipif(
    shutil.which("unshare") is None, reason="needs unshare to mount a small disk of its own"
)
RUN = textwrap.dedent("""
    import sys
    from doubles import Lottery, Painter
    from tryon_core.runs.batch import run_batch
    from tryon_core.errors import StorageError
    from tryon_core.runs.parameters import BatchParameters
    from tryon_core.storage.store import FolderStore

    try:
        run_batch(BatchParameters(source=sys.argv[1], output=sys.argv[2], run={"workers": 1}), generator=Painter(),
                  judge=Lottery(), progress=False)
    except StorageError as e:
        print(e)
    store = FolderStore(__import__("pathlib").Path(sys.argv[2]))
    print(*(f"{key}={len(store.read(key))}" for key in store.keys("calls/")))
""")


def in_its_own_mounts(tmp_path, manifest, *commands):
    """Run shell commands that may mount; `RUN` stands for the batch into {disk}."""
    (tmp_path / "run.py").write_text(RUN)
    (tmp_path / "disk").mkdir()
    batch = f"{sys.executable} {tmp_path}/run.py {manifest} {tmp_path}/disk"
    told = " && ".join(commands).format(disk=tmp_path / "disk").replace("RUN", batch)
    package = Path(__file__).parents[2]  # of this very checkout
    environment = {**os.environ, "PYTHONPATH": f"{Path(doubles.__file__).parent}{os.pathsep}{package}"}
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", told]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.splitlines()


@needs_unshare
def test_a_disk_that_fills_up_ends_the_run_and_a_larger_one_goes_on(tmp_path, manifest):
    small, large = "mount -t tmpfs -o size=100k none {disk}", "mount -o remount,size=20m {disk}"
    said, kept, after = in_its_own_mounts(tmp_path, manifest, small, "RUN", large, "RUN")
    assert said.endswith("free some space, then run the same command again; everything finished is kept")
    assert 0 < len(kept.split()) < len(after.split()) and set(kept.split()) <= set(after.split())


@needs_unshare
def test_a_read_only_output_is_refused_before_any_work(tmp_path, manifest):
    said, kept = in_its_own_mounts(tmp_path, manifest, "mount -t tmpfs -o ro none {disk}", "RUN")
    assert said.endswith("it is mounted read-only; give another output") and kept == ""


def test_a_file_in_the_place_of_the_output_is_named(tmp_path, manifest):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(StorageError, match="cannot write to .*taken: .*; see that the place exists"):
        run(manifest, tmp_path / "taken")


def test_a_missing_output_bucket_is_named_before_any_work(bucket, manifest):
    with pytest.raises(StorageError, match="no-such-bucket-here"):
        run(manifest, "s3://no-such-bucket-here/run")
