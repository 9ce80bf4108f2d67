"""A file of tasks is a source: every usable task a sample, every other one skipped with the reason."""

import pytest
from samples import encoded
from tasks import DATA, URLS, nested, written

from tryon_core.errors import BadInput, UnknownName
from tryon_core.sources import open_source
from tryon_core.storage import s3


def listed(folder, document):
    return open_source(written(folder, document)).listing()


def issues(*choices, to="final", **when):
    result = {"from_name": "issues", "to_name": to, "type": "choices", "value": {"choices": list(choices)}}
    return {"result": [result], **when}


def test_a_task_is_a_sample_by_its_own_id(tmp_path):
    source = open_source(written(tmp_path, [nested(consent="written, 2025", licence="CC0-1.0", source="studio")]))
    (line,) = source.listing().lines
    assert (line.sample_id, line.wish) == ("71651078", "Ana in a red hat.")
    assert line.known == {"character_name": "Ana", "character_id": 3, "task_id": 5}
    assert (line.licence, line.consent, line.source) == ("CC0-1.0", "written, 2025", "studio")
    sample = source.load(line)
    assert sample.images["character"].getpixel((0, 0)) == (0, 0, 255) and sample.consent == "written, 2025"


def test_a_byte_order_mark_before_the_tasks_is_no_error(tmp_path):
    place = written(tmp_path, [nested()])
    place.write_bytes(b"\xef\xbb\xbf" + place.read_bytes())
    assert open_source(place).listing().found == 1


@pytest.mark.parametrize("wrap", [list, lambda tasks: {"tasks": tasks}, lambda tasks: {"results": tasks, "total": 2}])
def test_tasks_stand_flat_or_nested_in_any_wrapping(tmp_path, wrap):
    flat = {**DATA, "id": "b-2", "init_image_url": "c.png"}
    listing = listed(tmp_path, wrap([nested(), flat]))
    assert [(line.sample_id, line.known["task_id"]) for line in listing.lines] == [("71651078", 5), ("b-2", "b-2")]
    assert not listing.skipped and listing.found == 2


@pytest.mark.parametrize(
    ("task", "reason"),
    [
        (nested(mask_image_url=None), "it has no mask_image_url; a task names init_image_url, "),
        (nested(mask_image_url="", init_image_url=""), "it has no init_image_url and no mask_image_url; a task"),
        ({"id": 4, "person_image_url": "c.png"}, "it has no garment_image_url; a task"),
        ({**URLS, "prompt": "x"}, "id: Field required"),
        (nested(id="a/b"), "id: 'a/b' cannot be used"),
        (nested(id=True), "id: Input should be a valid string, got True"),
        (nested(prompt=["x"]), "prompt: Input should be a valid string"),
        (nested(init_image_url="ftp://me:pass@h/p.png"), "init: 'ftp://h/p.png': only https://"),
        (nested(init_image_url="https://me:pass@h/p.png"), "init: 'https://h/p.png': a user or password"),
        (nested(init_image_url="../p.png"), "init: ../p.png: leads out of its folder"),
        (nested(init_image_url="s3://B/p.png"), "init: 's3://B/p.png' is no S3 location"),
        (nested(init_image_url="data:image/png;base64," + "A" * 5000), "init: 'data:image/png;base64,AAA"),
        (nested(id="other"), "it has the same pictures as task 71651078"),
        (nested(init_image_url="c.png"), "its id '71651078' is an earlier task's"),
        ({"data": 7}, r"a task is an object, got 7"),
        (None, r"a task is an object, got None"),
    ],
)
def test_a_task_that_is_none_is_skipped_with_its_reason(tmp_path, task, reason):
    listing = listed(tmp_path, [nested(), task])
    assert [line.sample_id for line in listing.lines] == ["71651078"]
    (skipped,) = listing.skipped
    assert skipped.key.startswith("task 2") and skipped.reason.startswith(reason)
    assert "me:pass" not in skipped.reason and len(skipped.reason) < 400


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([{"id": 1}, nested(id=None, number=None)], r"none of its 2 tasks can be used \(task 1 \(1\): it has no"),
        ([], r"a list of tasks is needed, alone or under 'tasks' or 'results', got \[\]"),
        ({"tasks": 3}, "a list of tasks is needed"),
        ("x", "a list of tasks is needed"),
        (b'[\n{"id": 1,\n}]', r"broken JSON at line 3, column 1 .*; write one whole JSON document"),
        (b'[{"id": 1, "id": 2}]', "the key 'id' stands there twice"),
        (b"[\xff]", "byte 2 is not UTF-8"),
    ],
)
def test_a_file_without_tasks_is_one_sentence(tmp_path, document, words):
    path = written(tmp_path, document)
    with pytest.raises(BadInput, match=f"project-label.json: {words}") as refused:
        open_source(path).listing()
    assert "\n" not in str(refused.value)


