"""Notebook 06_search: a picture with a garment, a data set with a bad line, an edit whose weights are missing."""

import json
import shutil

import pytest
from executed import ROOT, checked, execute_here, run_cells, said, stills, without_a_still

from tryon_core.errors import UnknownName
from tryon_core.runs.reading import open_run

PEOPLE = ROOT / "data_manifests" / "people"
SMALL = {"wide": 1, "parents": 1, "children": 1}  # two pictures each


def test_a_person_is_dressed_by_both_strategies(tmp_path):
    given = {"image": str(PEOPLE / "persons/q3.webp"), "garment": str(PEOPLE / "garments/r_text.webp")}
    notebook = execute_here("06_search", **given, **SMALL, output=str(tmp_path / "out"))
    document = json.loads((tmp_path / "out/comparison_results.json").read_text())
    assert document["eacps"]["model"] == "warp" and len(document["ttflux"]["all_candidates"]) == 2
    compared = document["comparison"]
    assert (
        compared["words_read"]["winner"] in ("tie", "eacps", "ttflux") and compared["garment_colour"]["winner"] is None
    )
    assert "1 sample shows no win rate at all" in said(notebook) and "truth" not in checked(notebook)[1]
    assert stills(notebook) == 7 and not without_a_still(notebook)


def test_a_data_set_with_a_bad_line_is_compared(tmp_path):
    for place in ("persons/q2.webp", "garments/r_floral.webp"):
        shutil.copy(PEOPLE / place, tmp_path)
    good = {"sample_id": "one", "person": "q2.webp", "garment": "r_floral.webp"}
    (tmp_path / "edits.jsonl").write_text(json.dumps(good) + '\n{"id": 2, "image": "q2.webp"}\n')
    given = {"dataset": str(tmp_path / "edits.jsonl"), "output": str(tmp_path / "out")}
    notebook = execute_here("06_search", **given, **SMALL)
    results = json.loads((tmp_path / "out/batch_results.json").read_text())
    assert [(row["id"], row["status"]) for row in results] == [("one", "ok"), ("line 2", "failed")]
    assert "line 2 failed: " in said(notebook) and "the wish as 'prompt'" in said(notebook)
    assert len((tmp_path / "out/all_candidates.jsonl").read_text().splitlines()) == 4


def test_an_edit_without_weights_says_so_and_shows_a_demo_pair(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "none"))
    given = {"image": "bear.png", "prompt": "make the bear wear a hat", "output": str(tmp_path / "out")}
    notebook = execute_here("06_search", **given, **SMALL)
    assert "This machine lacks the weights of qwen-image-edit" in said(notebook)
    assert "bear.png is not edited: a demo person and garment are shown, drawn by warp" in said(notebook)
    (record,) = open_run(str(tmp_path / "out/eacps")).records
    assert record.sample_id == "q2" and record.outcome == "finished"


def test_what_does_not_fit_is_refused_before_any_work(monkeypatch):
    monkeypatch.chdir(ROOT)
    with pytest.raises(UnknownName, match="no parameter is called 'promt'. Did you mean 'prompt'"):
        run_cells("06_search", promt="a hat")
