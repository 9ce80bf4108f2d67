"""The garment pipeline over scripted models: its stages, what a person changes, what is skipped and why."""

import numpy as np
import pytest
from doubles import BOX, Darker, Draws, Scripted, Seen, card, cloth, scores
from PIL import Image, ImageFilter

from tryon_core.errors import BadInput, Refused
from tryon_core.flows.garment import Garment, garment
from tryon_core.records import Measurement, Sample
from tryon_core.roles import Mask
from tryon_core.rubrics import RUBRICS
from tryon_core.runs.walk import Walk
from tryon_core.steps import Change

STAGES = ["preprocess", "segment", "refine_mask", "features", "initial", "inpaint", "enhance"]


def dressed(**images):
    given = {"person": cloth(colour="maroon"), "garment": cloth(), **images}
    return Sample(sample_id="s", wish="Wear it.", images={role: image for role, image in given.items() if image})


def walked(sample=None, changes=(), **given):
    """A walk to its end; `changes` are sent behind the steps of their numbers."""
    arguments = {"segmenter": Seen(), "generator": Draws(), "judge": Scripted(scores()), "rubric": RUBRICS["default"]}
    walk = Walk(garment(sample or dressed(), **arguments | given))
    changes, step = dict(changes), walk.next()
    while step is not None:
        step = walk.next(changes.get(step.number))
    return walk


def stages(walk):
    return [step.stage for step in walk.steps]


def test_each_stage_is_a_step_of_its_own():
    walk = walked()
    assert stages(walk) == STAGES and walk.chosen == 5
    assert [step.number for step in walk.steps if step.judged] == [5]
    assert [step.why for step in walk.steps[5:]] == ["no model here draws inside a mask", "no enhancer is given"]
    assert walk.steps[2].scores["area_share"].value == pytest.approx(61 * 81 / (120 * 160), abs=0.01)


def test_a_cloth_alone_gets_four_stages_and_a_sentence():
    walk = walked(dressed(person=None), generator=Draws(min_images=2))
    assert stages(walk) == STAGES[:5] and walk.chosen == 4
    assert "person='PICTURE'" in walk.steps[4].why and not walk.steps[4].image
    corner, middle = walk.steps[3].image.getpixel((2, 2)), walk.steps[3].image.getpixel((60, 80))
    assert corner == (255, 255, 255) and middle == (0, 0, 128)


def test_words_alone_draw_where_a_generator_can():
    judge, generator = Scripted(scores()), Draws(min_images=0)
    walk = walked(dressed(person=None), generator=generator, judge=judge)
    assert walk.chosen == 5 and not judge.seen and "nothing can be judged" in walk.steps[4].why
    assert not generator.requests[0].images and "navy" in generator.requests[0].prompt


def test_points_ask_the_segmenter_again():
    segmenter, points = Seen(), ((0.4, 0.5, 1),)
    walk = walked(segmenter=segmenter, changes={2: Change(points=points)})
    assert stages(walk)[:4] == ["preprocess", "segment", "segment", "refine_mask"]
    assert segmenter.prompts[1].points == points and walk.steps[1].change.by == "person"
    assert walk.steps[3].scores["area_share"].value == pytest.approx(30 * 81 / (120 * 160), abs=0.01)


def test_a_segmenter_is_asked_only_what_it_takes():
    segmenter = Seen()
    segmenter.takes = ("points",)
    walked(segmenter=segmenter)
    assert not segmenter.prompts[0].words
    segmenter.takes = ("words",)
    with pytest.raises(Refused, match="seen takes no points; give a mask"):
        walked(segmenter=segmenter, changes={2: Change(points=((0.4, 0.5, 1),))})
    assert segmenter.prompts[-1].words == "garment" and not any(prompt.points for prompt in segmenter.prompts)


