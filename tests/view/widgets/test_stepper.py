import io

import pytest
from doubles import Painter, scores
from hand_made import Bench, called_real, every_outcome
from looking import all_html, one, parts, text
from PIL import Image

from tryon_core.errors import BadInput, UnknownName
from tryon_core.records import Fix, Judgement, Measurement, Region, Score
from tryon_core.runs.reading import open_run
from tryon_core.view.widgets.stepping.stepper import IterationStepper

HOSTILE = '<img src=x onerror="alert(1)"> & </textarea>'


def stepping(tmp_path, sample_id="third"):
    return IterationStepper(open_run(every_outcome(tmp_path)), sample_id)


def pointed(score):
    """A judgement whose garment_structure points to a region, with a measurement behind it."""
    region = Region(left=0.2, top=0.3, right=0.8, bottom=0.7)
    evidence = {"hem_gap": Measurement(value=0.2, unit="share of torso length", bar=0.1)}
    fix = Fix(constraint="garment_structure", text="shorten the hem", aspect="length", amount=-0.1)
    short = Score(score=score, finding="the hem is low", region=region, evidence=evidence, fixes=(fix,))
    return Judgement(scores={**scores().scores, "garment_structure": short})


class Drawer(Painter):
    """Draws in the person's proportions, so that the two can be compared."""

    def __call__(self, request):
        return super().__call__(request).resize((96, 128))


@pytest.fixture
def failing(tmp_path):
    """A run with one sample of three attempts, each with a region and of the person's proportions."""
    bench = Bench(tmp_path, draw=Drawer())
    bench.sample("short", "not_accepted", pointed(5), pointed(6), pointed(7))
    bench.sample("declined", "refused", reason="white_on_white: it cannot be told from its background")
    return open_run(bench.finish())


# ---- stepping through a run ------------------------------------------------------------------------------------------


def test_it_opens_at_the_first_attempt_of_the_first_sample(tmp_path):
    stepper = IterationStepper(open_run(every_outcome(tmp_path)))
    assert (stepper.sample_id, stepper.line, stepper.attempt) == ("at-once", "loop", 1)


def test_setting_the_attempt_shows_its_picture_verdict_and_ladder(tmp_path):
    stepper = stepping(tmp_path)
    first = text(stepper, "stage")
    stepper.attempt = 2
    assert text(stepper, "stage") != first
    assert "attempt 2 of 3, corrected: garment_structure (gate 4) fails first, at 7.0" in text(stepper, "told")
    assert one(stepper, "tryon-constraint-realism").description == "realism, failed: 6.0 realism is 6"


def test_the_slider_and_the_attempt_are_one(tmp_path):
    stepper = stepping(tmp_path)
    slider, tabs = one(stepper, "tryon-attempt"), one(stepper, "tryon-attempts")
    slider.value = 3
    assert stepper.attempt == tabs.value == 3
    stepper.attempt = 2
    assert slider.value == tabs.value == 2 and one(stepper, "tryon-play").max == 3


def test_another_sample_begins_at_its_first_attempt(tmp_path):
    stepper = stepping(tmp_path)
    stepper.attempt = 3
    stepper.sample_id = "never"
    assert (
        stepper.attempt == 1 and len(one(stepper, "tryon-attempts").options) == 4 and "never" in text(stepper, "head")
    )


def test_what_does_not_exist_is_refused_with_what_does(tmp_path):
    stepper = stepping(tmp_path)
    with pytest.raises(UnknownName, match="Did you mean 'never'"):
        stepper.sample_id = "nevr"
    with pytest.raises(BadInput, match="third has attempts 1 to 3 in line 'loop', not 4"):
        stepper.attempt = 4
    with pytest.raises(UnknownName, match="no line is called 'branch-9'"):
        stepper.line = "branch-9"
    with pytest.raises(UnknownName, match="no constraint is called 'reality'"):
        stepper.constraint = "reality"


