"""Notebooks 10_batch, 09_failures and 11_report over flows of four shapes, with and without a judge."""

import os
import subprocess
import sys

import four_flows
import pytest
from executed import ROOT, run_cells

from tryon_core.runs.reading import open_run

OUTCOMES = {
    "test_search": (["finished"] * 2, 8),
    "test_pipeline": (["finished"] * 2, 4),
    "test_words": (["finished"] * 2, 2),
    "test_edit": (["not_accepted"] * 2, 3),
}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    return four_flows.shelf(tmp_path_factory.mktemp("shelf"))


@pytest.fixture(scope="module")
def made(shelf, tmp_path_factory):
    """Flow -> its run, each made by the cells of 10_batch."""
    places = {flow: str(tmp_path_factory.mktemp(flow) / "run") for flow in OUTCOMES}
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(ROOT)
        for flow, place in places.items():
            run_cells("10_batch", source=str(shelf / f"{flow}.jsonl"), flow=flow, output=place)
    return places


@pytest.mark.parametrize("flow", OUTCOMES)
def test_each_flow_runs_by_name(made, flow):
    run = open_run(made[flow])
    outcomes, steps = OUTCOMES[flow]
    assert run.info.flow.name == flow
    assert [record.outcome for record in run.records] == outcomes
    assert [len(record.steps) for record in run.records] == [steps] * 2


@pytest.mark.parametrize("flow", OUTCOMES)
def test_each_run_gets_its_report(made, flow, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    run_cells("11_report", run=made[flow], report=str(tmp_path / "page.html"))
    page = (tmp_path / "page.html").read_text()
    assert all(record.sample_id in page for record in open_run(made[flow]).records)


@pytest.mark.parametrize("flow", OUTCOMES)
def test_failures_open_whatever_the_flow(made, flow, monkeypatch):
    monkeypatch.chdir(ROOT)
    run_cells("09_failures", run=made[flow], other=made[flow])


@pytest.mark.parametrize("flow", OUTCOMES)
def test_samples_are_stepped_whatever_the_flow(made, flow, monkeypatch):
    monkeypatch.chdir(ROOT)
    run_cells("03_closed_loop", existing_run=made[flow])


def test_a_plugin_s_flow_runs_headless(shelf, tmp_path):
    """In papermill's own kernel, which knows the flow only by TRYON_PLUGINS; settings come as JSON text."""
    ours = [ROOT, ROOT / "tests/support", ROOT / "tests/support/flowing"]
    path = os.pathsep.join([*map(str, ours), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-m", "papermill", "notebooks/10_batch.ipynb", str(tmp_path / "out.ipynb")]
    given = {"source": shelf / "test_search.jsonl", "flow": "test_search", "output": tmp_path / "run", "samples": "w1"}
    given |= {"options": '{"wide": 2, "parents": 1}', "run": '{"workers": 1}'}
    command += ["--no-progress-bar", *(str(part) for pair in given.items() for part in ("-p", *pair))]
    environment = {**os.environ, "PYTHONPATH": path, "TRYON_PLUGINS": "four_flows"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (record,) = open_run(str(tmp_path / "run")).records
    assert record.sample_id == "w1" and [step.stage for step in record.steps] == ["global"] * 2 + ["near"] * 2


def test_a_task_is_painted_by_its_id(tmp_path, monkeypatch):
    """The id as -p gives it, a number; the settings as JSON text."""
    monkeypatch.chdir(ROOT)
    given = {"flow": "inpaint", "source": "data_manifests/characters.json", "task_ids": 71651078}
    options = '{"wide": 1, "parents": 1, "children": 1, "start": "swap"}'
    run_cells("10_batch", **given, options=options, output=str(tmp_path / "run"))
    run = open_run(str(tmp_path / "run"))
    (record,) = run.records
    assert record.sample_id == "71651078" and record.outcome == "finished" and not run.caution
    assert [step.stage for step in record.steps] == ["swap", "global", "raw", "near"]
    terms = record.steps[record.chosen - 1].data["terms"]
    assert all(0 < terms[term] <= 10 for term in ("consistency", "quality", "identity"))
