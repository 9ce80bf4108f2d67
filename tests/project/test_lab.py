"""`make lab` starts JupyterLab on the whole project, from anywhere, as root too."""

import json
import os
import shlex
import subprocess
import urllib.request
from pathlib import Path

from browser.servers import STARTED_S, _wait_for, free_port

ROOT = Path(__file__).parents[2]


def lab_command(elsewhere):
    """What `make lab` would run, called in another folder."""
    planned = subprocess.run(
        ["make", "-n", "-C", str(ROOT), "lab"], cwd=elsewhere, capture_output=True, text=True, check=True
    )
    lines = planned.stdout.replace("\\\n", " ").splitlines()
    return next(shlex.split(line) for line in lines if "jupyter lab" in line)


def test_make_lab_shows_the_notebooks_and_the_runs(tmp_path):
    (ROOT / "runs").mkdir(exist_ok=True)
    port, log = free_port(), tmp_path / "lab.log"
    command = [*lab_command(tmp_path), "--no-browser", f"--ServerApp.port={port}", "--IdentityProvider.token=t"]
    own = {f"JUPYTER_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **own}, stdout=out, stderr=subprocess.STDOUT)
    try:
        _wait_for(f"http://127.0.0.1:{port}/api/status?token=t", log)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/contents?token=t", timeout=STARTED_S) as answer:
            names = {entry["name"] for entry in json.load(answer)["content"]}
    finally:
        process.terminate()
        process.wait(30)
    assert {"notebooks", "runs", "data_manifests"} <= names
    assert "/lab/tree/notebooks/00_first_loop.ipynb" in log.read_text()
