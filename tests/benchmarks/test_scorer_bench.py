import pytest
import scorer_bench as bench
from demo_pictures import PEOPLE

from tryon_core.errors import BadInput
from tryon_core.sources import open_source

MANIFEST = PEOPLE.parent / "demo.jsonl"


def rows(one, other):
    return [{"one": a, "other": b} for a, b in zip(one, other, strict=True)]


def test_ranks_are_compared_within_a_sample():
    rising, falling = rows([1, 2, 3], [10, 20, 90]), rows([101, 102, 103], [5, 4, 3])
    assert list(bench.correlations([rising, falling], "one", "other")) == pytest.approx([1, -1])


def test_a_constant_or_missing_score_is_left_out():
    samples = [rows([1, 1, 1], [1, 2, 3]), rows([1, 2, None], [1, 2, 3]), rows([1, 2, 3], [1, 2, 3])]
    assert len(bench.correlations(samples, "one", "other")) == 1


def test_what_is_gained_lies_between_the_average_and_the_best():
    best, worst = rows([1, 2, 3], [0, 3, 9]), rows([3, 2, 1], [0, 3, 9])
    assert bench.gained([best], "one", "other") == pytest.approx(1)
    assert bench.gained([worst], "one", "other") == pytest.approx((0 - 4) / (9 - 4))


def test_a_sum_leaves_out_what_one_candidate_lacks():
    full, lacking = rows([2.0, 3.0], [-1.0, -4.0]), rows([2.0, 3.0], [None, -4.0])
    assert bench.summed(full, {"one": 3.0, "other": -5.0}) == pytest.approx([1, -11])
    assert bench.summed(lacking, {"one": 3.0, "other": -5.0}) == pytest.approx([6, 9])
    assert bench.summed(lacking, {"other": -5.0}) == [None, None]


def test_a_sample_is_drawn_scored_and_tabled():
    line = open_source(MANIFEST).listing().lines[1]
    drawn = bench.candidates(MANIFEST, line, seeds=3)
    assert len(drawn) == 3 and drawn[0]["truth_colour"] < 0 < drawn[0]["truth_ssim"]
    table = bench.in_words([drawn])
    assert "1 samples, 3 pictures" in table and f"| {bench.SUM} |" in table and "| kept_psnr |" in table


def test_an_unknown_split_is_refused():
    with pytest.raises(BadInput, match="no sample of split 'testing'"):
        bench.main(["--split", "testing"])
