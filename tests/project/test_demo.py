"""The main job end to end, as `make demo` runs it: S3, papermill, the report."""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tryon_core.runs.kept.documents import read_records
from tryon_core.runs.kept.info import read_info
from tryon_core.runs.sample_run import FINAL
from tryon_core.storage.store import FolderStore

ROOT = Path(__file__).parents[2]
SECRET = "do-not-write-me-anywhere"


def demo(folder):
    """Behind a proxy that is not there: nothing on this machine is asked through one."""
    proxies = {name: "http://127.0.0.1:9" for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")}
    proxies |= {name.lower(): address for name, address in proxies.items()} | {"NO_PROXY": "", "no_proxy": ""}
    environment = {**os.environ, **proxies, "AWS_SECRET_ACCESS_KEY": SECRET}
    command = [sys.executable, "-m", "tryon_core.recipes.demo", str(folder)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "run"
    ended = demo(folder)
    assert ended.returncode == 0, ended.stderr[-3000:]
    return folder, ended


def test_eight_samples_come_from_the_bucket_to_an_outcome(done):
    folder, ended = done
    records = read_records(FolderStore(folder))
    assert len(records) == 8 and all(record.outcome in FINAL for record in records)
    assert read_info(FolderStore(folder)).parameters["source"] == "s3://tryon-demo/samples"


def test_it_prints_where_to_look_what_passed_when_and_the_seconds(done):
    folder, ended = done
    assert re.search(r"^8 samples in \d+ s$", ended.stdout, re.M)
    assert f"{folder}/run-report.html" in ended.stdout and (folder / "run-report.html").exists()
    counted = sum(int(number) for number in re.findall(r"^  (\d+) ", ended.stdout, re.M))
    assert counted == 8


def test_some_sample_was_repaired_by_the_loop_and_one_was_refused_by_name(done):
    records = read_records(FolderStore(done[0]))
    assert any(record.outcome == "accepted" and len(record.attempts) > 1 for record in records)
    assert any(record.reason.startswith("white_on_white: ") for record in records)


def test_the_report_is_one_file_that_asks_for_nothing_and_says_what_drew(done):
    page = (done[0] / "run-report.html").read_text()
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", page) and "<script" not in page
    assert "No picture here was drawn by a large model" in page


def test_the_executed_notebooks_are_small_and_hold_no_error(done):
    for name in ("10_batch", "11_report"):
        path = done[0] / f"{name}.ipynb"
        outputs = [output for cell in nbformat.read(path, 4).cells for output in cell.get("outputs", [])]
        assert not [output for output in outputs if output.output_type == "error"]
    assert (done[0] / "10_batch.ipynb").stat().st_size < 200_000


def test_no_secret_is_written_or_said(done):
    folder, ended = done
    assert SECRET not in ended.stdout + ended.stderr
    assert not [path for path in folder.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("four years")
    ended = demo(tmp_path)
    assert ended.returncode == 1 and "holds something else than a demo run" in ended.stderr
    assert (tmp_path / "thesis.txt").read_text() == "four years"
