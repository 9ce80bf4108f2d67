"""SIGTERM to papermill reaches the batch in its kernel."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from tryon_core.runs.kept.documents import read_records
from tryon_core.storage.store import FolderStore

ROOT = Path(__file__).parent.parent.parent


def wait_for(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.1)


def test_sigterm_to_papermill_finishes_the_calls_in_flight_and_running_again_goes_on(tmp_path):
    run, out = tmp_path / "run", tmp_path / "out.ipynb"
    command = [sys.executable, "-m", "papermill", "--engine", "tryon", "notebooks/10_batch.ipynb", str(out)]
    command += ["--no-progress-bar", "-p", "output", str(run), "-y", "{limit: 2, run: {workers: 1}}"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        wait_for(lambda: any((run / "records").glob("*.json")))
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=120)[1]
    assert process.returncode == 1 and "run the same command again to go on" in said and out.exists()
    finished = set((run / "calls").iterdir())
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0
    assert finished < set((run / "calls").iterdir())
    assert all(record.outcome != "running" for record in read_records(FolderStore(run)))
