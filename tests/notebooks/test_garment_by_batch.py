"""Notebook 10_batch runs the garment pipeline: demo samples, and cloths alone from a folder and a bucket."""

import shutil
from pathlib import Path

import pytest
from executed import ROOT, execute_here, run_cells, said

from tryon_core.runs.reading import open_run
from tryon_core.storage import s3

GARMENTS = ROOT / "data_manifests" / "people" / "garments"
CLOTHS = ("dots.webp", "stripes.webp")


@pytest.fixture(scope="module")
def dressed(tmp_path_factory):
    """A run of one demo sample, made by 10_batch in papermill's own kernel, and what the notebook printed."""
    folder = tmp_path_factory.mktemp("dressed")
    notebook = execute_here("10_batch", flow="garment", samples="demo_02_lab", output=str(folder / "run"))
    return str(folder / "run"), said(notebook)


def test_a_demo_sample_goes_through_seven_stages(dressed):
    (record,) = open_run(dressed[0]).records
    stages = ["preprocess", "segment", "refine_mask", "features", "initial", "inpaint", "enhance"]
    assert [step.stage for step in record.steps] == stages and record.outcome == "accepted"
    initial = record.steps[4]
    assert initial.scores["words_kept"].value == 1 and "teal garment" in initial.request["prompt"]
    assert "All models are real." in dressed[1]


def test_what_reads_a_run_reads_this_one(dressed, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    run_cells("11_report", run=dressed[0], report=str(tmp_path / "page.html"))
    assert "refine_mask" in (tmp_path / "page.html").read_text()
    run_cells("09_failures", run=dressed[0], other=dressed[0])
    run_cells("03_closed_loop", existing_run=dressed[0])


@pytest.fixture(params=["folder", "bucket"])
def cloths(request, tmp_path):
    if request.param == "folder":
        (tmp_path / "cloths").mkdir()
        for name in CLOTHS:
            shutil.copy(GARMENTS / name, tmp_path / "cloths" / name)
        return str(tmp_path / "cloths")
    bucket = request.getfixturevalue("bucket")
    for name in CLOTHS:
        s3.put(bucket, f"shop/{name}", Path(GARMENTS / name).read_bytes())
    s3.put(bucket, "shop/prices.csv", b"1")
    return f"s3://{bucket}/shop"


def test_cloths_alone_are_cut_out_and_described(cloths, tmp_path):
    notebook = execute_here("10_batch", flow="garment", source=cloths, output=str(tmp_path / "run"))
    run = open_run(str(tmp_path / "run"))
    assert [(record.sample_id, record.outcome) for record in run.records] == [
        ("dots", "finished"),
        ("stripes", "finished"),
    ]
    assert [record.steps[3].data["pattern"] for record in run.records] == ["dots", "stripes"]
    assert all("name one, person=" in record.steps[4].why for record in run.records)
    assert ("prices.csv" in said(notebook)) == cloths.startswith("s3://")