def test_a_page_of_a_longer_answer_says_so(tmp_path):
    (skipped,) = listed(tmp_path, {"tasks": [nested()], "total": 250}).skipped
    assert skipped.count == 249 and "1 of 250; export all tasks" in skipped.reason


def test_a_task_without_an_own_id_has_the_outer_one(tmp_path, caplog):
    (line,) = listed(tmp_path, [nested(number=8, id=None)]).lines
    assert (line.sample_id, line.known["task_id"]) == ("8", 8)
    assert "tasks without an id in their data, called by the number outside of it: 1" in caplog.text


@pytest.mark.parametrize(
    ("annotations", "known"),
    [
        ([issues("No Issues", created_at="2025-01-02"), issues("Error", created_at="2025-01-01")], "No Issues"),
        ([issues("Error"), issues("Inconsistent Character", "Error")], "Inconsistent Character, Error"),
        ([issues("Error"), issues("No Issues", was_cancelled=True)], "Error"),
        ([issues("Error", to="init")], None),
        ([], None),
        ([{"result": 7}], None),
        ([{"result": [3, {"from_name": "issues", "to_name": "final", "value": None}]}, 4], None),
    ],
)
def test_the_latest_annotation_is_known(tmp_path, annotations, known):
    (line,) = listed(tmp_path, [nested(annotations=annotations)]).lines
    assert line.known.get("annotated") == known


@pytest.mark.parametrize(("consent", "kept"), [(False, "no"), (True, "yes"), (None, ""), ("oral", "oral")])
def test_a_ticked_consent_is_a_word(tmp_path, consent, kept):
    assert listed(tmp_path, [nested(consent=consent)]).lines[0].consent == kept


def test_a_try_on_task_has_person_and_garment(tmp_path):
    task = {"id": 1, "person_image_url": "init.png", "garment_image_url": "c.png", "image_url": "https://h/f.png?s=1"}
    (line,) = listed(tmp_path, [task]).lines
    assert line.pictures == {"person": "init.png", "garment": "c.png"} and not line.own_wish
    assert line.known == {"task_id": 1, "image_url": "https://h/f.png"}


def test_an_address_keeps_its_whole_path(tmp_path):
    (line,) = listed(tmp_path, [nested(init_image_url="https://h/a@2x.png?sig=1#top")]).lines
    assert line.pictures["init"] == "https://h/a@2x.png"


def test_a_character_without_a_prompt_has_a_wish(tmp_path):
    assert listed(tmp_path, [nested(prompt=" ")]).lines[0].wish.startswith("The given character is in the marked area")


def test_ids_select_tasks_in_their_order(tmp_path):
    path = written(tmp_path, [nested(), nested(id=9, init_image_url="c.png"), nested(id=4, init_image_url="mask.png")])
    lines = open_source(path, samples=["4", "71651078"]).listing().lines
    assert [line.sample_id for line in lines] == ["4", "71651078"]
    with pytest.raises(UnknownName, match="no sample is called '5'"):  # the outer number is no id
        open_source(path, samples=["5"]).listing()


def test_a_bucket_holds_tasks_and_their_pictures(bucket, tmp_path):
    document = [nested(init_image_url=f"s3://{bucket}/else/i.png"), nested(id=2, init_image_url="/etc/hostname")]
    s3.put(bucket, "t/project-label.json", written(tmp_path, document).read_bytes())
    for name in ("t/mask.png", "t/c.png", "else/i.png"):
        s3.put(bucket, name, encoded())
    source = open_source(f"s3://{bucket}/t/project-label.json")
    listing = source.listing()
    assert listing.lines[0].pictures["mask"] == f"s3://{bucket}/t/mask.png" and source.load(listing.lines[0]).images
    assert listing.skipped[0].reason.startswith("init: '/etc/hostname' is a path on some machine")


def test_a_missing_file_of_tasks_is_no_source(tmp_path):
    with pytest.raises(BadInput, match="there is no .*/gone.json"):
        open_source(tmp_path / "gone.json")
