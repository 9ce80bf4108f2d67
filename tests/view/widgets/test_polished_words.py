"""What a page tells of words that a writer polished, could not use, or had no room for."""

import pytest
from doubles import Painter, run, scores
from looking import text
from writing import ScriptedWriter, WritingScripted, says

from tryon_core.runs.reading import open_run
from tryon_core.view.tables.story import attempt_stories
from tryon_core.view.widgets.stepping.stepper import IterationStepper

ONCE_MENDED = (scores(realism=6), scores())
WISH = "The person wears the given garment; everything else stays as it is."


class Drawer(Painter):
    """Draws in the pictures' own size; `room` is how many characters it reads."""

    def __init__(self, room=None):
        super().__init__()
        if room:
            self.fits = lambda words: len(words) <= room


def opened(manifest, folder, *answers, painter=None, judgements=ONCE_MENDED, **given):
    """A run of one sample whose words a writer was asked for."""
    judge = WritingScripted(ScriptedWriter(*answers), *judgements)
    run(manifest, folder, painter or Drawer(), judge, limit=1, **{"rewrite": True, **given})
    return open_run(str(folder))


@pytest.fixture
def polished(manifest, tmp_path):
    return opened(manifest, tmp_path, says(f"{WISH} Let light fall as in her room."))


def at(found, attempt=2):
    stepper = IterationStepper(found)
    stepper.attempt = attempt
    return stepper


def test_the_stepper_shows_the_composed_words_against_the_polished_ones(polished):
    changes = text(at(polished), "changes")
    assert "what the judge's model made of the composed words" in changes
    assert "<del>Mend the realism.</del> <ins>Let light fall as in her room.</ins>" in changes
    assert "<li>words polished" not in changes  # shown already


def test_a_page_without_the_diff_says_that_words_were_polished(polished):
    assert "words polished by the judge's model" in attempt_stories(polished.records[0], polished.rubric)[0].asked_next


def test_a_first_attempt_has_no_polished_words(polished):
    assert "composed words" not in text(at(polished, 1), "changes")


def test_the_still_is_higher_by_the_polished_words(polished, manifest, tmp_path):
    plain = opened(manifest, tmp_path / "plain", says("never asked"), rewrite=False)
    assert _height(at(polished).still()) > _height(at(plain).still())


def _height(png):
    return int.from_bytes(png[20:24], "big")


def test_an_answer_that_was_not_used_is_told_with_its_reason(manifest, tmp_path):
    found = opened(manifest, tmp_path, "Sure! Here you are: <b>")
    story = attempt_stories(found.records[0], found.rubric)[0]
    assert "words as composed: the writer's answer is no JSON (23 characters)" in story.asked_next
    assert "what the judge" not in text(at(found), "changes")


def test_an_instruction_that_did_not_fit_is_told(manifest, tmp_path):
    judgements, painter = (scores(identity=6, realism=6), scores()), Drawer(room=len(WISH) + 25)
    found = opened(manifest, tmp_path, "", painter=painter, judgements=judgements, rewrite=False)
    assert found.records[0].attempts[1].request["prompt"] == f"{WISH} Mend the identity."
    assert "<li>not in the words: Mend the realism.</li>" in text(at(found), "changes")


def test_what_did_not_fit_is_told_by_the_composed_words_not_the_polished_ones(manifest, tmp_path):
    judgements, painter = (scores(identity=6, realism=6), scores()), Drawer(room=len(WISH) + 25)
    found = opened(manifest, tmp_path, says("Wear it."), painter=painter, judgements=judgements)
    (told,) = [one for one in attempt_stories(found.records[0], found.rubric)[0].asked_next if "not in" in one]
    assert told == "not in the words: Mend the realism."


def test_the_writer_s_seconds_are_shown_and_counted(polished):
    assert "generator: 1 call, 2.0 s, 4 denoising steps" in text(at(polished), "told")
    assert "writer: 1 call, 3.0 s" in text(at(polished), "told")
    assert polished.records[0].spent["writer"].seconds == 3.0


def test_a_run_without_a_writer_says_nothing_of_writing(manifest, tmp_path):
    plain = opened(manifest, tmp_path, "", rewrite=False)
    assert "writer" not in text(at(plain), "told")
