"""The names that a notebook types, and what version 0.2 says of a run of 0.1."""

import json
import subprocess
import sys

import pytest

import tryon_core
from tryon_core.errors import BadInput, StorageError
from tryon_core.plugins import load_plugins


@pytest.mark.parametrize("name", tryon_core.__all__)
def test_every_name_of_the_package_resolves(name):
    assert getattr(tryon_core, name) is not None and name in dir(tryon_core)


def test_a_name_it_lacks_lists_those_it_has():
    with pytest.raises(AttributeError, match="tryon_core has no 'lod'; it has .*load"):
        tryon_core.lod  # noqa: B018


def test_looking_at_the_package_loads_nothing():
    script = "import sys, tryon_core; dir(tryon_core); print([m for m in sys.modules if m.startswith('tryon_core.')])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_run_of_version_one_is_refused(tmp_path):
    old = {"parameters": {"flow": "closed_loop"}, "rubric": {}, "models": {}, "listing_digest": "0", "started_utc": "x"}
    (tmp_path / "run.json").write_text(json.dumps(old))
    with pytest.raises(StorageError, match="was written by tryon-core 0.1, which this version does not read; make the"):
        tryon_core.open_run(str(tmp_path))


def test_a_damaged_run_is_called_damaged(tmp_path):
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(StorageError, match="run.json is damaged"):
        tryon_core.open_run(str(tmp_path))


def test_a_plugin_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setenv("TRYON_PLUGINS", "no_such_module")
    load_plugins.cache_clear()
    with pytest.raises(BadInput, match="TRYON_PLUGINS names 'no_such_module', which cannot be imported"):
        load_plugins()
    load_plugins.cache_clear()


def test_a_plugin_s_names_are_known_headless():
    script = "from tryon_core.flows.__main__ import main; main(['test_search'])"
    environment = {
        "PYTHONPATH": "tests/support:tests/support/flowing",
        "TRYON_PLUGINS": "four_flows",
        "PATH": "/usr/bin:/bin",
    }
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=False)
    assert "wide" in done.stdout and "scorer: potential" in done.stdout, done.stderr