@pytest.mark.parametrize("behind, number", [("segment", 2), ("refine_mask", 3)])
def test_a_persons_mask_is_taken_as_it_is(behind, number):
    mask = Image.new("L", (120, 160))
    mask.paste(255, (40, 50, 60, 70))
    walk = walked(changes={number: Change(images={"mask": mask})})
    taken = walk.steps[number]
    assert walk.steps[number - 1].stage == behind and taken.stage == "refine_mask"
    assert taken.made["mask"].tobytes() == mask.tobytes() and "a person drew this mask" in taken.why
    assert walk.steps[number + 1].stage == "features"


@pytest.mark.parametrize("behind", [2, 3])
@pytest.mark.parametrize("size, words", [((120, 160), "nothing is in"), ((160, 120), "has the shape of its picture")])
def test_a_persons_mask_has_something_in_it_and_the_pictures_shape(behind, size, words):
    with pytest.raises(Refused, match=words):
        walked(changes={behind: Change(images={"mask": Image.new("L", size)})})


def test_a_persons_mask_may_have_the_garments_own_size():
    mask = Image.new("L", (1200, 1601))
    mask.paste(255, (400, 500, 600, 700))
    walk = walked(changes={2: Change(images={"mask": mask})})
    assert walk.steps[2].made["mask"].getbbox() == (40, 50, 60, 70)


def test_where_no_garment_is_found_it_says_so():
    with pytest.raises(Refused, match="the segmenter gave no mask"):
        walked(dressed(garment=cloth(colour="lightgrey")))


def test_a_person_may_still_give_the_mask():
    mask = Image.new("L", (120, 160))
    mask.paste(255, BOX)
    walk = walked(dressed(garment=cloth(colour="lightgrey")), changes={2: Change(images={"mask": mask})})
    assert walk.chosen == 5


def test_large_pictures_are_scaled_and_never_stretched():
    walk = walked(dressed(garment=cloth((600, 800), (150, 200, 450, 600))), options=Garment(max_side=400))
    assert walk.steps[0].image.size == (300, 400) and walk.steps[0].data["garment_px"] == "300 x 400"
    assert "the garment was 600 x 800 px" in walk.steps[0].why


def test_a_stage_that_made_it_worse_is_not_kept():
    judge = Scripted(scores(), scores(realism=2))
    walk = walked(judge=judge, enhancer=Darker())
    assert walk.steps[6].judged and walk.chosen == 5


def test_a_stage_that_helped_is_kept():
    judge = Scripted(scores(realism=2), scores())
    walk = walked(judge=judge, enhancer=Darker())
    assert walk.chosen == 7 and walk.steps[6].request.mask


def test_what_nobody_could_judge_is_not_kept():
    assert walked(judge=Scripted(scores(realism=None)), enhancer=Darker()).chosen is None


def test_outside_the_worn_garment_bytes_stand():
    step = walked(enhancer=Darker()).steps[6]
    before, after, worn = np.asarray(cloth()), np.asarray(step.image), np.asarray(step.made["area"]) > 0
    assert (before[~worn] == after[~worn]).all() and (before[worn] != after[worn]).any()


def test_only_the_last_picture_is_judged_where_asked():
    judge = Scripted(scores())
    walk = walked(judge=judge, enhancer=Darker(), options=Garment(judge="last"))
    assert [step.number for step in walk.steps if step.judgement] == [7] and len(judge.seen) == 1


def test_the_last_picture_is_judged_though_nothing_is_enhanced():
    walk = walked(options=Garment(judge="last"))
    assert [step.number for step in walk.steps if step.judgement] == [7] and walk.chosen == 7


def test_a_persons_words_draw_again():
    generator = Draws()
    walk = walked(generator=generator, changes={5: Change(prompt="Longer sleeves.")})
    assert stages(walk)[4:6] == ["initial", "initial"] and generator.requests[1].prompt == "Longer sleeves."


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_words_given_before_any_drawing_are_drawn_with(number):
    walked(generator=(generator := Draws()), changes={number: Change(prompt="In the rain.")})
    assert [request.prompt for request in generator.requests] == ["In the rain."]


def test_what_the_garment_is_like_is_said_where_there_is_room():
    generator = Draws(fits=lambda words: len(words) < 20)
    walked(generator=generator)
    assert generator.requests[0].prompt == "Wear it."
    plain = Draws()
    walked(generator=plain, options=Garment(describe=False))
    assert plain.requests[0].prompt == "Wear it."
    walked(generator=(described := Draws()))
    assert described.requests[0].prompt == "Wear it. The garment is a smooth navy garment."


