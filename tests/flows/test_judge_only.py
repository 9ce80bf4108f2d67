"""Pictures that were made elsewhere: judged without a generator."""

import json

import pytest
from doubles import Scripted, picture, scores

from tryon_core.errors import UnknownName
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters


def judged(tmp_path, judge, results, **given):
    for name in ("person", "garment", "red", "blue"):
        picture(name if name in ("red", "blue") else "grey").save(tmp_path / f"{name}.png")
    line = {"sample_id": "s", "person": "person.png", "garment": "garment.png", "pictures": {"result": results}}
    (tmp_path / "m.jsonl").write_text(json.dumps(line))
    asked = BatchParameters.checked(
        source=str(tmp_path / "m.jsonl"), output=str(tmp_path / "run"), flow="judge_only", **given
    )
    return run_batch(asked, judge=judge, progress=False).records[0]


def test_each_result_is_an_attempt(tmp_path):
    record = judged(tmp_path, Scripted(scores(realism=5), scores()), ["red.png", "blue.png"])
    assert [attempt.decision for attempt in record.attempts] == ["retry", "accept"]
    assert record.chosen == 2 and record.outcome == "accepted" and set(record.spent) == {"judge"}
    assert (tmp_path / "run/correct_try_on/s_tryon_iter2.png").exists()
    assert (tmp_path / "run/incorrect_try_on_1/s_tryon_iter1.png").exists()


def test_the_best_result_is_kept(tmp_path):
    record = judged(tmp_path, Scripted(scores(realism=7), scores(identity=5)), ["red.png", "blue.png"])
    assert record.chosen == 1 and record.outcome == "not_accepted"


def test_a_judge_sees_one_result_only(tmp_path):
    judge = Scripted(scores())
    judged(tmp_path, judge, ["red.png", "blue.png"])
    assert [sorted(sample.images) for sample, _ in judge.seen] == [["garment", "person"]] * 2
    assert judge.seen[0][1].tobytes() == picture("red").tobytes()


def test_a_generator_has_no_place_there(tmp_path):
    with pytest.raises(UnknownName, match="no model argument of flow judge_only is called 'generator'"):
        judged(tmp_path, Scripted(scores()), "red.png", generator="warp")
