import pytest
from drawn import all_words, clashing_labels
from hand_made import every_outcome

from tryon_core.runs.kept.labels import about, add
from tryon_core.view.figures import run_figures as figures
from tryon_core.view.figures.palette import DARK, LIGHT
from tryon_core.view.tables import people
from tryon_core.view.tables.frames import open_run


@pytest.fixture
def run(tmp_path):
    return open_run(every_outcome(tmp_path))


def say(run, sample_id, number, constraint, says, *, by="Ada"):
    record = next(record for record in run.records if record.sample_id == sample_id)
    add(run.store, about(run.info, sample_id, record.attempts[number - 1], constraint, says, by=by))


def title(run):
    return figures.people_and_judge(run).get_suptitle().replace("\n", " ")


def test_agreement_is_counted_by_constraint_in_gate_order(run):
    for number, says in ((1, "agree"), (2, "agree"), (3, "disagree")):
        say(run, "never", number, "realism", says)
    say(run, "third", 1, "identity", "agree")
    table = people.agreement(run)
    assert table[["constraint", "agreed", "n"]].values.tolist() == [["identity", 1, 1], ["realism", 2, 3]]
    assert title(run) == "People agree with the judge in 3 of 4 answers; least in this run on realism: 2 of 3"


def test_what_the_judge_did_not_answer_cannot_be_agreed_with(run):
    say(run, "unread", 1, "realism", "disagree")
    assert people.spoken(run) == [] and people.agreement(run).empty
    assert title(run) == "No person has judged the judge yet"


def test_several_labels_of_one_answer_are_one_answer(run):
    say(run, "never", 1, "realism", "disagree")
    say(run, "never", 1, "realism", "agree")
    say(run, "never", 1, "realism", "disagree", by="Grace")
    assert people.agreement(run)[["agreed", "n"]].values.tolist() == [[0, 1]]  # half of the people are not most
    say(run, "never", 1, "realism", "agree", by="Joan")
    assert people.agreement(run)[["agreed", "n"]].values.tolist() == [[1, 1]]


def test_the_constraint_agreed_with_least_is_the_surest_not_the_rarest(run):
    say(run, "third", 1, "identity", "disagree")
    for number in (1, 2, 3, 4):
        say(run, "never", number, "realism", "disagree" if number > 1 else "agree")
    assert title(run).endswith("least in this run on realism: 1 of 4")  # 0 of 1 is less, and says less


def test_agreement_without_exception_is_told_as_such(run):
    say(run, "never", 1, "realism", "agree")
    assert title(run) == "People agree with the judge each time: 1 answer labelled"


def test_labels_are_kept_in_listing_order(run):
    say(run, "never", 1, "realism", "agree")
    say(run, "third", 1, "identity", "agree")
    assert [label.sample_id for label in people.spoken(run)] == ["third", "never"]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_figure_can_be_read_and_names_a_scripted_judge(theme, run):
    for constraint in run.rubric.keys:
        say(run, "never", 1, constraint, "agree")
        say(run, "third", 1, constraint, "disagree")
    drawn = figures.people_and_judge(run, theme)
    assert not clashing_labels(drawn) and "Not a result" in all_words(drawn)
    assert drawn.get_suptitle().startswith("People agree with the judge in 7 of 14 answers on garment_swap")
