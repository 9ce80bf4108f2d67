"""The flow `inpaint` with scripted models: both stages, the swap as a candidate, what it refuses, what stands."""

import dataclasses

import numpy as np
import pytest
from characters import SIZE, WHOLE, Brightness, Painting, Swapping, painted, task
from doubles import Scripted, scores
from PIL import Image

from tryon_core.errors import BadInput, Refused
from tryon_core.flows import named
from tryon_core.flows.inpaint import Inpaint, inpaint
from tryon_core.flows.searching.purse import Budget
from tryon_core.rubrics import RUBRICS

SWAP = Inpaint(wide=3, parents=1, children=2, start="swap")


def stages(walk):
    return [step.stage for step in walk.steps]


def test_both_stages_are_drawn_and_the_highest_is_kept():
    generator = Painting()
    walk = painted(generator=generator)
    assert stages(walk) == ["global"] * 4 + ["near"] * 4 and generator.batches == [4, 4]
    potentials = [step.data["potential"] for step in walk.steps]
    assert walk.chosen == int(np.argmax(potentials)) + 1 and len(set(potentials)) == 8
    best = sorted(range(4), key=lambda n: -potentials[n])[:2]
    assert [step.parent for step in walk.steps[4:]] == [best[0] + 1] * 2 + [best[1] + 1] * 2


def test_outside_the_mask_every_byte_stands():
    walk, init = painted(SWAP, face_swapper=Swapping()), np.asarray(task().images["init"])
    outside = np.ones(init.shape[:2], bool)
    outside[WHOLE] = False
    for step in walk.steps:
        assert step.image.size == SIZE and (np.asarray(step.image)[outside] == init[outside]).all()
        assert (np.asarray(step.image)[WHOLE] != init[WHOLE]).any()


