"""The stepper and the triage over flows that are no line of judged attempts: a tree, stages, words alone."""

import io
from dataclasses import replace

import pytest
import shaped_runs as shaped
from doubles import Painter, Scripted, card, scores
from looking import all_html, one, parts, text
from PIL import Image

from tryon_core.errors import BadInput, ModelFailed
from tryon_core.flows import FlowLine, spec_of
from tryon_core.records import EditRequest, Measurement, Noise
from tryon_core.roles import Generator, Judge, Scorer
from tryon_core.rubrics import RUBRICS
from tryon_core.runs import stepping
from tryon_core.runs.kept import labels
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.reading import open_run
from tryon_core.steps import Change, Step
from tryon_core.view.widgets.stepping.stepper import IterationStepper
from tryon_core.view.widgets.triaging.triage import FailureTriage


def opened(where, shape, **changes):
    return open_run(shaped.written(where, replace(shape, **changes)))


@pytest.fixture
def tree(tmp_path):
    return IterationStepper(opened(tmp_path, shaped.TREE))


@pytest.fixture
def stages(tmp_path):
    return IterationStepper(opened(tmp_path, shaped.STAGES))


def buttons(stepper, name):
    return [part for part in parts(stepper.map) if name in part._dom_classes]


def seen(stepper, name):
    return one(stepper, name).layout.display != "none"


# ---- a tree of candidates --------------------------------------------------------------------------------------------


def test_every_candidate_can_be_reached(tree):
    assert one(tree, "tryon-attempt").max == 5
    titles = []
    for number in range(1, 6):
        tree.attempt = number
        titles.append(text(tree, "told"))
    assert len(set(titles)) == 5 and all("attempt" not in title for title in titles)


def test_a_step_says_stage_score_and_unit(tree):
    tree.attempt = 4
    assert "step 4 of 5, near: likeness 0.7 points" in text(tree, "told")
    assert "<th scope='row'>likeness</th><td>0.7 points</td>" in text(tree, "data")


def test_a_missing_score_says_its_reason(tree):
    tree.attempt = 3
    assert "no number: the face was not found" in text(tree, "data")


def test_the_map_leads_to_parent_and_children(tree):
    tree.attempt = 2
    assert [button.description for button in buttons(tree, "tryon-to")] == ["4 near", "5 near ★"]
    buttons(tree, "tryon-to")[1].click()
    assert tree.attempt == 5 and tree.step.ancestors[0].number == 2
    buttons(tree, "tryon-from")[0].click()
    assert tree.attempt == 2 and "the best of the first three" in text(tree, "told")


def test_the_chosen_step_is_marked(tree):
    assert [label for label, _ in one(tree, "tryon-attempts").options] == ["· 1", "· 2", "· 3", "· 4", "★ 5"]
    tree.attempt = 5
    assert "the one to keep" in text(tree, "told")


def test_costs_are_told_by_argument(tree):
    assert "generator: 1 call, 2.0 s, 28 denoising steps · scorer: 1 call, 0.5 s" in text(tree, "told")


def test_before_means_the_parent_step(tree):
    tree.view, tree.against, tree.attempt = "heat", "before", 5
    assert "step 5 against step 2" in text(tree, "stage")
    tree.attempt = 3
    assert "step 3 against init, as no step came before" in text(tree, "stage")


def test_without_a_rubric_there_is_no_ladder(tree):
    assert not tree.ladder.children and seen(tree, "tryon-zoom")


def test_a_branch_is_one_more_child(tmp_path):
    where = shaped.written(tmp_path, shaped.TREE)
    shaped.branched(where, 5, Change(keep=4, by="Ada"))
    stepper = IterationStepper(open_run(where))
    stepper.attempt = 5
    (child,) = buttons(stepper, "tryon-to")
    assert child.description == "branch-1, from step 5 of loop"
    child.click()
    assert stepper.line == "branch-1" and "step 4 kept by Ada" in text(stepper, "head")
    assert "Ada keeps step 4" in text(stepper, "told")


# ---- stages ----------------------------------------------------------------------------------------------------------


def test_a_step_without_picture_shows_its_data(stages):
    assert not text(stages, "stage") and not text(stages, "changes") and not seen(stages, "tryon-code")
    assert "<td>navy, white</td>" in text(stages, "data") and not seen(stages, "tryon-view")


def test_data_from_outside_stays_text(stages):
    assert "onerror=&quot;" in text(stages, "data") and "<img src=x" not in all_html(stages)


def test_masks_stand_beside_the_picture(stages):
    stages.attempt = 2
    made = text(stages, "made")
    assert made.count("<img ") == 2 and "mask, made by step 2 of one" in made
    assert "the upper half was named by the features" in text(stages, "told")
    stages.attempt = 3
    assert "control, made by step 3" in text(stages, "made") and text(stages, "stage").count("<img ") == 1


def test_first_words_that_are_not_the_wish(stages):
    stages.attempt = 3
    assert "step 3 was asked for in these words" in text(stages, "changes") and "A navy jacket." in text(
        stages, "changes"
    )


