import dataclasses

import pytest
from hand_made import Bench, scores
from looking import failing, named, text

from tryon_core.errors import StorageError
from tryon_core.records import Measurement, Score
from tryon_core.runs.kept import labels
from tryon_core.runs.reading import open_run
from tryon_core.storage.store import FolderStore
from tryon_core.view.widgets.triaging.triage import FailureTriage

HOSTILE = """<script>alert(1)</script>"'><img src=http://evil.test/x onerror=alert(2)>"""


@pytest.fixture
def run(tmp_path):
    return open_run(failing(tmp_path / "run", 3))


def test_a_word_is_saved_at_once_and_the_next_unlabelled_picture_comes(run):
    triage = FailureTriage(run, by="ada")
    triage.note = "the hem\nis <b>fine</b>"
    named(triage, "tryon-disagree")[0].click()
    (label,) = labels.read(run.store)
    assert (label.sample_id, label.attempt, label.constraint) == ("s00", 2, "garment_structure")
    assert (label.says, label.by, label.note, label.judge_said) == (
        "disagree",
        "ada",
        "the hem\nis <b>fine</b>",
        "failed",
    )
    assert (triage.item, triage.note, triage.labelled) == (("s01", 2), "", 1)
    assert "saved: disagree, 1 labelled so far" in text(triage, "said")


def test_after_the_last_picture_the_first_unlabelled_one_comes_and_then_it_stays(run):
    triage = FailureTriage(run)
    triage.selected = 2
    places = [triage.selected]
    for _ in range(3):
        triage.say("agree")
        places.append(triage.selected)
    assert places == [2, 0, 1, 1] and triage.labelled == 3


def test_what_was_said_is_shown_and_can_be_changed(run):
    FailureTriage(run, by="ada").say("agree")
    triage = FailureTriage(run, by="ada")
    assert triage.labelled == 1 and "✓ Agree" in named(triage, "tryon-tiles")[0].children[0].children[0].value
    assert "<b>ada</b>: ✓ Agree" in text(triage, "before")
    triage.note = "looked again"
    triage.say("disagree")
    triage.selected = 0
    assert (triage.note, triage.labelled) == ("looked again", 1)
    assert "<b>ada</b>: ✗ Disagree “looked again”" in text(triage, "before")
    assert [label.says for label in labels.read(run.store)] == ["agree", "disagree"]


def test_another_person_s_word_is_shown_and_is_not_one_s_own(run):
    FailureTriage(run, by="bob").say("disagree")
    triage = FailureTriage(run, by="ada")
    assert "<b>bob</b>: ✗ Disagree" in text(triage, "before") and (triage.labelled, triage.note) == (0, "")
    triage.unlabelled_only = True
    assert len(triage.items) == 3


def test_only_unlabelled_pictures_can_be_shown(run):
    triage = FailureTriage(run)
    triage.unlabelled_only = True
    for left in (2, 1, 0):
        triage.say("agree")
        assert len(triage.items) == left
    assert triage.item is None and "No picture without a label on garment_structure" in text(triage, "where")
    triage.constraint = "realism"
    assert len(triage.items) == 3


def test_what_was_typed_stays_with_its_picture_until_it_is_saved(run):
    triage = FailureTriage(run)
    triage.note = "half a thou"
    triage.selected = 1
    assert triage.note == ""
    triage.selected = 0
    assert triage.note == "half a thou" and labels.read(run.store) == ()


def test_the_summary_counts_agreement_per_constraint_with_its_interval(run):
    triage = FailureTriage(run)
    assert "Nothing is labelled yet" in text(triage, "summary")
    for word in ("agree", "agree", "disagree"):
        triage.say(word)
    assert "<td>2 of 3</td><td>21% to 94%</td>" in text(triage, "summary")
    assert "Last words of 1 person on 3 answers" in text(triage, "summary")


def test_a_label_on_a_branch_s_picture_is_none_on_the_run_s(run):
    row = run.records[0].attempts[1].model_copy(update={"picture": "of-a-branch"})
    labels.add(run.store, labels.about(run.info, "s00", row, "garment_structure", "agree", by="person"))
    triage = FailureTriage(run)
    assert triage.labelled == 0 and "Nothing is labelled yet" in text(triage, "summary")


# ---- where it cannot be saved ----------------------------------------------------------------------------------------


class ReadOnly(FolderStore):
    """A folder on a disk that is mounted read-only."""

    def replace(self, *_):
        raise StorageError("cannot write to run: Read-only file system; it is mounted read-only; give another output")


def test_a_place_that_cannot_be_written_is_told_and_what_was_typed_stays(run):
    triage = FailureTriage(dataclasses.replace(run, store=ReadOnly(run.store.folder)))
    triage.note = "keep me"
    triage.say("disagree")
    assert triage.said.startswith("not saved: cannot write to run: Read-only") and "mounted read-only" in text(
        triage, "said"
    )
    assert (triage.note, triage.selected, triage.labelled) == ("keep me", 0, 0)


def test_a_bucket_that_takes_no_writes_is_told_and_what_was_typed_stays(bucket, faulty):
    triage = FailureTriage(open_run(failing(f"s3://{bucket}/run", 1)))
    triage.note = "keep me"
    faulty.faults[:] = ["", "", "AccessDenied"]  # what stands there is looked at and read, then written
    triage.say("disagree")
    assert "not saved: " in text(triage, "said") and "access denied" in triage.said
    assert (triage.note, triage.labelled) == ("keep me", 0)
    triage.say("disagree")
    assert triage.said == "saved: disagree, 1 labelled so far (s00, attempt 2)"


def test_a_damaged_line_is_told_when_it_opens_and_never_written_over(run):
    path = run.store.folder / "labels.jsonl"
    path.write_text('{"half": ')
    triage = FailureTriage(run)
    assert "labels.jsonl, line 1 is no label" in text(triage, "said")
    triage.say("agree")
    assert path.read_text().startswith('{"half": \n{') and [label.says for label in labels.read(run.store)] == ["agree"]


def test_a_note_that_is_too_long_is_told_and_stays(run):
    triage = FailureTriage(run)
    triage.note = "x" * (labels.NOTE_CHARACTERS + 1)
    triage.say("agree")
    assert "not saved: this label cannot be kept: note" in triage.said
    assert len(triage.note) == labels.NOTE_CHARACTERS + 1 and labels.read(run.store) == ()


def test_a_run_in_a_bucket_is_labelled_there(bucket):
    run = open_run(failing(f"s3://{bucket}/run", 2))
    triage = FailureTriage(run, by="ada")
    triage.say("agree")
    triage.say("disagree")
    assert [(label.sample_id, label.says) for label in labels.read(run.store)] == [
        ("s00", "agree"),
        ("s01", "disagree"),
    ]


def test_text_from_outside_stays_text(tmp_path):
    bench = Bench(tmp_path)
    bad = Score(score=2, finding=HOSTILE, evidence={HOSTILE: Measurement(value=2, unit=HOSTILE, bar=1)})
    judgement = scores().model_copy(update={"scores": {**scores().scores, "realism": bad}})
    bench.sample("one", "not_accepted", judgement)
    triage = FailureTriage(open_run(bench.finish()), by=HOSTILE[:60])
    triage.note = HOSTILE
    triage.say("disagree")
    shown = "".join(
        widget.value for name in ("answer", "before", "said", "where") for widget in named(triage, f"tryon-{name}")
    )
    assert shown.count("&lt;script&gt;alert(1)") >= 4 and "<script" not in shown and "<img" not in shown