def test_a_control_map_goes_to_a_generator_that_takes_one():
    def mapper(image):
        return image.convert("L").convert("RGB")

    mapper.card = card("greys")
    taking, other = Draws(takes=("control",)), Draws()
    walk = walked(generator=taking, mapper=mapper)
    assert taking.requests[0].control is walk.steps[4].made["control"]
    walk = walked(generator=other, mapper=mapper)
    assert other.requests[0].control is None and "draws takes no control map" in walk.steps[4].why


@pytest.mark.parametrize("takes", [("mask",), ("mask", "control")])
def test_an_inpainter_gets_the_map_where_it_takes_one(takes):
    def mapper(image):
        return image.convert("L").convert("RGB")

    mapper.card, inpainter = card("greys"), Draws(takes=takes)
    walked(generator=Draws(takes=("control",)), mapper=mapper, inpainter=inpainter)
    (request,) = inpainter.requests
    assert (request.control is not None) == ("control" in takes) and request.mask.size == request.images[0].size


def test_details_are_measured_behind_each_drawn_stage():
    def details(sample, image):
        return {"words_kept": Measurement(value=image.getpixel((60, 80))[2], unit="of blue"), "marks": "no marks"}

    walk = walked(details=details, enhancer=Darker())
    kept = [step.scores["words_kept"].value for step in (walk.steps[4], walk.steps[6])]
    assert kept == [128, 64] and walk.steps[4].scores["marks"] == "no marks" and not walk.steps[0].scores
    large = cloth((240, 320), (60, 80, 180, 240))
    assert walked(dressed(garment=large), details=details, options=Garment(max_side=160)).steps[0].scores


def holed(colour="navy"):
    """A cloth with a hole through which the backdrop shows."""
    image = cloth(colour=colour)
    image.paste("white", (55, 75, 63, 83))
    return image


class Holed(Draws):
    """Draws the garment into the photograph and leaves a hole."""

    keeps_frame = True

    def __call__(self, request):
        super().__call__(request)
        return holed()


def test_a_hole_that_was_drawn_is_filled():
    step = walked(generator=Holed(), inpainter=Darker()).steps[5]
    before, after, area = np.asarray(holed()), np.asarray(step.image), np.asarray(step.made["area"]) > 0
    assert area[75:83, 55:63].all() and area.sum() < 250 and "of these drawn: 1" in step.why
    assert (before[~area] == after[~area]).all() and after[79, 59].max() < 200 and step.judged
    assert step.request.images[0].size == (120, 160)  # what fills looks around by itself


def test_what_stood_in_front_before_is_no_hole():
    walk = walked(dressed(person=holed("maroon")), generator=Holed(), inpainter=Darker())
    assert "of these drawn: 0" in walk.steps[5].why and walk.steps[5].image is None


def test_a_generator_that_moves_pixels_leaves_nothing_to_fill():
    generator = Holed()
    generator.keeps_frame = False
    assert "is not told from a hand in front" in walked(generator=generator, inpainter=Darker()).steps[5].why


def test_an_inpainter_draws_the_garments_area_into_the_photograph():
    person = cloth(box=(20, 40, 80, 130), colour="maroon")
    person.paste("silver", (0, 0, 20, 20))
    inpainter = Draws(takes=("mask",))
    step = walked(dressed(person=person), inpainter=inpainter, options=Garment(strength=0.7)).steps[5]
    before, after, area = np.asarray(person), np.asarray(step.image), np.asarray(step.made["area"]) > 0
    worn = np.asarray(cloth(box=(20, 40, 80, 130)).convert("L")) < 128
    assert (area == (worn | (np.asarray(cloth().convert("L")) < 128))).all()
    assert (before[~area] == after[~area]).all() and inpainter.requests[0].settings.strength == 0.7
    assert len(inpainter.requests[0].images) == 2 and step.judged


