"""What was made from a picture, and what a picture was made from, in runs of every flow."""

import json
import re
import shutil
from pathlib import Path

import four_flows
import pytest
import traced_runs
from doubles import Painter, card, cloth
from PIL import Image
from traced_runs import MODELS, run

from tryon_core import images
from tryon_core.errors import BadInput, Refused
from tryon_core.images import digest
from tryon_core.provenance import ancestors, descendants
from tryon_core.provenance.__main__ import main
from tryon_core.records import EditRequest
from tryon_core.roles import Enhancer, Generator
from tryon_core.runs import stepping
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.reading import open_run
from tryon_core.steps import Change, Flow, Step
from tryon_core.storage import s3
from tryon_core.storage.store import FolderStore


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    return traced_runs.shelf(tmp_path_factory.mktemp("shelf"))


@pytest.fixture(scope="module")
def runs(shelf, tmp_path_factory):
    """Flow -> the place of a run of it."""
    place = tmp_path_factory.mktemp("runs")
    return {flow: run(shelf, flow, place / flow).url for flow in MODELS}


@pytest.mark.parametrize("flow", MODELS)
def test_no_picture_of_a_run_is_missed(shelf, runs, flow):
    """Everything that is kept is one of the samples' own, or was made from one of them."""
    made = [descendants(str(shelf / f"{name}.png"), [runs[flow]]) for name in ("anna", "bo", "shirt", "coat")]
    listed = {one.picture for traced in made for one in (*traced.kept, *traced.relatives)}
    kept = {Path(key).stem for key in FolderStore(runs[flow]).keys("pictures/")}
    assert listed == kept and len(kept) > 8 and not any(traced.notes for traced in made)


@pytest.mark.parametrize("flow", MODELS)
def test_a_chosen_picture_leads_to_its_sources(shelf, runs, flow):
    """... and its sources, several steps up, are those of its own sample alone."""
    (chosen,) = [record for record in open_run(runs[flow]).records if record.sample_id == "bo-shirt"]
    up = ancestors(chosen.steps[chosen.chosen - 1].picture, [runs[flow]])
    own = {one.name: one.place for one in up.relatives if one.stage == "sample"}
    assert own == {"person": "bo.png", "garment": "shirt.png"}
    assert {one.sample_id for one in up.relatives} == {"bo-shirt"}


def test_only_her_own_samples_are_listed(shelf, runs):
    made = descendants(str(shelf / "anna.png"), [runs["closed_loop"]])
    assert {one.sample_id for one in made.relatives} == {"anna-shirt", "anna-coat"}
    assert [(one.sample_id, one.name) for one in made.kept] == [("anna-shirt", "person"), ("anna-coat", "person")]
    first = made.relatives[0]
    assert (first.step, first.stage, first.name, first.how, first.sure) == (1, "attempt", "picture", "drawn", True)
    assert (first.licence, first.consent, first.models) == ("CC0-1.0", "written, 2026-05-04", ("painter (scripted)",))
    assert first.files[0] == f"pictures/{first.picture}.png" and "try_on" in first.files[1]


def test_a_flow_of_ones_own_is_traced(shelf, runs):
    """No request, a crop, a drawing, a picture laid together and an outline: nothing in the flow says so."""
    made = descendants(str(shelf / "bo.png"), [runs["test_swap"]])
    rows = {(one.stage, one.name): one for one in made.relatives}
    calls = {("refine", "shown to generator"), ("refine", "drawn by generator")}
    assert set(rows) == {("swap", "picture"), ("refine", "picture"), ("refine", "outline"), *calls}
    assert rows["swap", "picture"].sure and rows["swap", "picture"].models == ("swapper (scripted)",)
    assert rows["refine", "picture"].sure and rows["refine", "picture"].how == "composed"
    assert not rows["refine", "shown to generator"].sure
    up = ancestors(rows["refine", "picture"].picture, [runs["test_swap"]])
    assert {"drawn by generator", "shown to generator", "person", "garment"} <= {one.name for one in up.relatives}


def test_a_picture_given_back_was_not_drawn(shelf, tmp_path):
    """An enhancer that finds nothing to do answers with the crop that it was shown."""

    def enhanced(sample, *, enhancer: Enhancer) -> Flow:
        crop = sample.images["person"].crop((0, 0, 80, 80))
        yield Step(stage="enhance", data={"same": enhancer(EditRequest(prompt="", images=(crop,))) is not None})

    def same(request):
        return request.images[0]

    same.card = card("same")
    asked = BatchParameters(source=str(shelf / "m.jsonl"), output=str(tmp_path / "run"), samples=("bo-shirt",))
    run_batch(asked, flow=enhanced, models={"enhancer": same}, progress=False)
    (one,) = descendants("bo.png", [str(tmp_path / "run")]).relatives
    assert (one.name, one.how, one.models) == ("shown to enhancer", "composed", ())