@pytest.mark.parametrize(("sample_id", "said"), [("declined", "white_on_white"), ("waiting", "not begun")])
def test_a_sample_without_attempts_says_why(tmp_path, sample_id, said):
    stepper = stepping(tmp_path, sample_id)
    assert stepper.attempt == 0 and said in text(stepper, "head") + text(stepper, "stage")
    assert "<img " not in text(stepper, "stage")


def test_what_is_scripted_is_said_to_be(tmp_path):
    assert "Not a result: generator painter is scripted" in text(stepping(tmp_path), "head")


def test_the_change_since_the_step_before_is_told_in_words_and_parameters(tmp_path):
    stepper = stepping(tmp_path)
    stepper.attempt = 3
    changes = text(stepper, "changes")
    assert "what changed from attempt 2 to 3" in changes
    assert "<ins>Mend the garment_structure. Mend the realism.</ins>" in changes
    assert "<li>mend the garment_structure (length +0.1)</li>" in changes


def test_hostile_texts_are_shown_as_text(tmp_path):
    bench = Bench(tmp_path)
    judgement = Judgement(scores={**scores().scores, "realism": Score(score=2, finding=HOSTILE)})
    record = bench.sample("one", "not_accepted", judgement, reason=HOSTILE, pattern=HOSTILE)
    assert record.reason == HOSTILE
    stepper = IterationStepper(open_run(bench.finish()))
    shown = all_html(stepper)
    assert "onerror=&quot;" in shown and "<img src=x" not in shown and "</textarea>" not in shown


def test_a_missing_picture_leaves_a_sentence_in_its_place(failing, tmp_path):
    attempt = failing.records[0].attempts[0]
    (tmp_path / f"pictures/{attempt.picture}.png").unlink()
    assert "is missing; run it again" in text(IterationStepper(failing), "stage")


# ---- looking at one attempt ------------------------------------------------------------------------------------------


def test_choosing_a_constraint_shows_its_measurements_and_choosing_it_again_lets_it_go(failing):
    stepper = IterationStepper(failing)
    rung = one(stepper, "tryon-constraint-garment_structure")
    rung.value = True
    assert stepper.constraint == "garment_structure" and "20 % of torso length (at most 10 %)" in all_html(stepper)
    rung.value = False
    assert stepper.constraint == "" and "at most 0.1" not in all_html(stepper)


def test_one_constraint_at_a_time_is_chosen(failing):
    stepper = IterationStepper(failing)
    stepper.constraint = "identity"
    one(stepper, "tryon-constraint-realism").value = True
    assert stepper.constraint == "realism" and not one(stepper, "tryon-constraint-identity").value


def test_the_regions_of_what_failed_are_drawn_and_named(failing):
    stepper = IterationStepper(failing)
    assert "box: the region of 4 garment_structure" in text(stepper, "stage")
    stepper.constraint = "identity"
    assert "identity: no region was pointed to" in text(stepper, "stage")


@pytest.mark.parametrize(("view", "pictures"), [("picture", 1), ("blink", 2), ("slider", 1), ("heat", 1)])
def test_every_view_is_a_picture_with_words_for_who_cannot_see_it(failing, view, pictures):
    stepper = IterationStepper(failing)
    stepper.view = view
    stage = text(stepper, "stage")
    assert stage.count("<img ") == stage.count('src="data:image/jpeg;base64,') == pictures
    assert stage.count('alt="') == pictures and 'alt=""' not in stage


def test_heat_has_its_unit_its_mean_and_how_many_pixels(failing):
    stepper = IterationStepper(failing)
    stepper.view, stepper.constraint = "heat", "garment_structure"
    n = (77 - 19) * (90 - 38)  # of 96 × 128 pixels, the region's
    stage = text(stepper, "stage")
    assert "CIEDE2000" in stage and f"inside the region of garment_structure (n = {n:,})" in stage
    assert f"outside it (n = {96 * 128 - n:,})" in stage


def test_moving_the_seam_redraws_the_picture(failing):
    stepper = IterationStepper(failing)
    stepper.view = "slider"
    middle = text(stepper, "stage")
    one(stepper, "tryon-reveal").value = 20
    assert stepper.reveal == 20 and text(stepper, "stage") != middle


