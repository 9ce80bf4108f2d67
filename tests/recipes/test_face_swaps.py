"""Faces swapped by the file: the pictures, the summary, a kill, several devices, the command."""

import json
import subprocess
import sys

import pytest
from characters import Brightness, Swapping, tasks
from PIL import Image

from tryon_core.errors import RunConflict, UnknownName
from tryon_core.provenance import descendants
from tryon_core.recipes import swap_faces
from tryon_core.recipes.face_swaps import main
from tryon_core.runs.reading import open_run

DEVICE = ["--device", "cpu"]
NAMED = {"face_swapper": "characters:swapping", "identity": "characters:brightness"}


def own(**more):
    return {"face_swapper": Swapping(), "identity": Brightness("face_identity")} | more


def read(folder):
    return json.loads((folder / "summary.json").read_text())


def test_every_task_has_a_result(tmp_path):
    path = tasks(tmp_path, "a", "b", bad=["no JSON"])
    summary = swap_faces(path, tmp_path / "out", models=own())
    assert summary == read(tmp_path / "out")
    assert (summary["total"], summary["success"], summary["failed"]) == (3, 2, 1)
    first, second, third = summary["results"]
    assert first["status"] == second["status"] == "success" and first["output"] == "swapped/a.png"
    assert Image.open(tmp_path / "out/swapped/b.png").getpixel((50, 40)) == (255, 40, 0)
    assert first["after"]["face_identity"] != first["before"]["face_identity"]
    assert third["id"] == "line 3" and third["outcome"] == "unusable" and third["reason"]


def test_what_was_handed_over_is_found_again_by_its_source(tmp_path):
    swap_faces(tasks(tmp_path, "a"), tmp_path / "out", models=own())
    (record,) = open_run(str(tmp_path / "out")).records
    made = descendants(record.pictures["character"], [str(tmp_path / "out")]).relatives
    assert [one.stage for one in made if "swapped/a.png" in one.files] == ["swap"]


def test_only_some_tasks_are_asked_for(tmp_path):
    path = tasks(tmp_path, "a", "71651078", "c")
    summary = swap_faces(path, tmp_path / "out", task_ids=[71651078], models=own())
    assert [row["id"] for row in summary["results"]] == ["71651078"] and summary["total"] == 1
    with pytest.raises(UnknownName, match="no sample is called '7'"):
        swap_faces(path, tmp_path / "other", task_ids=["7"], models=own())


def test_other_tasks_take_over_what_an_earlier_output_holds(tmp_path):
    path, again = tasks(tmp_path, "a", "b"), Swapping()
    swap_faces(path, tmp_path / "one", task_ids=["a"], models=own())
    with pytest.raises(RunConflict, match="give another output, and reuse="):
        swap_faces(path, tmp_path / "one", models=own())
    summary = swap_faces(path, tmp_path / "all", models=own(face_swapper=again), reuse=tmp_path / "one")
    assert summary["success"] == 2 and again.calls == 1


def test_without_consent_each_task_failed_and_says_why(tmp_path):
    swapper = Swapping()
    summary = swap_faces(tasks(tmp_path, "a", consent=""), tmp_path / "out", models=own(face_swapper=swapper))
    (row,) = summary["results"]
    assert row["outcome"] == "refused" and "consent" in row["reason"] and swapper.calls == 0


def test_what_was_swapped_is_not_swapped_again(tmp_path):
    class Mortal(Swapping):
        def __call__(self, image, face, mask):
            if self.calls == 2:
                raise KeyboardInterrupt
            return super().__call__(image, face, mask)

    path = tasks(tmp_path, "a", "b", "c", "d")
    with pytest.raises(KeyboardInterrupt):
        swap_faces(path, tmp_path / "out", models=own(face_swapper=Mortal()))
    assert not (tmp_path / "out/summary.json").exists()
    again = Swapping()
    assert swap_faces(path, tmp_path / "out", models=own(face_swapper=again))["success"] == 4
    assert again.calls == 2


def test_several_devices_share_the_tasks(tmp_path):
    path = tasks(tmp_path, "a", "b", "c")
    shared = swap_faces(path, tmp_path / "out", models=NAMED, devices=("cpu", "cpu"))
    assert shared["results"] == swap_faces(path, tmp_path / "alone", models=NAMED)["results"] and shared["success"] == 3


def test_the_command_says_what_came_of_it(tmp_path, capsys):
    path = tasks(tmp_path, "a", bad=["no JSON"])
    assert main([str(path), str(tmp_path / "out"), "--face-swapper", "characters:swapping", *DEVICE]) == 0
    said = capsys.readouterr().out
    assert "1 of 2 faces swapped" in said and "line 2: unusable" in said
    assert main([str(path), str(tmp_path / "o2"), "--face-swapper", "nobody"]) == 1
    assert main([str(path), str(tmp_path / "o3"), "--reuse", str(tmp_path / "no run")]) == 1
    assert "no face_swapper is called 'nobody'" in capsys.readouterr().err


def test_the_command_starts_without_a_warning():
    command = [sys.executable, "-m", "tryon_core.recipes.face_swaps", "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert shown.stderr == "" and "--task" in shown.stdout