def test_the_swap_is_a_candidate_and_what_the_others_are_painted_over():
    generator, swapper = Painting(), Swapping()
    walk = painted(SWAP, generator=generator, face_swapper=swapper)
    assert stages(walk) == ["swap", *["global"] * 3, "raw", *["near"] * 2] and swapper.calls == 1
    assert {step.parent for step in walk.steps[1:5]} == {1} and not walk.steps[0].scores
    assert walk.steps[4].image is walk.steps[0].image
    assert walk.steps[5].parent in (2, 3, 4), "what was not painted has no children"
    under = generator.requests[0].images[0].getpixel((generator.requests[0].images[0].width // 2,) * 2)
    assert under == (255, 0, 0), "painted over the swapped face"
    assert len(generator.requests[0].images) == 2, "and still shown the character"
    assert walk.steps[0].data == {"model": "swapping"} and walk.steps[0].why == "the character's face is put in"
    assert [step.data.get("candidate") for step in walk.steps] == [None, 1, 2, 3, 4, 5, 6]


def test_a_budget_of_few_pictures_leaves_the_swap_a_candidate():
    generator = Painting()
    options = Inpaint(wide=3, start="swap", parents=1, budget=Budget(pictures=2))
    walk = painted(options, generator=generator, face_swapper=Swapping(), ledger=_ledger(generator))
    assert stages(walk) == ["swap", "global", "global", "raw"]


def test_the_swap_itself_can_be_kept():
    white = task(images={"character": Image.new("RGB", (40, 40), "white")})
    walk = painted(SWAP, sample=white, face_swapper=Swapping())
    assert walk.steps[walk.chosen - 1].stage == "raw"


def test_where_no_face_can_be_swapped_it_paints_all_the_same():
    walk = painted(SWAP, face_swapper=Swapping(refuses="no_face"))
    assert stages(walk) == ["swap", *["global"] * 3, *["near"] * 2] and walk.steps[0].image is None
    assert walk.steps[0].data["refused"] == "no_face" and "no face is seen" in walk.steps[0].why


@pytest.mark.parametrize("consent", ["", "no", "unknown"])
def test_without_consent_no_face_is_swapped(consent):
    swapper = Swapping()
    with pytest.raises(Refused, match="face swap needs the consent") as caught:
        painted(SWAP, sample=task(consent=consent), face_swapper=swapper)
    assert caught.value.reason == "no_consent" and swapper.calls == 0


def test_a_character_is_painted_unless_the_person_denies_it():
    """Exported files often say nothing of consent; a no is a no for whatever shows the person."""
    generator = Painting()
    with pytest.raises(Refused, match="^painting a character needs the consent"):
        painted(sample=task(consent="no"), generator=generator)
    assert not generator.requests
    assert painted(Inpaint(wide=1, parents=1, children=1), sample=task(consent="")).chosen
    assert painted(Inpaint(wide=1, parents=1, children=1), sample=task(consent="no").without("character")).chosen


def test_a_verifier_that_says_nothing_of_a_character_is_refused():
    verifier, generator = Brightness("overall_score"), Painting()
    with pytest.raises(BadInput, match="^verifier .* scores overall_score and nothing of a character.* leave it out"):
        painted(generator=generator, verifier=verifier)
    assert not generator.requests and not verifier.calls


def test_without_consent_no_face_is_laid_in():
    compositor = Painting()
    with pytest.raises(Refused, match="^a composite needs the consent"):
        painted(Inpaint(start="composite"), sample=task(consent="no"), compositor=compositor)
    assert not compositor.requests


def test_a_generator_is_told_the_character_and_a_crop_round_the_mask():
    generator = Painting()
    painted(generator=generator)
    request = generator.requests[0]
    assert request.images[1] is not None and request.images[1].getpixel((0, 0)) == (255, 0, 0)
    assert request.mask.size == request.images[0].size and request.prompt == "the character looks up"


def test_what_a_generator_does_not_see_is_said():
    walk = painted(sample=task(), generator=_one_picture())
    assert all("of the character it has the words alone" in step.why for step in walk.steps)


def _one_picture():
    generator = Painting()
    generator.masked_images = 1
    return generator


def test_unscored_terms_are_said_and_the_rest_decides():
    walk = painted(identity=Brightness("quality_vl", reasons={"face_identity": "no face is seen"}))
    step = walk.steps[0]
    assert step.data["terms"]["identity"] == "face_identity: no face is seen" and step.data["shares"] == {"quality": 1}
    assert "consistency and identity unscored" in step.why
    assert walk.chosen == 1 + int(np.argmax([each.data["potential"] for each in walk.steps]))


def test_where_nothing_can_be_scored_the_candidates_stay_and_none_is_kept():
    walk = painted(identity=Brightness(reasons={"face_identity": "no face is seen"}))
    assert len(walk.steps) == 4 and walk.chosen is None
    assert walk.steps[0].data["unranked"] == "no face is seen"


@pytest.mark.parametrize(("images", "reason"), [
    ({"mask": Image.new("L", SIZE, 0)}, "empty_mask"),
    ({"mask": Image.new("L", SIZE, 100)}, "empty_mask"),
    ({"mask": Image.new("L", (SIZE[0], SIZE[1] + 8), 255)}, "mask_of_another_size"),
])  # fmt: skip
def test_a_mask_that_cannot_be_painted_in_is_refused(images, reason):
    generator = Painting()
    with pytest.raises(Refused) as caught:
        painted(sample=task(images=images), generator=generator)
    assert caught.value.reason == reason and not generator.requests


def test_a_mask_s_greys_and_colours_are_cut_at_the_middle():
    grey = task().images["mask"].point(lambda value: 255 if value else 12).convert("RGBA")
    walk, init = painted(sample=task(images={"mask": grey})), np.asarray(task().images["init"])
    assert (np.asarray(walk.steps[0].image)[0] == init[0]).all()


def test_a_full_mask_paints_all_of_it():
    walk = painted(sample=task(images={"mask": Image.new("L", SIZE, 255)}))
    assert len(walk.steps[0].image.getcolors()) == 1


def test_a_generator_without_masks_is_refused():
    with pytest.raises(Refused, match="painting takes no mask"):
        painted(generator=Painting(takes=()))


@pytest.mark.parametrize(("options", "match"), [
    ({"consistency": 0, "quality": 0, "identity": 0}, "weights of consistency, quality, identity are all 0"),
    ({"identity": -1}, "the weight of identity is 0 or more, got -1"),
    ({"strength": 2.0}, "strength is 0 to 1, got 2"),
    ({"steps": 0}, "steps must be 1 or more, got 0"),
    ({"wide": 2, "parents": 3}, "2 is too many"),
    ({"stage2": "anneal"}, "give the one to vary around"),
])  # fmt: skip
def test_settings_that_cannot_be_are_refused(options, match):
    with pytest.raises(BadInput, match=match.replace("2 is too many", "is too many")):
        named("inpaint").checked(options)


def test_the_budget_is_kept():
    generator, options = Painting(), Inpaint(budget=Budget(pictures=5))
    assert len(painted(options, ledger=_ledger(generator), generator=generator).steps) == 5


def _ledger(generator):
    from tryon_core.steps import Spent

    return lambda: {"generator": Spent(calls=len(generator.requests))}


def test_a_judge_sees_the_kept_picture_and_selects_nothing():
    rubric = RUBRICS["general"]
    judge = Scripted(scores(rubric))
    walk = painted(Inpaint(judged="chosen"), judge=judge, rubric=rubric)
    kept = walk.steps[walk.chosen - 1]
    assert kept.stage == "chosen" and kept.judgement is not None and kept.image is walk.steps[kept.parent - 1].image
    assert dataclasses.asdict(Inpaint())["judged"] == "none"


def test_a_judge_that_is_asked_for_is_named():
    with pytest.raises(BadInput, match="judged 'all' needs a judge"):
        painted(Inpaint(judged="all"))


def test_the_same_seed_paints_the_same():
    first, second = painted(), painted()
    assert [step.image.tobytes() for step in first.steps] == [step.image.tobytes() for step in second.steps]
    models = {"generator": Painting(), "identity": Brightness("face_identity")}
    plain, zero, other = (next(inpaint(task(), **models, **seed)) for seed in ({}, {"seed": 0}, {"seed": 2}))
    assert plain.image.tobytes() == zero.image.tobytes() != other.image.tobytes() != first.steps[0].image.tobytes()


def test_a_composite_can_be_painted_over_too():
    generator, compositor = Painting(), Painting()
    walk = painted(
        Inpaint(wide=2, parents=1, children=1, start="composite"), generator=generator, compositor=compositor
    )
    assert stages(walk) == ["composite", "global", "global", "raw", "near"] and len(compositor.requests) == 1
    assert compositor.requests[0].images[1].getpixel((0, 0)) == (255, 0, 0), "it is shown the character"
    assert walk.steps[3].image is walk.steps[0].image and walk.steps[3].parent == 1
    under = generator.requests[0].images[0]
    assert under.getpixel((under.width // 2, under.height // 2)) == walk.steps[0].image.getpixel((50, 40))


def test_a_model_that_takes_one_picture_is_shown_both_side_by_side():
    generator = _one_picture()
    walk = painted(Inpaint(wide=1, parents=1, children=1, shown="side_by_side"), generator=generator)
    request, init = generator.requests[0], np.asarray(task().images["init"])
    (wide,) = request.images
    half = wide.width // 2
    assert wide.getpixel((half // 2, wide.height // 2)) == (255, 0, 0) and request.mask.size == wide.size
    assert request.mask.crop((0, 0, half, wide.height)).getextrema() == (0, 0), "the character itself may not change"
    assert request.prompt.endswith("the character looks up") and "On the left" in request.prompt
    assert "words alone" not in walk.steps[0].why and (np.asarray(walk.steps[0].image)[0] == init[0]).all()


def test_a_model_that_needs_two_pictures_is_not_shown_them_as_one():
    generator = Painting()
    generator.min_images = 2
    with pytest.raises(BadInput, match=f"^{generator.card.name} needs 2 pictures .* leave shown out"):
        painted(Inpaint(shown="side_by_side"), generator=generator)
    assert not generator.requests


def test_a_generator_draws_with_the_settings_that_are_given():
    generator = Painting()
    painted(Inpaint(wide=1, parents=1, children=1, guidance=2.5, strength=0.4, steps=7), generator=generator)
    for request in generator.requests:
        settings = request.settings
        assert (settings.guidance, settings.strength, settings.steps) == (2.5, 0.4, 7)


@pytest.mark.parametrize(
    ("start", "models"), [("picture", (False, False)), ("swap", (True, False)), ("composite", (False, True))]
)
def test_only_what_it_starts_from_is_loaded(start, models):
    assert (Inpaint(start=start).uses_swapper, Inpaint(start=start).uses_compositor) == models


@pytest.mark.parametrize("options", [{"start": "swap"}, {"start": "composite"}, {"shown": "side_by_side"}])
def test_what_needs_a_character_says_so(options):
    with pytest.raises(Refused, match="needs the picture 'character'"):
        painted(Inpaint(**options), sample=task().without("character"), face_swapper=Swapping(), compositor=Painting())