def test_what_a_refused_sample_drew_is_listed(shelf, tmp_path):
    def shy(sample, *, generator: Generator) -> Flow:
        generator(EditRequest(prompt="", images=(sample.images["person"],)))
        raise Refused("shy", "no further")
        yield

    asked = BatchParameters(source=str(shelf / "m.jsonl"), output=str(tmp_path / "run"), samples=("bo-shirt",))
    run_batch(asked, flow=shy, models={"generator": Painter()}, progress=False)
    (one,) = descendants("bo.png", [str(tmp_path / "run")]).relatives
    assert (one.step, one.stage, one.name) == (None, "behind the last step", "drawn by generator")


def test_a_person_s_mask_is_a_source(shelf, tmp_path):
    asked = four_flows.parameters(four_flows.shelf(tmp_path), "test_pipeline", tmp_path / "run")
    loop, mask = stepping.begin(asked), Image.new("L", (64, 80), 255)
    for _ in range(3):
        loop.step()
    loop.step(loop.branch("loop", 3, Change(images={"mask": mask}, by="Ada")))
    (given, *_), drawn = (traced := descendants(digest(mask)[:8], [loop.store.url])).kept, traced.relatives
    assert given.name == "mask by Ada" and given.branch == "branch-1"
    assert [(one.branch, one.step, one.name) for one in drawn if one.name == "picture"] == [("branch-1", 4, "picture")]
    assert ancestors(digest(mask), [loop.store.url]).relatives == ()
    below = descendants("red.png", [loop.store.url]).relatives
    assert [(one.branch, one.step) for one in below if one.stage == "segment"] == [("", 3)]  # a branch repeats it


def test_an_output_leads_into_the_next_run(shelf, runs, tmp_path):
    record = open_run(runs["closed_loop"]).records[2]
    drawn = record.steps[record.chosen - 1].picture
    line = {"sample_id": "again", "person": f"{runs['closed_loop']}/pictures/{drawn}.png"}
    (tmp_path / "next.jsonl").write_text(json.dumps({**line, "garment": str(shelf / "coat.png"), "consent": "no"}))
    second = run(tmp_path, "closed_loop", tmp_path / "second", source="next.jsonl").url
    both = [runs["closed_loop"], second]
    made = descendants(str(shelf / "bo.png"), both)
    further = [one for one in made.relatives if one.run == second]
    assert further[0].name == "person" and further[0].consent == "no" and len(further[0].through) == 1
    assert further[1].through == (made.picture, drawn) and further[1].step == 1
    assert not [one for one in descendants(str(shelf / "bo.png"), both[:1]).relatives if one.run == second]
    assert made.picture in {one.picture for one in ancestors(further[-1].picture[:8], both).relatives}


def test_equal_masks_join_no_strangers(shelf, runs):
    """Both garments' masks are the same pixels, and neither garment is in what was made with the other."""
    made = {name: descendants(f"{name}.png", [runs["garment"]]).relatives for name in ("shirt", "coat")}
    shirt, coat = ({one.picture for one in rows if "mask" in one.name} for rows in made.values())
    assert shirt & coat and {one.sample_id for one in made["coat"]} == {"anna-coat"}
    assert {one.sample_id for one in made["shirt"]} == {"anna-shirt", "bo-shirt"}


def test_an_older_run_is_traced_by_its_requests(shelf, runs, tmp_path):
    shutil.copytree(runs["closed_loop"], tmp_path / "old")
    for path in (tmp_path / "old/records").iterdir():
        record = json.loads(path.read_text())
        del record["calls"]
        for step in record["steps"]:
            del step["calls"]
        path.write_text(json.dumps(record))
    new, old = (descendants(str(shelf / "bo.png"), [place]) for place in (runs["closed_loop"], str(tmp_path / "old")))
    assert [one.picture for one in old.relatives] == [one.picture for one in new.relatives] and old.relatives


def test_a_bucket_is_traced_alike(shelf, runs, bucket):
    for path in (root := Path(runs["test_swap"])).rglob("*.*"):
        if path.is_file():
            s3.put(bucket, f"runs/swap/{path.relative_to(root)}", path.read_bytes())
    s3.put(bucket, "people/bo.png", (shelf / "bo.png").read_bytes())
    there = descendants(f"s3://{bucket}/people/bo.png", [f"s3://{bucket}/runs/swap"])
    here = descendants("bo.png", [runs["test_swap"]])
    assert [one.files for one in there.relatives] == [one.files for one in here.relatives]


# ---- which picture is meant, and what is said ------------------------------------------------------------------------


def test_a_source_is_named_in_four_ways(shelf, runs):
    whole = digest(images.read(shelf / "anna.png"))
    names = ("anna.png", str(shelf / "anna.png"), whole, whole[:8].upper())
    assert {descendants(name, [runs["closed_loop"]]).picture for name in names} == {whole}


