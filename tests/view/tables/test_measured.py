"""The checks of an edit in words, in a table, in the report and in the stepper; numbers and data of any step."""

import pandas as pd
import pytest
from hand_made import Bench, scores

from tryon_core.records import Measurement
from tryon_core.runs.kept.keys import record_key
from tryon_core.runs.kept.rows import step_rows, to_parquet
from tryon_core.view.report.page import report_html
from tryon_core.view.tables import frames
from tryon_core.view.tables.frames import open_run
from tryon_core.view.tables.measured import against_bar, data_rows, edit_words, misses, score_words


def signed(value, unit, bar, still=0.0):
    above = value >= still
    return Measurement(
        value=value, unit=unit, bar=still + bar if above else still - bar, better="lower" if above else "higher"
    )


def checks(*, right=0.0, down=0.0, scale=1.0, turn=0.0, drift=0.2, b=0.0):
    return {
        "frame_shift": Measurement(value=(right**2 + down**2) ** 0.5, unit="px", bar=0.5),
        "frame_shift_x": signed(right, "px to the right", 0.5),
        "frame_shift_y": signed(down, "px down", 0.5),
        "frame_scale": signed(scale, "of the photograph's size", 0.001, still=1.0),
        "frame_turn": signed(turn, "degrees clockwise", 0.06),
        "colour_drift": Measurement(value=drift, unit="CIEDE2000", bar=1.0),
        **{f"colour_drift_{axis}": signed(by, f"{axis}*", 1.0) for axis, by in {"L": 0.3, "a": -0.2, "b": b}.items()},
        "edited_share": Measurement(value=0.341, unit="of the picture, found", bar=1.0),
    }


NO_POINTS = "of 0 points found again 0 agree where the photograph lies; it takes 9"
UNTOLD = dict.fromkeys(("frame_shift", "frame_scale", "colour_drift", "edited_share"), NO_POINTS)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({}, "lies as photographed, to 0.5 px; colours outside the edit kept (0.2 CIEDE2000)"),
        ({"right": 3.1, "scale": 1.012}, "moved 3.1 px right, drawn 1.2 % larger; colours outside the edit kept"),
        ({"right": -4, "down": 12, "turn": -0.5}, "moved 4.0 px left and 12.0 px down, turned 0.5° anticlockwise;"),
        ({"scale": 0.97, "drift": 2.4, "b": 2.2}, "drawn 3.0 % smaller; colours outside the edit drifted by 2.4 CIEDE"),
        ({"drift": 2.4, "b": 2.2}, "drifted by 2.4 CIEDE2000 (yellower); edit: 34 % of the picture, found"),
    ],
)
def test_only_what_misses_its_bar_is_told_as_a_change(found, said):
    assert said in edit_words(checks(**found))


def test_one_reason_is_told_once():
    told = edit_words({**UNTOLD, "put_back": NO_POINTS})
    assert told == f"not compared with the photograph: {NO_POINTS}; left as drawn"


def test_what_was_put_back_is_told_in_percent():
    back = Measurement(value=0.66, unit="of the picture", bar=0.0, better="higher")
    assert edit_words({**checks(), "put_back": back}).endswith("66 % put back as photographed")


def test_numbers_without_a_bar_miss_none():
    number = Measurement(value=0.612, unit="share")
    assert not misses(number) and against_bar(number) == "61.2 %"
    assert score_words({"clip_text": number, "faces": "no face", **checks()}) == (
        "clip text 61.2 %",
        "faces: no face",
    )


def test_data_reads_as_text_by_name():
    data = {"main_colour": "navy", "colours": ["navy", 2.0], "ok": True, "none": None, "box": {"left": 0.1}}
    assert data_rows(data) == (
        ("main colour", "navy"),
        ("colours", "navy, 2"),
        ("ok", "yes"),
        ("none", "none"),
        ("box", '{"left":0.1}'),
    )


def test_without_checks_nothing_is_told():
    assert edit_words({}) == ""


def one_checked(where, found):
    """A run of one sample with two attempts, the second of them with these checks."""
    bench = Bench(where)
    record = bench.sample("one", "not_accepted", scores(realism=6), scores(realism=7))
    first, second = record.steps
    again = record.model_copy(update={"steps": (first, second.model_copy(update={"scores": found}))})
    key = record_key("one")
    bench.store.replace(key, again.model_dump_json().encode(), bench.store.version(key))
    bench.records[:] = [again]
    return bench


def test_a_table_has_a_column_for_each_check_that_was_measured(tmp_path):
    run = open_run(one_checked(tmp_path, {**checks(right=3.1), "put_back": "no reason"}).finish())
    table = frames.attempts(run)
    assert (
        table["measured.frame_shift_x"].isna().tolist() == [True, False] and table["measured.frame_shift_x"][1] == 3.1
    )
    assert "measured.put_back" not in table


def test_a_compacted_table_keeps_checks_that_its_first_row_lacks(tmp_path):
    bench = one_checked(tmp_path, checks(right=3.1))
    bench.store.create("attempts.parquet", to_parquet(step_rows(bench.records, bench.rubric)))
    bare = open_run(one_checked(tmp_path / "bare", checks(right=3.1)).finish())
    pd.testing.assert_frame_equal(frames.attempts(open_run(bench.finish())), frames.attempts(bare))


def test_the_report_says_the_checks_of_an_attempt(tmp_path):
    run = open_run(one_checked(tmp_path, checks(right=3.1)).finish())
    assert report_html(run).count("As drawn: moved 3.1 px right") == 1


def test_the_stepper_says_the_checks_of_an_attempt(tmp_path):
    from looking import text

    from tryon_core.view.widgets.stepping.stepper import IterationStepper

    stepper = IterationStepper(open_run(one_checked(tmp_path, checks(right=3.1)).finish()))
    assert "moved 3.1 px right" not in text(stepper, "told")
    stepper.attempt = 2
    assert "as drawn: moved 3.1 px right" in text(stepper, "told")
