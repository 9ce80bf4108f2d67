"""Notebook 07_faces over a file of three tasks: a person who did not agree, one who did, and what is no task."""

import json
import shutil

from executed import ROOT, checked, execute, said, stills

from tryon_core.runs.reading import open_run

DEMO = ROOT / "data_manifests/characters.json"
SMALL = {"wide": 1, "parents": 1, "children": 1}


def task_file(folder):
    """Two demo tasks, the first without consent, and one without a mask."""
    shutil.copytree(DEMO.parent / "characters", folder / "characters")
    tasks = json.loads(DEMO.read_text())[:3]
    for task in tasks:
        for place in (task["data"]["init_image_url"], task["data"]["character_image_url"]):
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(DEMO.parent / place, folder / place)
    tasks[0]["data"]["consent"] = ""
    del tasks[2]["data"]["mask_image_url"]
    (folder / "project-label.json").write_text(json.dumps(tasks))
    return folder / "project-label.json"


def test_a_person_who_did_not_agree_stops_nobody_else(tmp_path):
    given = {"source": str(task_file(tmp_path)), "limit": 3, "options": SMALL}
    notebook = execute("07_faces", tmp_path, **given, output=str(tmp_path / "out"))
    words, (identities,) = said(notebook), checked(notebook)
    assert "1 of 2 swapped" in words and "71651078: no_consent: a face swap needs the consent" in words
    assert "task 3 (71651080): " in words
    refused, painted = open_run(str(tmp_path / "out/painted")).records
    assert refused.outcome == "refused" and not refused.steps
    assert [step.stage for step in painted.steps] == ["swap", "global", "raw", "near"] and painted.chosen
    assert (
        "UserWarning" not in words and len(max(identities.splitlines(), key=len)) < 100 and "no_consent" in identities
    )
    assert stills(notebook) == 3 and "pictures were made of the character of 71651079" in words