def test_a_runs_own_mask_is_named_by_its_file(runs):
    (mask, *_) = [one for one in descendants("shirt.png", [runs["garment"]]).relatives if one.name == "mask"]
    up = ancestors(f"{mask.run}/{mask.files[0]}", [runs["garment"]])
    assert up.picture == mask.picture and "garment" in {one.name for one in up.relatives}


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nobody.png", "'nobody.png' is no picture of .*closed_loop; give a picture's file, the first 8 digits"),
        ("0000000000", "'0000000000' is no picture of"),
        ("abc", "'abc' is no picture of"),
        ("", "'' is no picture of"),
        ("{shelf}/stranger.png", "stranger.png shows picture [0-9a-f]{12}, and .* holds none like it; a copy that was"),
        ("{shelf}/m.jsonl", "m.jsonl: no JPEG, PNG or WebP"),
    ],
)
def test_a_picture_that_is_not_there_is_a_sentence(shelf, runs, name, sentence):
    cloth(colour="gold").save(shelf / "stranger.png")
    with pytest.raises(BadInput, match=sentence):
        descendants(name.format(shelf=shelf), [runs["closed_loop"]])


def test_a_place_that_means_two_pictures_is_refused(shelf, runs, tmp_path):
    cloth(colour="pink").save(tmp_path / "anna.png")
    cloth().save(tmp_path / "shirt.png")
    line = {"sample_id": "a", "person": "anna.png", "garment": "shirt.png"}
    (tmp_path / "m.jsonl").write_text(json.dumps(line))
    other = run(tmp_path, "closed_loop", tmp_path / "run").url
    with pytest.raises(BadInput, match=r"'anna.png' means 2 pictures: \w{12}, \w{12}; give the digest of one"):
        descendants("anna.png", [runs["closed_loop"], other])


def test_a_sample_that_was_not_begun_is_named(shelf, runs, tmp_path):
    shutil.copytree(runs["closed_loop"], tmp_path / "cut")
    (tmp_path / "cut/records/bo-shirt.json").unlink()
    with pytest.raises(BadInput, match=r"'bo.png' is of sample bo-shirt of .*cut, which was not begun: nothing was"):
        descendants("bo.png", [str(tmp_path / "cut")])


def test_a_lost_call_is_noted(shelf, runs, tmp_path):
    shutil.copytree(runs["test_swap"], tmp_path / "cut")
    record = json.loads((tmp_path / "cut/records/bo-shirt.json").read_text())
    lost, broken = (record["steps"][number]["calls"][0] for number in (0, 1))
    (tmp_path / f"cut/calls/{lost}.json").unlink()
    (tmp_path / f"cut/calls/{broken}.json").write_text("{")
    traced = descendants("bo.png", [str(tmp_path / "cut")])
    assert f"{lost}.json is missing, so what it was asked with is not known" in traced.notes[0]
    assert f"{broken}.json cannot be read" in traced.notes[1]
    assert [one.sure for one in traced.relatives if one.stage == "swap"] == [False]  # listed all the same


def test_an_unfinished_sample_is_noted(shelf, runs, tmp_path):
    shutil.copytree(runs["closed_loop"], tmp_path / "cut")
    path = tmp_path / "cut/records/bo-shirt.json"
    path.write_text(path.read_text().replace('"outcome": "not_accepted"', '"outcome": "running"'))
    assert "sample bo-shirt of " in descendants("bo.png", [str(tmp_path / "cut")]).notes[0]


# ---- the command -----------------------------------------------------------------------------------------------------


def test_relatives_are_rows_of_a_table(runs):
    traced = descendants("bo.png", [runs["test_swap"]])
    assert [row["hops"] for row in traced.rows()] == [len(one.through) for one in traced.relatives]
    assert traced.rows()[0]["sample_id"] == "bo-shirt" and len(traced.rows()) == 5


def test_the_command_prints_words(runs, capsys):
    assert main(["descendants", "bo.png", runs["test_swap"]]) == 0
    printed = capsys.readouterr().out
    terms = "bo-shirt of .*test_swap .test_swap.; licence: CC0-1.0; consent: written, 2026-05-04\n"
    assert len(re.findall(terms, printed)) == 2 and "  sample: person, from bo.png\n" in printed
    assert "made from it: 5 pictures" in printed and "step 1 swap: picture; drawn (swapper (scripted))" in printed
    assert re.search(r"\n\? \w{12}  step 2 refine: shown to generator; composed\n      pictures/", printed)


def test_the_command_prints_json(runs, capsys):
    drawn = descendants("bo.png", [runs["search"]]).relatives[-1].picture
    assert main(["ancestors", "--json", drawn, runs["search"]]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {one["place"] for one in document["relatives"] if one["stage"] == "sample"} == {"bo.png", "shirt.png"}
    assert set(document) == {"picture", "kept", "relatives", "notes"}


def test_what_is_not_there_is_a_sentence(tmp_path, capsys):
    assert main(["descendants", "bo.png", str(tmp_path)]) == 1
    assert "StorageError" in capsys.readouterr().err
