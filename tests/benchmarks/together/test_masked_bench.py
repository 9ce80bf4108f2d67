import masked_bench as bench
import pytest
from doubles import Draws

from tryon_core.errors import BadInput


def test_candidates_are_timed_together_and_singly(capsys):
    bench.main(["--models", "flux1-fill", "--candidates", "2", "--rounds", "1"])
    (row,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("| flux1-fill"))
    together_ms, singly_ms, ratio = (float(cell) for cell in row.split("|")[2:5])
    assert together_ms > 1 and ratio == pytest.approx(singly_ms / together_ms, rel=0.05)


def test_a_task_shows_as_many_pictures_as_are_looked_at():
    assert [len(bench.task(Draws(**has), seed=0).images) for has in ({}, {"masked_images": 1})] == [2, 1]


def test_no_candidates_are_refused():
    with pytest.raises(BadInput, match="are 1 or more; got 0 candidates, 3 rounds"):
        bench.main(["--candidates", "0"])
