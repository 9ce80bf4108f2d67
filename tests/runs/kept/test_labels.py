"""What people say of a judge's answers, kept in a folder and in a bucket."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from doubles import Scripted, scores
from doubles import run as batch

from tryon_core.errors import BadInput, RunConflict, StorageError
from tryon_core.runs.kept import labels
from tryon_core.runs.kept.labels import Label
from tryon_core.runs.reading import open_run
from tryon_core.storage.store import FolderStore, open_store

ANGRY = 'not "met":\n\tthe café’s logo — 帽子 👒 —\u2028is gone\r\n<b>\\ \x00'


@pytest.fixture(params=["folder", "s3"])
def store(request, tmp_path):
    if request.param == "folder":
        return FolderStore(tmp_path / "run")
    return open_store(f"s3://{request.getfixturevalue('bucket')}/runs/one")


def said(says="agree", *, sample_id="one", attempt=1, constraint="realism", by="ada", **more) -> Label:
    given = {
        "picture": f"{sample_id}-{attempt}",
        "judge_said": "failed",
        "score": 6.5,
        "at_utc": "2026-01-02T03:04:05Z",
    }
    return Label(sample_id=sample_id, attempt=attempt, constraint=constraint, says=says, by=by, **{**given, **more})


def test_a_run_nobody_labelled_has_no_labels(store):
    assert labels.read(store) == ()


def test_what_was_said_is_read_back_in_order_to_the_letter(store):
    words = [said("disagree", note=ANGRY), said("agree", note="")]
    now = [labels.add(store, label) for label in words]
    assert now == [(words[0],), tuple(words)] and labels.read(store) == tuple(words)
    assert store.read("labels.jsonl").count(b"\n") == 2


def test_writers_at_the_same_moment_lose_nothing(store):
    def write(number):
        labels.add(store, said(sample_id=f"s{number}"))

    labels.add(store, said())
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(12)))
    assert {label.sample_id for label in labels.read(store)} == {"one", *(f"s{number}" for number in range(12))}


def test_two_people_who_read_the_same_state_both_get_their_line_in(store):
    """Both writers have read before either writes; the later one is refused once and tries again."""
    both_read = threading.Barrier(2)

    class Slow:
        url, version = store.url, store.version

        def __init__(self):
            self.waited, self.replace = False, store.replace

        def read(self, key):
            found = store.read(key)
            if not self.waited:
                self.waited = True
                both_read.wait(10)
            return found

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda by: labels.add(Slow(), said(by=by)), ("ada", "bob")))
    assert {label.by for label in labels.read(store)} == {"ada", "bob"}


def test_a_place_that_is_written_without_a_pause_ends_in_a_conflict(tmp_path, monkeypatch):
    class Busy(FolderStore):
        def read(self, key):
            found = super().read(key)
            (self.folder / key).write_bytes((found or b"") + b"\n")
            return found

    monkeypatch.setattr(labels, "_PAUSES_S", (0.0, 0.0))
    with pytest.raises(RunConflict, match="another process"):
        labels.add(Busy(tmp_path), said())


@pytest.mark.parametrize("damage", [b'{"sample_id": "one"', b"\xff\xfe", b"[]", b'{"sample_id": "one", "new": 1}'])
def test_a_damaged_line_is_named_and_left_as_it_is(store, damage, caplog):
    labels.add(store, said())
    before = store.read("labels.jsonl") + b"\n" + damage + b"\n" + store.read("labels.jsonl")
    store.replace("labels.jsonl", before, store.version("labels.jsonl"))
    assert labels.read(store) == (said(), said())
    assert "labels.jsonl, line 3 is no label" in caplog.text
    assert len(labels.add(store, said("disagree"))) == 3
    assert store.read("labels.jsonl").startswith(before) and labels.read(store)[-1].says == "disagree"


def test_a_last_line_without_its_end_is_not_glued_to_the_next(store):
    labels.add(store, said())
    cut = store.read("labels.jsonl").rstrip(b"\n")
    store.replace("labels.jsonl", cut, store.version("labels.jsonl"))
    labels.add(store, said("disagree"))
    assert [label.says for label in labels.read(store)] == ["agree", "disagree"]


def test_a_place_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "run").write_text("in the way")
    with pytest.raises(StorageError, match=r"cannot write to .*run"):
        labels.add(FolderStore(tmp_path / "run"), said())


def test_the_last_word_of_each_person_stands():
    first, other, last = said("agree"), said("disagree", by="bob"), said("disagree", note="looked again")
    elsewhere = said("agree", attempt=2), said("agree", constraint="identity")
    assert labels.newest([first, other, *elsewhere, last]) == (last, other, *elsewhere)


def test_the_same_number_in_a_branch_is_another_picture():
    loop, branch = said(picture="in-the-loop"), said("disagree", picture="in-a-branch")
    assert labels.newest([loop, branch]) == (loop, branch)


def test_agreement_is_counted_per_constraint_over_the_last_words():
    words = [said(sample_id=f"s{number}", says="agree" if number else "disagree") for number in range(4)]
    changed = said("agree", sample_id="s0", note="looked again")
    unanswered = said("disagree", constraint="identity", judge_said="unscored", score=None)
    (share,) = (found := labels.agreement([*words, unanswered])).values()
    assert list(found) == ["realism"] and (share.count, share.n) == (3, 4)
    assert (round(share.low, 3), round(share.high, 3)) == (0.301, 0.954)  # Wilson, 95 %
    assert labels.agreement([*words, changed])["realism"].count == 4


def test_nothing_said_has_no_agreement():
    assert labels.agreement(()) == {}


@pytest.fixture
def run(manifest, tmp_path):
    unread = scores(realism=6, identity=None)  # the judge is asked once more, and is silent again
    judge = Scripted(unread, unread, scores(realism=7.9))
    batch(manifest, tmp_path / "made", judge=judge, limit=1, max_iterations=2)
    return open_run(tmp_path / "made")


def test_a_label_says_what_the_judge_said_of_which_picture(run):
    attempt = run.records[0].attempts[1]
    label = labels.about(run.info, "s0", attempt, "realism", "disagree", note="looks real", by="ada")
    assert (label.judge_said, label.score, label.attempt, label.picture) == ("failed", 7.9, 2, attempt.picture)
    assert (label.judge, label.rubric) == ("scripted 1", "default") and label.at_utc.endswith("Z")
    unread = labels.about(run.info, "s0", run.records[0].attempts[0], "identity", "agree", by="ada")
    assert (unread.judge_said, unread.score) == ("unscored", None)


@pytest.mark.parametrize("wrong", [{"note": "x" * 2001}, {"by": ""}, {"says": "perhaps"}, {"note": "\ud800"}])
def test_what_cannot_be_kept_is_refused_in_a_sentence(run, wrong):
    given = {"says": "agree", "by": "ada", **wrong}
    with pytest.raises(BadInput, match="this label cannot be kept: .*nothing was saved"):
        labels.about(run.info, "s0", run.records[0].attempts[0], "realism", **given)


def test_a_run_without_judge_has_labels_without_one(run):
    info = run.info.model_copy(update={"models": {"generator": run.info.models["generator"]}})
    label = labels.about(info, "s0", run.records[0].attempts[1], "realism", "agree", by="ada", number=7)
    assert (label.judge, label.attempt) == ("", 7)


def test_without_a_rubric_nothing_is_labelled(run):
    info = run.info.model_copy(update={"rubric": None})
    with pytest.raises(BadInput, match="this run asked no rubric"):
        labels.about(info, "s0", run.records[0].attempts[1], "realism", "agree", by="ada")
