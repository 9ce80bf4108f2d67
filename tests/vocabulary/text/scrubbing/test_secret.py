"""Keys from the environment or from .env: who has the last word, and where a value never stands."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tryon_core.text.scrubbing import SHOWN, scrubbed, secret
from tryon_core.text.scrubbing.secret import in_files
from tryon_core.text.scrubbing.secret import secret as value_of

KEY = "AIza-of-the-file-0123456789"
NAME = "GEMINI_API_KEY"


@pytest.fixture
def dotenv(tmp_path, monkeypatch):
    """The .env of the current folder, which holds one key; the project's folder is empty."""
    for name in ("TRYON_ENV_FILE", NAME):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "here").mkdir()
    (tmp_path / "project").mkdir()
    (tmp_path / "project/pyproject.toml").touch()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(secret, "_CHECKOUT", tmp_path / "project")
    path = tmp_path / "here/.env"
    path.write_text(f"# mine\nexport {NAME}={KEY}\n")
    return path


def test_a_key_is_read_from_the_file(dotenv):
    assert value_of(NAME) == KEY and value_of("OPENAI_API_KEY_OF_NOBODY") == ""
    assert NAME not in os.environ


@pytest.mark.parametrize("value", ["of-the-environment", ""])
def test_the_environment_has_the_last_word(dotenv, monkeypatch, value):
    monkeypatch.setenv(NAME, value)
    assert value_of(NAME) == value


def test_the_current_folder_comes_before_the_project(dotenv, tmp_path):
    (tmp_path / "project/.env").write_text(f"{NAME}=of-the-project\nHF_TOKEN=of-the-project-too\n")
    assert in_files() == {NAME: KEY, "HF_TOKEN": "of-the-project-too"}
    dotenv.unlink()
    assert in_files()[NAME] == "of-the-project"


def test_a_named_file_stands_for_both(dotenv, tmp_path, monkeypatch):
    (tmp_path / "other").write_text("HF_TOKEN=of-the-other\n")
    monkeypatch.setenv("TRYON_ENV_FILE", str(tmp_path / "other"))
    assert in_files() == {"HF_TOKEN": "of-the-other"}


def test_a_dollar_in_a_key_stays(dotenv):
    dotenv.write_text(f"{NAME}=a${{HOME}}b$c\nEMPTY=\n")
    assert in_files() == {NAME: "a${HOME}b$c"}


def test_a_changed_file_is_read_anew(dotenv):
    assert value_of(NAME) == KEY
    dotenv.write_text(f"{NAME}=another-and-longer-key-of-the-file\n")
    assert value_of(NAME) == "another-and-longer-key-of-the-file"


def test_a_file_that_is_no_text_is_named_without_its_bytes(dotenv, caplog):
    dotenv.write_bytes(b"GEMINI_API_KEY=\xff\xfeprivate\n")
    with caplog.at_level(logging.WARNING):
        assert value_of(NAME) == ""
    assert str(dotenv) in caplog.text and "private" not in caplog.text


def test_without_its_library_the_file_is_said_to_be_unread(dotenv, monkeypatch, caplog):
    monkeypatch.setattr(secret, "find_spec", lambda name: None)
    dotenv.write_text(f"{NAME}={KEY}-unread\n")
    assert value_of(NAME) == "" and "python-dotenv is not installed; run `make setup`" in caplog.text


def test_a_key_of_the_file_is_scrubbed(dotenv):
    dotenv.write_text(f"{NAME}=very/private+value\n")
    assert value_of(NAME) == "very/private+value"
    assert scrubbed("not valid: very/private+value (very%2Fprivate%2Bvalue)") == f"not valid: {SHOWN} ({SHOWN})"


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="/proc is Linux's")
def test_no_child_inherits_a_key_of_the_file(dotenv):
    assert value_of(NAME) == KEY
    child = "print(open('/proc/self/environ').read())"
    seen = subprocess.run([sys.executable, "-c", child], capture_output=True, text=True, check=True).stdout
    assert "PATH=" in seen and KEY not in seen and KEY not in Path("/proc/self/environ").read_text()
