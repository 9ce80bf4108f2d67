"""One run shared out over several processes."""

import contextlib
import subprocess
import sys

import pytest
from doubles import Lottery, Painter

from tryon_core.errors import BadInput, RunConflict
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.reading import open_run
from tryon_core.storage.store import FolderStore

PART = """
import sys
sys.path.insert(0, {tests!r})
from doubles import Lottery, Painter
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
asked = BatchParameters(source={source!r}, output={output!r}, shard_index=int(sys.argv[1]), num_shards=3)
run_batch(asked, generator=Painter(), judge=Lottery(), progress=False)
"""


def part(manifest, output, index, of):
    asked = BatchParameters(source=str(manifest), output=str(output), shard_index=index, num_shards=of)
    return run_batch(asked, generator=Painter(), judge=Lottery(), progress=False)


def test_every_sample_is_in_one_shard(manifest, tmp_path):
    whole = part(manifest, tmp_path / "whole", 0, 1)
    shards = [part(manifest, tmp_path / "run", index, 2) for index in (1, 0)]
    ids = [record.sample_id for shard in shards for record in shard.records]
    assert sorted(ids) == sorted(record.sample_id for record in whole.records) and all(s.records for s in shards)


def test_the_shard_that_ends_last_writes_the_table_of_all(manifest, tmp_path):
    part(manifest, tmp_path / "run", 0, 2)
    assert not (tmp_path / "run" / "attempts.parquet").exists()
    part(manifest, tmp_path / "run", 1, 2)
    whole = part(manifest, tmp_path / "whole", 0, 1)
    assert whole.records == tuple(open_run(str(tmp_path / "run")).records)
    assert (tmp_path / "run" / "attempts.parquet").exists()


def test_processes_at_the_same_time_make_one_run(manifest, tmp_path, request):
    told = {"tests": str(request.path.parents[2] / "support"), "source": str(manifest), "output": str(tmp_path / "run")}
    running = [subprocess.Popen([sys.executable, "-c", PART.format(**told), str(index)]) for index in range(3)]
    assert [one.wait(120) for one in running] == [0, 0, 0]
    assert tuple(open_run(told["output"]).records) == part(manifest, tmp_path / "whole", 0, 1).records


def test_a_shard_that_does_not_exist_is_refused():
    with pytest.raises(BadInput, match="shard_index counts from 0 to num_shards - 1 = 7"):
        BatchParameters.checked(shard_index=8, num_shards=8)


@pytest.mark.parametrize(("of", "told"), [(2, ()), (1, (RunConflict,))])
def test_two_shards_that_end_at_once_write_one_table(manifest, tmp_path, of, told):
    class Overtaken(FolderStore):
        def version(self, key):
            seen = super().version(key)
            if key == "attempts.parquet":
                (self.folder / key).write_bytes(b"the other's")
            return seen

    asked = BatchParameters(source=str(manifest), shard_index=of - 1, num_shards=of)
    models = {"generator": Painter(), "judge": Lottery(), "progress": False}
    if of == 2:
        run_batch(asked.model_copy(update={"shard_index": 0}), store=FolderStore(tmp_path), **models)
    with pytest.raises(told) if told else contextlib.nullcontext():
        run_batch(asked, store=Overtaken(tmp_path), **models)