def test_sample_pictures_are_shown_in_order(stages):
    captions = [role for role in ("person", "garment", "character") if f"{role} of one" in text(stages, "inputs")]
    assert captions == ["person", "garment", "character"] and text(stages, "inputs").count("<img ") == 3


def test_code_names_the_model_that_drew(stages):
    stages.attempt, stages.code = 3, True
    assert "no generator is called &#x27;scripted painter&#x27;" in text(stages, "redraw")


# ---- words alone -----------------------------------------------------------------------------------------------------


def test_a_flow_of_words_needs_no_picture(tmp_path):
    stepper = IterationStepper(opened(tmp_path, shaped.WORDS))
    assert not text(stepper, "inputs") and "fields" in text(stepper, "data")
    stepper.attempt = 2
    assert "A short navy jacket" in text(stepper, "data") and "<img" not in all_html(stepper)


def test_a_candidate_is_headed_by_what_ranks_it(tmp_path):
    repeated = {"candidate": 2, "potential": None, "unranked": "nearly repeats candidate 1: 0.50 Lab units apart"}
    ranked, pruned = (
        shaped.candidate("global", 0, "red", 0.2, data={"candidate": 1, "potential": 8.53653}),
        replace(shaped.candidate("global", 0, "red", 0.2, data=repeated), scores={}),
    )
    stepper = IterationStepper(opened(tmp_path, replace(shaped.TREE, steps=(ranked, pruned), chosen=1)))
    stepper.attempt = 1
    assert "step 1 of 2, global: potential 8.537" in text(stepper, "told")
    stepper.attempt = 2
    assert "global: nearly repeats candidate 1: 0.50 Lab units apart" in text(stepper, "told")


@pytest.mark.parametrize("name", ["TREE", "STAGES", "WORDS"])
def test_every_step_leaves_a_png_behind(tmp_path, name):
    stepper = IterationStepper(opened(tmp_path, getattr(shaped, name)))
    stills = []
    for number in range(1, len(stepper.step.steps) + 1):
        stepper.attempt = number
        stills.append(stepper.still())
    assert len(set(stills)) == len(stills) and all(Image.open(io.BytesIO(png)).width == 900 for png in stills)


# ---- judged steps among others ---------------------------------------------------------------------------------------


def mixed(where):
    """Two steps of the three that are judged: attempts 1 and 2 are steps 2 and 3."""
    first, *_, last = shaped.STAGES.steps
    judged = (
        replace(last, stage="attempt", parent=1, judgement=scores(realism=5), decision="retry"),
        replace(last, stage="attempt", parent=2, judgement=scores(realism=6), decision="retry"),
    )
    arguments = {**shaped.STAGES.arguments, "critic": "judge"}
    told = {"arguments": arguments, "rubric": RUBRICS["default"], "outcome": "not_accepted"}
    return opened(where, shaped.STAGES, steps=(first, *judged), **told)


def test_only_judged_steps_are_called_attempts(tmp_path):
    stepper = IterationStepper(mixed(tmp_path))
    assert "step 1 of 3, features" in text(stepper, "told")
    assert one(stepper, "tryon-constraint-realism").description.startswith("realism: ")  # the question
    stepper.attempt = 3
    assert "step 3 of 3 (attempt 2), not accepted: realism (gate 7) fails first, at 6.0" in text(stepper, "told")
    assert "what changed from step 2 (attempt 1) to step 3 (attempt 2)" in text(stepper, "changes")


def test_a_label_names_the_judge_by_role(tmp_path):
    triage = FailureTriage(mixed(tmp_path), by="ada")
    triage.show("failed at an iteration", "attempt 2: realism failed").say("disagree")
    (label,) = labels.read(triage.run.store)
    assert (label.attempt, label.judge, label.score) == (2, "scripted critic 1", 6.0), triage.said


def test_triage_without_a_rubric_says_so(tmp_path):
    run = opened(tmp_path, shaped.TREE)
    triage = FailureTriage(run)
    assert "the flow of this run asked no rubric" in triage.where and triage.still().startswith(b"\x89PNG")
    with pytest.raises(BadInput, match="there is no answer to agree or disagree with"):
        labels.about(run.info, "one", run.records[0].steps[0], "realism", "agree", by="ada")


# ---- a search, stepped live ------------------------------------------------------------------------------------------


class Counting:
    """A scorer whose number grows with every new picture."""

    def __init__(self):
        self.card, self.seen = card("counting"), []

    def __call__(self, sample, image):
        self.seen += [image.tobytes()] * (image.tobytes() not in self.seen)
        return {"likeness": Measurement(value=self.seen.index(image.tobytes()), unit="points", better="higher")}