def test_an_attempt_is_compared_with_the_one_before(failing):
    stepper = IterationStepper(failing)
    stepper.view, stepper.against = "heat", "before"
    assert "attempt 1 against person, as no attempt came before" in text(stepper, "stage")
    stepper.attempt = 2
    assert "attempt 2 against attempt 1" in text(stepper, "stage")


def test_zoom_shows_the_region_of_person_and_attempt(failing):
    stepper = IterationStepper(failing)
    stepper.zoom = True
    assert text(stepper, "stage").count("<img ") == 2 and "cut at full resolution" in text(stepper, "stage")
    stepper.constraint = "identity"  # has no region
    assert "what differs from person, cut at full resolution" in text(stepper, "stage")


def test_pictures_of_other_proportions_are_a_sentence_not_a_difference(tmp_path):
    stepper = stepping(tmp_path)
    stepper.view = "heat"
    assert "one picture is 64 × 80 pixels, the other 96 × 128" in text(stepper, "stage")


def test_the_code_that_redraws_it_can_be_read_but_not_written(tmp_path):
    bench = Bench(tmp_path)
    bench.sample("one", "accepted", scores())
    stepper = IterationStepper(open_run(bench.finish(cards=called_real(generator="warp"))))
    assert "textarea" not in text(stepper, "redraw")
    stepper.code = True
    assert "readonly" in text(stepper, "redraw") and "picture = Warp()(request)" in text(stepper, "redraw")


def test_a_model_without_code_is_told_in_its_place(tmp_path):
    stepper = stepping(tmp_path)
    stepper.code = True
    assert "no generator is called &#x27;painter&#x27;" in text(stepper, "redraw")


def test_no_code_is_shown_that_would_leave_a_lora_out(tmp_path):
    cards = called_real(generator="flux2-klein-9b")
    cards["generator"] = cards["generator"].model_copy(update={"settings": {"lora": "0123456789abcdef"}})
    bench = Bench(tmp_path)
    bench.sample("one", "accepted", scores())
    stepper = IterationStepper(open_run(bench.finish(cards=cards)))
    stepper.code = True
    assert "drew this with a LoRA, for which no code is written" in text(stepper, "redraw")


# ---- the still picture -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sample_id", ["third", "declined", "waiting"])
def test_it_leaves_a_png_behind(tmp_path, sample_id):
    still = Image.open(io.BytesIO(stepping(tmp_path, sample_id).still()))
    assert still.format == "PNG" and still.width == 900 and len(still.getcolors(1_000_000)) > 50  # letters are smooth


def test_the_still_shows_the_step_that_is_set(failing):
    stepper = IterationStepper(failing)
    first = stepper.still()
    stepper.attempt = 2
    assert stepper.still() != first


def test_a_run_that_is_only_looked_at_says_how_to_draw(tmp_path):
    stepper = stepping(tmp_path)
    with pytest.raises(BadInput, match=r"IterationStepper\(live.on_run\("):
        stepper.next()
    assert not [part for part in parts(stepper) if "tryon-next" in part._dom_classes]


# ---- many samples ----------------------------------------------------------------------------------------------------


def test_a_thousand_samples_open_without_reading_their_records(tmp_path):
    bench = Bench(tmp_path)
    bench.sample("sample-0", "accepted", scores())
    for number in range(1, 1000):
        bench.line(f"sample-{number}", difficulty="hard" if number % 100 == 7 else "easy")
    run = open_run(bench.finish())
    asked = []
    read = run.store.read
    run.store.read = lambda key: (asked.append(key), read(key))[1]
    stepper = IterationStepper(run)
    assert len([key for key in asked if key.startswith("records/")]) == 1
    one(stepper, "tryon-find").value = "hard 50"
    assert [*one(stepper, "tryon-sample").options] == ["sample-0", "sample-507"]
    one(stepper, "tryon-sample-after").click()
    assert stepper.sample_id == "sample-507"
