"""EACPS against TTFLUX in the reference's files: one picture, a data set, what is wrong in it, and going on."""

import json

import pytest
from doubles import cloth, picture
from search_edits import Counting, edits, given, rows

from tryon_core.errors import BadInput, MissingWeights, UnknownName
from tryon_core.recipes import batch_compare, compare_search
from tryon_core.runs.reading import open_run
from tryon_core.storage import s3


def test_one_picture_is_compared_at_one_budget(tmp_path):
    cloth().save(tmp_path / "bear.png")
    walker = Counting()
    done = compare_search(tmp_path / "bear.png", "Climb.", output=tmp_path / "out", **given(walker))
    document = json.loads((tmp_path / "out/comparison_results.json").read_text())
    assert document == json.loads(json.dumps(done.results)) and document["prompt"] == "Climb."
    sides = [document[name]["all_candidates"] for name in ("eacps", "ttflux")]
    assert [len(side) for side in sides] == [4, 4] and [side[0]["seed"] for side in sides] == [0, 0]
    assert len(walker.drawn) == 6  # the first two are shared
    assert [row["phase"] for row in sides[0]] == ["stage1", "stage1", "stage2", "stage2"]
    assert set(done.pictures) == {"eacps", "ttflux"} and done.pictures["eacps"].size == (66, 88)


def test_the_winner_is_by_the_metric_s_own_direction(tmp_path):
    cloth().save(tmp_path / "bear.png")
    done = compare_search(tmp_path / "bear.png", "Climb.", output=tmp_path / "out", seed=1, **given())
    compared = done.results["comparison"]
    green, red = compared["green"], compared["red"]
    assert green["delta"] == green["eacps"] - green["ttflux"] and red["better"] == "lower"
    assert green["winner"] == ("eacps" if green["delta"] > 0 else "ttflux") and green["delta"] == red["delta"] != 0
    assert {green["winner"], red["winner"]} == {"eacps", "ttflux"}
    assert compared["smell"]["winner"] is None and compared["smell"]["why"] == "a picture does not smell"
    assert compared["height"]["winner"] is None and compared["height"]["why"] == "it selected, so it cannot report"


def test_candidates_have_the_reference_s_fields(tmp_path):
    cloth().save(tmp_path / "bear.png")
    done = compare_search(tmp_path / "bear.png", "Climb.", output=tmp_path / "out", **given())
    of_both = rows(tmp_path / "out")
    assert [row["strategy"] for row in of_both] == ["eacps"] * 4 + ["ttflux"] * 4
    child = of_both[2]
    assert child["parent_seed"] in {row["seed"] for row in of_both[:2]} and "parent_seed" not in of_both[0]
    assert {"id", "prompt", "model_id", "num_inference_steps", "true_cfg_scale"} <= set(child)
    assert child["clip_prompt_following"] is None and child["lpips"] is None and child["potential"] == child["height"]
    assert all((tmp_path / "out" / row["image_path"]).exists() for row in of_both)
    (winner,) = [row for row in of_both[4:] if "total_candidates" in row]
    index = done.results["ttflux"]["best_candidate_idx"]
    assert winner == of_both[4:][index] and winner["total_candidates"] == 4


def test_a_bad_line_loses_no_other(tmp_path):
    path = edits(
        tmp_path, "a", "b", bad=['{"id": "c", "image": "c.png"}', '{"id": "a", "image": "a.png", "prompt": "x"}']
    )
    (tmp_path / "b.png").unlink()
    results = batch_compare(path, tmp_path / "out", **given())
    assert [result["status"] for result in results] == ["ok", "failed", "failed", "failed"]
    assert results == json.loads((tmp_path / "out/batch_results.json").read_text())
    assert "b.png" in results[1]["error"] and results[2]["id"] == "line 3" and "'prompt'" in results[2]["error"]
    assert "'a' is already line 1's" in results[3]["error"]
    assert (tmp_path / "out/a/comparison_results.json").exists() and not (tmp_path / "out/b").exists()
    assert {row["id"] for row in rows(tmp_path / "out")} == {"a"}


def test_a_whole_comparison_draws_nothing_again(tmp_path):
    path, walker, again = edits(tmp_path, "a", "b"), Counting(), Counting()
    results = batch_compare(path, tmp_path / "out", **given(walker))
    assert batch_compare(path, tmp_path / "out", **given(again)) == results
    assert len(walker.drawn) == 12 and not again.drawn and [each["status"] for each in results] == ["ok", "ok"]


