import subprocess
import sys
import zipfile

import pytest

from tryon_core.errors import MissingWeights, StorageError, UnknownName
from tryon_core.models.embedded import fetch


def test_a_missing_file_names_the_command_that_gets_it(monkeypatch, tmp_path):
    monkeypatch.setenv("TRYON_CACHE", str(tmp_path))
    with pytest.raises(MissingWeights, match=r"python -m tryon_core\.models\.embedded\.fetch"):
        fetch.model_file("face_landmark.tflite")


def test_a_damaged_file_is_not_used(monkeypatch, tmp_path):
    monkeypatch.setenv("TRYON_CACHE", str(tmp_path))
    (tmp_path / "embedded").mkdir()
    (tmp_path / "embedded" / "face_landmark.tflite").write_bytes(b"half a file")
    with pytest.raises(MissingWeights, match="damaged"):
        fetch.model_file("face_landmark.tflite")


def test_an_unknown_file_suggests_its_neighbour():
    with pytest.raises(UnknownName, match="Did you mean 'face_landmark.tflite'"):
        fetch.model_file("face_landmarks.tflite")


def test_a_second_run_finds_and_verifies_the_files():
    command = [sys.executable, "-m", "tryon_core.models.embedded.fetch"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("found pose_landmark_full.tflite and face_landmark.tflite")


def test_a_failed_download_is_one_sentence_with_pips_last_line(monkeypatch, tmp_path, capsys):
    for name, value in {"TRYON_CACHE": tmp_path, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": tmp_path}.items():
        monkeypatch.setenv(name, str(value))
    assert fetch.main() == 1
    message = capsys.readouterr().err
    assert "No matching distribution found for mediapipe==0.10.21" in message and message.count("\n") == 1


def test_another_wheel_than_expected_is_refused(monkeypatch, tmp_path):
    def wheel_with_other_models(folder):
        path = folder / "other.whl"
        with zipfile.ZipFile(path, "w") as archive:
            for member in (*(member for member, _ in fetch.FILES.values()), "mediapipe-0.10.21.dist-info/LICENSE"):
                archive.writestr(member, b"not the model")
        return path

    monkeypatch.setenv("TRYON_CACHE", str(tmp_path / "cache"))
    with pytest.raises(MissingWeights, match="SHA-256"):
        fetch.fetch(wheel_with_other_models)
    assert not (tmp_path / "cache").exists()


def test_the_models_are_stored_with_licence_and_notice(monkeypatch, tmp_path):
    ours = {name: fetch.model_file(name) for name in fetch.FILES}

    def wheel_with_our_models(folder):
        with zipfile.ZipFile(folder / "ours.whl", "w") as archive:
            for name, (member, _) in fetch.FILES.items():
                archive.write(ours[name], member)
            archive.writestr("mediapipe-0.10.21.dist-info/LICENSE", b"Apache License")
        return folder / "ours.whl"

    monkeypatch.setenv("TRYON_CACHE", str(tmp_path))
    assert fetch.fetch(wheel_with_our_models).startswith("stored")
    stored = {path.name for path in (tmp_path / "embedded").iterdir()}
    assert stored == {*fetch.FILES, "LICENSE", "NOTICE"}


def test_a_cache_that_cannot_be_written_names_the_way_out(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="set TRYON_CACHE"):
        fetch._store(tmp_path / "file" / "model", b"")


def test_the_cache_folder_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.delenv("TRYON_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert fetch.cache_folder() == tmp_path / "tryon_core"
    monkeypatch.setenv("TRYON_CACHE", str(tmp_path / "own"))
    assert fetch.cache_folder() == tmp_path / "own"
