"""The garment pipeline as a run: cloths alone from a folder or a prefix, a kill and a resume, live with a person."""

import json

import pytest
from doubles import Darker, Draws, Scripted, Seen, cloth, scores
from mortal import Killed, Mortal, contents

from tryon_core.flows import named
from tryon_core.images import to_png
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.preparing import fill
from tryon_core.runs.reading import open_run
from tryon_core.runs.stepping import begin
from tryon_core.steps import Change
from tryon_core.storage import s3
from tryon_core.storage.store import FolderStore

NAMES = ("blouse.png", "tee.png")


def models(**given):
    tools = {"segmenter": Seen(), "generator": Draws(min_images=2), "judge": Scripted(scores())}
    return tools | {"inpainter": Draws(), "enhancer": Darker(), "details": _details} | given


def _details(sample, image):
    return {"marks_kept": "no marks"}


_details.card = Darker.card.model_copy(update={"name": "details"})


def run(source, output, store=None, **given):
    parameters = BatchParameters.checked(source=str(source), output=str(output), flow="garment")
    return run_batch(parameters, models=models(**given), store=store, progress=False)


@pytest.fixture(params=["folder", "prefix"])
def cloths(request, tmp_path):
    """A flat place of two cloths and a note, on disk and in a bucket."""
    files = {name: to_png(cloth()) for name in NAMES} | {"price.csv": b"1"}
    if request.param == "folder":
        (tmp_path / "cloths").mkdir()
        for name, data in files.items():
            (tmp_path / "cloths" / name).write_bytes(data)
        return tmp_path / "cloths"
    bucket = request.getfixturevalue("bucket")
    for name, data in files.items():
        s3.put(bucket, f"cloths/{name}", data)
    return f"s3://{bucket}/cloths"


def test_cloths_alone_are_cut_out_and_described(cloths, tmp_path):
    done = run(cloths, tmp_path / "run")
    assert [record.sample_id for record in done.records] == ["blouse", "tee"]
    for record in done.records:
        assert record.outcome == "finished" and record.chosen == 4 and "person=" in record.steps[4].why
        assert record.steps[3].data["colours"] == ["navy 100%"]
    assert (tmp_path / "run" / "chosen" / "tee_step4.png").is_file()
    assert open_run(str(tmp_path / "run")).listing.skipped[0].key == "price.csv"


@pytest.fixture
def pair(tmp_path):
    cloth().save(tmp_path / "shirt.png")
    cloth(colour="maroon").save(tmp_path / "anna.png")
    line = {"sample_id": "anna", "wish": "Wear it.", "person": "anna.png", "garment": "shirt.png"}
    (tmp_path / "pair.jsonl").write_text(json.dumps(line))
    return tmp_path / "pair.jsonl"


def test_a_run_that_was_killed_ends_as_any_other(pair, tmp_path):
    (whole,) = run(pair, tmp_path / "unbroken").records
    for alive in (3, 10, 10):
        with pytest.raises(Killed):
            run(pair, "", store=Mortal(tmp_path / "run", alive))
    (record,) = run(pair, tmp_path / "run").records
    assert contents(FolderStore(tmp_path / "run")).keys() == contents(FolderStore(tmp_path / "unbroken")).keys()
    assert [_timeless(step) for step in record.steps] == [_timeless(step) for step in whole.steps]


def _timeless(step):
    return step.model_copy(update={"spent": {}})


def test_a_person_points_at_the_garment_beside_the_flow(pair, tmp_path):
    parameters = BatchParameters.checked(source=str(pair), output=str(tmp_path / "run"), flow="garment")
    live = begin(parameters, models=models())
    while live.step() is not None:
        pass
    stages = [step.stage for step in live.lines()["loop"].steps]
    assert stages == ["preprocess", "segment", "refine_mask", "features", "initial", "inpaint", "enhance"]
    branch = live.branch("loop", 2, Change(points=((0.4, 0.5, 1),)))
    while not live.cannot_step(branch):
        live.step(branch)
    line = live.lines()[branch]
    assert [step.stage for step in line.steps][1:4] == ["segment", "segment", "refine_mask"]
    assert line.steps[1].change.points and line.steps[2].data["asked"] == "1 points" and line.outcome == "accepted"


def test_a_map_is_made_only_for_a_generator_that_takes_one(pair):
    given = {argument: model for argument, model in models().items() if argument != "inpainter"}
    asked = BatchParameters(source=str(pair), flow="garment")
    arguments = {"rubric": None, "options": None}
    assert "mapper" not in fill(named("garment"), asked, given | {"inpainter": Draws()}, **arguments)
    able = Draws(takes=("control", "mask"), tools=("inpainter",))
    filled = fill(named("garment"), asked, given | {"generator": able}, **arguments)
    assert filled["mapper"].card.name == "pose" and filled["inpainter"] is able