def search(sample, *, generator: Generator, scorer: Scorer, seed: int = 0):
    """Two candidates from nothing, then one near the better of them."""
    numbers = []
    for stage, parent, noise in (("global", 0, seed), ("global", 0, seed + 1), ("near", 2, seed + 2)):
        prompt = sample.wish if parent == 0 else f"{sample.wish} Nearer."
        request = EditRequest(prompt=prompt, images=(sample.images["person"],), noise=Noise(seed=noise))
        image = generator(request)
        found = scorer(sample, image)
        numbers.append(found["likeness"].value)
        yield Step(stage=stage, parent=parent, image=image, request=request, scores=found)
    return numbers.index(max(numbers)) + 1


def nothing(sample, *, generator: Generator, scorer: Scorer):
    """Ends before it has done anything."""
    return None
    yield


def looked(sample, *, critic: Judge):
    """One judgement of the photograph itself."""
    yield Step(stage="look", image=sample.images["person"], judgement=critic(sample, sample.images["person"]))
    return 1


def begun(manifest, folder, flow=search, before=lambda request: None, **models):
    line = FlowLine(function=flow, needs=("person",), shape="tree")
    parameters = BatchParameters.checked(source=str(manifest), output=str(folder))
    models = models or {"generator": Painter(before), "scorer": Counting()}
    return IterationStepper(stepping.begin(parameters, flow=spec_of(flow, line), models=models))


def to_its_end(stepper):
    steps = []
    while (step := stepper.next()) is not None:
        steps.append(step)
    return steps


def test_a_search_is_stepped_to_its_end(manifest, tmp_path):
    stepper = begun(manifest, tmp_path)
    assert one(stepper, "tryon-next").description == "next: the first step"
    steps = to_its_end(stepper)
    assert [(step.stage, step.parent) for step in steps] == [("global", 0), ("global", 0), ("near", 2)]
    (record,) = open_run(tmp_path).records
    assert (record.outcome, record.chosen) == ("finished", 3)


def test_the_end_says_which_step_is_kept(manifest, tmp_path):
    stepper = begun(manifest, tmp_path)
    to_its_end(stepper)
    assert "s0 has finished: step 3 is kept" in text(stepper, "status") and not text(stepper, "error")
    assert one(stepper, "tryon-next").disabled
    with pytest.raises(BadInput, match="has finished"):
        stepper.next()


def test_the_button_ends_a_search_too(manifest, tmp_path):
    stepper = begun(manifest, tmp_path)
    for _ in range(4):
        one(stepper, "tryon-next").click()
        stepper.steering.wait(20)
    assert not stepper.busy and "step 3 is kept" in text(stepper, "status")


def test_a_flow_that_does_nothing_ends_cleanly(manifest, tmp_path):
    stepper = begun(manifest, tmp_path, nothing)
    assert stepper.next() is None and stepper.attempt == 0
    assert "s0 has finished: nothing is kept" in text(stepper, "status")
    assert open_run(tmp_path).records[0].outcome == "finished"


def test_words_without_a_foretold_request_are_optional(manifest, tmp_path):
    stepper = begun(manifest, tmp_path)
    stepper.next()
    field = one(stepper, "tryon-words")
    assert field.value == "" and "this flow cannot say how it asks next" in field.placeholder
    assert one(stepper, "tryon-next").description == "next: one more step"
    stepper.steering.words = "In green."
    assert one(stepper, "tryon-next").description == "branch from step 1"


def test_a_flow_without_generator_hides_the_words(manifest, tmp_path):
    stepper = begun(manifest, tmp_path, looked, critic=Scripted(scores()))
    assert not seen(stepper, "tryon-words") and stepper.next().stage == "look"


def test_a_broken_call_can_be_tried_again(manifest, tmp_path):
    failing = [True]

    def before(request):
        if failing and request.noise.seed == 1:
            raise RuntimeError(failing.pop() and "out of memory")

    stepper = begun(manifest, tmp_path, before=before)
    stepper.next()
    with pytest.raises(ModelFailed, match="out of memory"):
        stepper.next()
    assert open_run(tmp_path).records[0].outcome == "failed"
    assert [step.number for step in to_its_end(stepper)] == [2, 3]


def test_keeping_a_step_opens_a_branch(manifest, tmp_path):
    stepper = begun(manifest, tmp_path)
    stepper.next(), stepper.next()
    stepper.attempt = 1
    one(stepper, "tryon-keep").click()
    stepper.steering.wait(20)
    assert (stepper.line, stepper.attempt) == ("branch-1", 1) and "the one to keep" in text(stepper, "told")
    assert "step 1 kept by person" in text(stepper, "head") and one(stepper, "tryon-next").disabled
    (branch,) = open_run(tmp_path).branches("s0")
    assert (branch.chosen, branch.outcome, len(branch.steps)) == (1, "finished", 2)
    stepper.go("loop", 2)
    assert [step.number for step in to_its_end(stepper)] == [3]


def test_before_the_first_step_nothing_is_kept(manifest, tmp_path):
    stepper = begun(manifest, tmp_path)
    assert one(stepper, "tryon-keep").disabled
    with pytest.raises(BadInput, match="There is no step to keep yet"):
        stepper.steering.keep()