def test_more_lines_take_over_what_was_drawn(tmp_path):
    batch_compare(edits(tmp_path, "a"), tmp_path / "few", **given())
    more, walker = edits(tmp_path, "a", "b"), Counting()
    with pytest.raises(BadInput, match="was begun with other samples; give another output, and reuse="):
        batch_compare(more, tmp_path / "few", **given())
    batch_compare(more, tmp_path / "out", reuse=str(tmp_path / "few"), **given(walker))
    assert {request.images[0].getpixel((0, 0))[0] for request in walker.drawn} == {0x41}


def test_words_and_names_come_out_as_they_went_in(tmp_path):
    prompt = 'a "hat"\n<b>& a ✂'
    batch_compare(edits(tmp_path, "bear", prompt=prompt), tmp_path / "out", **given())
    assert {row["prompt"] for row in rows(tmp_path / "out")} == {prompt}
    document = json.loads((tmp_path / "out/bear/comparison_results.json").read_text())
    assert document["input_image"] == "bear.png" and str(tmp_path) not in json.dumps(document)


def test_further_strategies_are_at_the_same_budget(tmp_path):
    names = ("eacps", "ttflux", "reseed", "zero_order", "best_of_n")
    batch_compare(edits(tmp_path, "a"), tmp_path / "out", strategies=names, **given())
    runs = [open_run(f"{tmp_path}/out/{name}") for name in names]
    assert [len(run.records[0].steps) for run in runs] == [4] * 5
    assert [run.info.parameters["options"]["strategy"] for run in runs][2:] == ["eacps", "zero_order", "best_of_n"]
    assert {row["strategy"] for row in rows(tmp_path / "out")} == set(names)


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"strategies": ("eacps",)}, BadInput, "strategies do not name ttflux"),
        ({"strategies": ("eacps", "ttflux", "zero_ordr")}, UnknownName, "Did you mean 'zero_order'"),
        ({"options": {"wide": 3}}, BadInput, "wide follows from the strategy"),
        ({"options": {"potental": "edit"}}, BadInput, "Did you mean 'potential'"),
        ({"devices": ("cpu", "cpu")}, BadInput, "generator cannot be given to another process"),
        ({"seed": -1}, BadInput, "seed is a whole number"),
        ({"wide": 1, "parents": 2}, BadInput, "2 of 1 is too many"),
    ],
)
def test_what_does_not_fit_is_refused_before_any_work(tmp_path, wrong, error, words):
    walker = Counting()
    with pytest.raises(error, match=words):
        batch_compare(edits(tmp_path, "a", "b"), tmp_path / "out", **{**given(walker), **wrong})
    assert not walker.drawn


def test_a_sample_is_not_called_like_a_strategy_s_folder(tmp_path):
    with pytest.raises(BadInput, match="'eacps' is called like the folder of a strategy; rename it"):
        batch_compare(edits(tmp_path, "eacps"), tmp_path / "out", **given())


def test_an_edit_needs_words_a_file_and_weights(tmp_path, monkeypatch):
    cloth().save(tmp_path / "bear.png")
    with pytest.raises(BadInput, match="an edit needs a prompt"):
        compare_search(tmp_path / "bear.png")
    with pytest.raises(BadInput, match="the init is a file's path"):
        compare_search(picture(), "Climb.")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(MissingWeights, match="qwen-image-edit"):
        compare_search(tmp_path / "bear.png", "Climb.", output=tmp_path / "out")
    assert not list((tmp_path / "out").rglob("*.png"))


def test_a_comparison_is_written_into_a_bucket(tmp_path, bucket):
    output = f"s3://{bucket}/experiments/results"
    results = batch_compare(edits(tmp_path, "a"), output, **given())
    kept = json.loads(s3.get(bucket, "experiments/results/batch_results.json")[0])
    assert kept == results and kept[0]["output_dir"] == f"{output}/a" and kept[0]["status"] == "ok"
    document = json.loads(s3.get(bucket, "experiments/results/a/comparison_results.json")[0])
    place = document["eacps"]["image_path"]
    assert s3.get(bucket, f"experiments/results/{place}")[0].startswith(b"\x89PNG") and bucket not in json.dumps(
        document
    )
