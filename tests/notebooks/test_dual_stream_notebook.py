"""Notebook 05_dual_stream: from words with toys and with Gemini's protocol, try-ons; and the flow by 10_batch."""

import json
import re

import nbformat
import pytest
from executed import NOTEBOOKS, ROOT, checked, execute, execute_here, run_cells, said, stills, without_a_still
from fake_gemini import FakeGemini

from tryon_core.errors import BadInput, UnknownName
from tryon_core.rubrics import RUBRICS
from tryon_core.runs.reading import open_run
from tryon_core.storage import s3

PEOPLE = ROOT / "data_manifests" / "people"
WISH = "A magical forest with glowing mushrooms"


@pytest.fixture(autouse=True)
def no_key(monkeypatch):
    for key in ("GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.setenv(key, "")


def test_words_alone_are_drawn_by_toys_that_say_so(tmp_path):
    pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")
    notebook = execute("05_dual_stream", tmp_path, prompt=WISH, max_iterations=2, output=str(tmp_path / "run"))
    run, words = open_run(str(tmp_path / "run")), said(notebook)
    (record,) = run.records
    assert record.line.wish == WISH and 1 <= len(record.attempts) <= 2 and not record.pictures
    assert "toy:flux1 and toy:qwen3-vl-4b stand in" in words and "generator toy:flux1-dev is a toy" in words
    assert "no control arm was run" in words and not without_a_still(notebook)
    assert run.picture(record.steps[0].picture).size == (256, 256)
    run_cells_of_report(run.store.url, tmp_path)


def run_cells_of_report(url, folder):
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(ROOT)
        run_cells("11_report", run=url, report=str(folder / "page.html"))
    assert WISH in (folder / "page.html").read_text()


def test_gemini_s_answers_choose_the_tool(tmp_path):
    """A layout that failed is drawn anew along the depth of the picture that failed."""
    pytest.importorskip("google.genai", reason="google-genai is not installed; run make setup")
    keys = RUBRICS["general"].keys
    replies = [
        json.dumps({"scores": {**dict.fromkeys(keys, 9.5), "layout": score}, "findings": []}) for score in (5, 9.5)
    ]
    with FakeGemini('{"seen": "grey"}', *replies) as server:
        models = {"judge": {"name": "gemini", "options": {"base_url": server.url}}}
        given = {"prompt": WISH, "generator": "toy:flux1", "models": models, "output": str(tmp_path / "run")}
        execute("05_dual_stream", tmp_path, **given, example=False)
    (record,) = open_run(str(tmp_path / "run")).records
    first, second = record.steps
    assert second.stage == "depth" and second.data["model"] == "toy:flux1-depth" and "control" in second.made
    assert second.data["moved"] == {"layout": 4.5} and record.outcome == "accepted" and record.chosen == 2
    assert first.scores["satisfaction"].value == 0.86  # of five: nothing is kept where there was no picture


def test_a_sample_that_is_refused_ends_no_notebook(tmp_path):
    """A control model draws no picture without a map: nothing is judged, and the page says so."""
    pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")
    given = {"prompt": WISH, "generator": "toy:flux1-canny", "output": str(tmp_path / "run"), "example": False}
    notebook = execute("05_dual_stream", tmp_path, **given)
    assert "0 of 0 first pictures satisfy" in said(notebook)
    assert open_run(str(tmp_path / "run")).records[0].outcome == "refused"


def test_a_try_on_is_mended_and_compared(tmp_path):
    given = {"sample": "p2_blossoms", "max_iterations": 2, "example": False}
    notebook = execute_here("05_dual_stream", **given, output=str(tmp_path / "run"))
    (record,) = open_run(str(tmp_path / "run")).records
    assert [step.stage for step in record.steps] == ["draw", "depth"] and record.outcome == "accepted"
    assert "p2_blossoms accepted" in checked(notebook)[0] and "depth" in checked(notebook)[1]
    assert row_of("p2_blossoms", notebook) == row_of("p2_blossoms", nbformat.read(NOTEBOOKS["05_dual_stream"], 4))
    for arm in ("no_tool", "new_noise"):
        (other,) = open_run(f"{tmp_path}/run-{arm}").records
        assert other.steps[0].picture == record.steps[0].picture and other.steps[1].stage == arm.replace(
            "no_tool", "words"
        )
    assert stills(notebook) == 3 and not without_a_still(notebook)


def row_of(sample, notebook):
    """What the first compared table says of a sample."""
    (row,) = [line.split() for line in checked(notebook)[0].splitlines() if sample in line]
    return row


def test_a_place_in_a_bucket_is_refined_headless(bucket, tmp_path):
    for sample, person, garment in (("one", "p1", "stripes"), ("two", "p2", "lab")):
        s3.put(
            bucket, f"shop/easy/female/initial_image/{sample}.webp", (PEOPLE / f"persons/{person}.webp").read_bytes()
        )
        s3.put(
            bucket, f"shop/easy/female/cloth_image/{sample}.webp", (PEOPLE / f"garments/{garment}.webp").read_bytes()
        )
    output = f"s3://{bucket}/runs/refined"
    given = {"source": f"s3://{bucket}/shop", "output": output, "seed": 3, "max_iterations": 2}
    notebook = execute_here("10_batch", **given, flow="dual_stream")
    run = open_run(output)
    assert [len(record.steps) for record in run.records] == [1, 1] and "All models are real." in said(notebook)
    assert all(record.steps[0].scores["satisfaction"].value >= 0.9 for record in run.records)
    assert run.info.models["depth"].name == "warp-geometry" and run.info.flow.shape == "tree"


@pytest.mark.parametrize(
    ("wrong", "error", "sentence"),
    [
        ({"promt": WISH}, UnknownName, "no parameter is called 'promt'. Did you mean 'prompt'"),
        ({"prompt": WISH, "generator": "flux2"}, BadInput, "no generator is called 'flux2'"),
        ({"prompt": 3}, BadInput, "parameter prompt: Input should be a valid string, got 3"),
        ({"options": '{"arm": "no_tool"}'}, BadInput, "arm is a parameter of its own"),
        ({"satisfaction_threshold": 95}, BadInput, "satisfaction_threshold: Input should be less than or equal to 1"),
    ],
)
def test_what_does_not_fit_is_refused_before_any_work(wrong, error, sentence, monkeypatch):
    monkeypatch.chdir(ROOT)
    with pytest.raises(error, match=re.escape(sentence)):
        run_cells("05_dual_stream", **wrong)