def test_an_inpainter_is_shown_no_more_than_it_takes():
    inpainter = Draws(takes=("mask",), masked_images=1)
    step = walked(inpainter=inpainter).steps[5]
    assert len(inpainter.requests[0].images) == 1
    assert step.why.endswith("; draws takes 1 picture: of the garment it has the words alone")


def test_a_model_that_draws_inside_no_mask_is_named():
    assert walked(inpainter=Draws()).steps[5].why == "draws draws inside no mask"


def test_where_the_drawing_shows_no_garment_the_old_ones_area_is_drawn():
    class Blank(Draws):
        def __call__(self, request):
            return Image.new("RGB", request.images[0].size, "white")

    walk = walked(generator=Blank(), inpainter=Draws(takes=("mask",)), enhancer=Darker())
    assert "no garment is found in the drawn picture" in walk.steps[5].why
    assert (np.asarray(walk.steps[5].made["area"]) > 0).sum() == 61 * 81


def test_a_tool_that_declines_leaves_its_stage_out():
    class Declines(Darker):
        def __call__(self, request):
            raise Refused("too_large_to_fill", "too much is open")

    walk = walked(generator=Holed(), inpainter=Declines(), enhancer=Declines())
    assert [step.why for step in walk.steps[5:]] == ["too much is open"] * 2 and walk.chosen == 5


def test_detail_that_is_lost_is_put_back():
    striped = cloth()
    for row in range(44, 118, 4):
        striped.paste("mediumblue", (BOX[0], row, BOX[2], row + 2))

    class All(Seen):
        def __call__(self, image, prompt):
            mask = Image.new("L", image.size)
            mask.paste(255, BOX)
            return [Mask(image=mask, label="cloth")]

    class Blurs(Darker):
        def __call__(self, request):
            return request.images[0].filter(ImageFilter.GaussianBlur(2))

    step = walked(dressed(garment=striped), segmenter=All(), enhancer=Blurs()).steps[6]
    lost, after = step.scores["detail_lost"].value, step.scores["detail_lost_after"].value
    blue = np.asarray(step.image)[50:110, 60, 2].std()
    assert lost > 1 and after < 0.3 * lost and blue > 0.8 * np.asarray(striped)[50:110, 60, 2].std()


@pytest.mark.parametrize(
    "given, words",
    [
        ({"max_side": 10}, "max_side is 64"),
        ({"padding": 9}, "padding"),
        ({"strength": 2}, "strength"),
        ({"judge": "no"}, "judge"),
    ],
)
def test_settings_are_checked(given, words):
    with pytest.raises(BadInput, match=words):
        Garment(**given)


def test_a_light_figure_of_the_print_is_no_hole():
    """The garment's own picture shows the backdrop's colour inside the cloth, too: a white face on a black tee."""
    walk = walked(dressed(garment=holed()), generator=Holed(), inpainter=Darker())
    step = walk.steps[5]
    assert step.stage == "inpaint" and step.data["skipped"] and "not in the garment's own colours: 0" in step.why


def test_what_the_checks_warn_of_is_in_the_record():
    slim = Image.new("RGB", (70, 400), "white")
    slim.paste(cloth().resize((60, 90)), (5, 150))
    walk = walked(dressed(garment=slim, person=None), generator=Draws(min_images=2), segmenter=Bordering())
    assert walk.steps[0].data["garment_check"].startswith("slim: one side is 5.7 times the other")
    assert walk.steps[2].data["mask_check"].startswith("touches_border: ")
    assert "garment_check" not in walked().steps[0].data and "mask_check" not in walked().steps[2].data


def test_a_blank_picture_is_refused_by_name():
    with pytest.raises(Refused, match="garment: nothing is in the picture") as refusal:
        walked(dressed(garment=Image.new("RGB", (120, 160), "white")))
    assert refusal.value.reason == "blank"


class Bordering(Seen):
    """A mask of the lower half, to the picture's border."""

    def __call__(self, image, prompt):
        mask = Image.new("L", image.size)
        mask.paste(255, (0, image.height // 2, image.width, image.height))
        return [Mask(image=mask)]
