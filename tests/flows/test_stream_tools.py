"""The picture stream over scripted tools: what a tool is asked, where it may draw, and when it is passed over."""

import numpy as np
from doubles import (
    REGION,
    Lined,
    Mapper,
    Painter,
    Seen,
    Tool,
    a_sample,
    cloth,
    picture,
    placed,
    scores,
    stages,
    streamed,
)
from PIL import Image

from tryon_core.records import Measurement, Sample
from tryon_core.rubrics import RUBRICS

GENERAL = RUBRICS["general"]
WORDS = Sample(sample_id="w", wish="A lake.", images={})
STRUCTURE, LOOK, SEAM = (placed(scores(**{key: 5})) for key in ("garment_structure", "garment_appearance", "realism"))


def from_words(**has):
    generator = Painter()
    vars(generator).update({"min_images": 0} | has)
    return generator


def grainy(seed=0, size=(64, 80)):
    return Image.fromarray(np.random.default_rng(seed).integers(0, 255, (*size[::-1], 3), np.uint8))


def outside(image, mask):
    return np.asarray(image)[np.asarray(mask) == 0]


# ---- what a tool is asked --------------------------------------------------------------------------------------------


def test_a_tool_is_shown_the_picture_then_the_garment():
    depth, sample = Tool("depth"), a_sample()
    walk = streamed(STRUCTURE, scores(), sample=sample, depth=depth)
    (asked,) = depth.requests
    assert asked.images[1] == sample.images["garment"] and len(asked.images) == 2
    assert asked.mask is not None and asked.control is not None and asked.fixes[0].constraint == "garment_structure"
    assert walk.steps[1].made.keys() == {"area", "crop", "control"}


def test_a_tool_that_needs_the_photograph_gets_it():
    depth, sample = Tool("depth", min_images=3), a_sample()
    streamed(STRUCTURE, scores(), sample=sample, depth=depth)
    assert depth.requests[0].images[1:] == (sample.images["garment"], sample.images["person"])


def test_a_tool_is_shown_no_more_than_it_takes():
    walk = streamed(STRUCTURE, scores(), depth=(depth := Tool("depth", masked_images=1)))
    assert len(depth.requests[0].images) == 1
    assert walk.steps[1].why.endswith("; depth takes 1 picture: of the garment it has the words alone")


def test_a_tool_for_which_pictures_are_lacking_is_not_there():
    edit = Sample(sample_id="e", wish="A red door.", images={"init": picture("green")})
    depth = Tool("depth", min_images=3)
    found = placed(scores(GENERAL, layout=5)), scores(GENERAL)
    walk = streamed(*found, sample=edit, rubric="general", depth=depth)
    assert stages(walk) == ["draw", "fill"] and walk.steps[1].data["tool_why"].endswith("depth is not there")
    assert len(walk.steps[1].request.images) == 1


def test_only_the_fixes_of_its_targets_go_to_a_tool():
    depth = Tool("depth")
    found = placed(scores(garment_structure=5, garment_appearance=6))
    streamed(found, scores(), depth=depth)
    assert [fix.constraint for fix in depth.requests[0].fixes] == ["garment_structure"]
    assert "Mend the garment_appearance." in depth.requests[0].prompt


def test_words_that_a_tool_s_encoder_would_cut_are_left_out():
    depth = Tool("depth", fits=lambda words: len(words) < 20)
    streamed(STRUCTURE, scores(), depth=depth)
    assert depth.requests[0].prompt == "Wear it." and depth.requests[0].fixes


def test_a_tool_keeps_the_fixes_of_the_tool_before_it():
    canny = Tool("canny")
    found = [placed(scores(garment_structure=5, garment_appearance=6)), placed(scores(garment_appearance=6)), scores()]
    walk = streamed(*found, canny=canny)
    assert stages(walk) == ["draw", "depth", "canny"]
    assert [fix.constraint for fix in canny.requests[0].fixes] == ["garment_structure", "garment_appearance"]


def test_a_second_tool_for_the_same_issue_asks_for_half():
    fill = Tool("fill", keeps_frame=True)
    streamed(STRUCTURE, fill=fill, max_iterations=3)
    assert [fix.strength for fix in fill.requests[0].fixes] == [0.5, 0.0]  # the worse one's again, in words


def test_the_noise_is_the_picture_s_where_a_tool_keeps_the_frame():
    for keeps, same in ((True, True), (False, False)):
        walk = streamed(STRUCTURE, scores(), depth=Tool("depth", keeps_frame=keeps))
        assert (walk.steps[1].request.noise == walk.steps[0].request.noise) == same
    filled = streamed(SEAM, scores(), fill=Tool("fill", keeps_frame=True))
    assert filled.steps[1].request.noise != filled.steps[0].request.noise


def test_the_strength_is_for_tools_that_draw_anew():
    for keeps, strength in ((False, 0.6), (True, None)):
        depth = Tool("depth", keeps_frame=keeps)
        streamed(STRUCTURE, scores(), depth=depth, strength=0.6)
        assert depth.requests[0].settings.strength == strength


# ---- maps ------------------------------------------------------------------------------------------------------------


def test_a_pose_is_drawn_along_the_photograph_s_map():
    for failed, of in (("body_and_pose", "photograph"), ("garment_structure", "picture")):
        mapper, sample = Mapper("depths"), a_sample()
        walk = streamed(placed(scores(**{failed: 5})), scores(), sample=sample, depth_mapper=mapper)
        (seen,) = mapper.seen
        wanted = sample.images["person"] if of == "photograph" else walk.steps[0].image
        assert seen.tobytes() == wanted.tobytes() and of in walk.steps[1].why and "by depths" in walk.steps[1].why


def test_a_photograph_of_another_shape_gives_no_map():
    mapper = Mapper()
    walk = streamed(placed(scores(body_and_pose=5)), scores(), depth_mapper=mapper, generator=Wide())
    assert mapper.seen[0].tobytes() == walk.steps[0].image.tobytes()


class Wide(Painter):
    def __call__(self, request):
        return super().__call__(request).resize((100, 50))


def test_words_alone_are_drawn_along_their_own_map():
    depth, generator = Tool("depth"), from_words()
    found = scores(GENERAL, layout=5), scores(GENERAL)
    streamed(*found, sample=WORDS, rubric="general", generator=generator, depth=depth, strength=0.5)
    (asked,) = depth.requests
    assert asked.images == () and asked.mask is None and asked.control is not None and asked.settings.strength is None


def test_without_a_mapper_a_tool_along_maps_is_passed_over():
    walk = streamed(STRUCTURE, scores(), depth_mapper=None)
    assert stages(walk) == ["draw", "fill"]
    (note,) = walk.steps[1].data["passed_over"]
    assert note["tool"] == "depth" and "no depth_mapper is there" in note["why"]


def test_a_tool_that_takes_no_map_needs_no_mapper():
    mapper = Mapper()
    walk = streamed(STRUCTURE, scores(), depth=Tool("depth", takes=("mask",)), depth_mapper=mapper)
    assert stages(walk) == ["draw", "depth"] and not mapper.seen


# ---- passed over -----------------------------------------------------------------------------------------------------


def test_what_declines_or_changes_nothing_costs_no_iteration():
    depth, fill = Tool("depth", refuses="too_small"), Tool("fill", same=True, keeps_frame=True)
    walk = streamed(STRUCTURE, depth=depth, fill=fill, max_iterations=3)
    assert stages(walk) == ["draw", "words", "words"]
    assert [note["why"] for note in walk.steps[1].data["passed_over"]] == [
        "it declined (too_small): the script says so",
        "it gave a picture that was judged before",
    ]
    assert "it declined (too_small)" in walk.steps[1].why
    assert len(depth.requests) == 1 and "passed_over" not in walk.steps[2].data


def test_what_was_passed_over_is_not_asked_again_on_that_picture():
    depth = Tool("depth", refuses="too_small")
    walk = streamed(STRUCTURE, placed(scores(garment_structure=3)), tools=(), depth=depth, max_iterations=4)
    assert {note["base"] for step in walk.steps[1:] for note in step.data.get("passed_over", [])} == {1}
    assert len(depth.requests) == 1


def test_what_was_passed_over_is_asked_again_on_a_new_picture():
    depth = Tool("depth", refuses="too_small")
    found = [placed(scores(garment_structure=6, garment_appearance=5)), placed(scores(garment_structure=6))]
    walk = streamed(*found, tools=("canny",), depth=depth, max_iterations=3)
    assert stages(walk) == ["draw", "canny", "words"] and len(depth.requests) == 2
    assert [step.data["passed_over"][0]["base"] for step in walk.steps[1:]] == [1, 2]


def test_a_map_holds_a_whole_picture_that_a_fill_would_not():
    edit = Sample(sample_id="e", wish="A red door.", images={"init": picture("green")})
    walk = streamed(scores(GENERAL, layout=5), scores(GENERAL), sample=edit, rubric="general")
    assert walk.steps[1].stage == "depth" and walk.steps[1].data["mask_share"] == 1.0


def test_a_fill_without_a_place_is_words():
    for sample, generator in ((WORDS, from_words()), (None, Painter())):
        rubric = "general" if sample else "default"
        found = scores(RUBRICS[rubric], realism=5), scores(RUBRICS[rubric])
        walk = streamed(*found, sample=sample, rubric=rubric, generator=generator)
        assert stages(walk) == ["draw", "words"] and "(no_place)" in walk.steps[1].why


# ---- masks: what stays -----------------------------------------------------------------------------------------------


def test_outside_the_region_the_picture_stays():
    walk = streamed(SEAM, scores())
    step = walk.steps[1]
    before, after = (outside(walk.steps[number].image, step.made["area"]) for number in (0, 1))
    assert np.array_equal(before, after) and len(before) and step.data["mask"] == "region"
    assert 0 < step.data["mask_share"] < 0.2 and step.image.tobytes() != walk.steps[0].image.tobytes()


def test_outside_an_edit_s_mask_the_photograph_stays_throughout():
    photo, mask = grainy(), Image.new("L", (64, 80), 0)
    mask.paste(255, (24, 8, 48, 60))  # a part of the judge's region lies outside
    sample = Sample(sample_id="e", wish="A red door.", images={"init": photo, "mask": mask})
    failed = ["wish_met", "layout", "attributes", "realism"]
    found = [placed(scores(GENERAL, **dict.fromkeys(failed[number:], 3))) for number in range(5)]
    generator = Masked()
    walk = streamed(*found, sample=sample, rubric="general", generator=generator, max_iterations=6)
    assert stages(walk) == ["draw", "words", "depth", "canny", "fill"]
    for step in walk.steps:
        assert np.array_equal(outside(step.image, mask), outside(photo, mask))
        assert step.image.tobytes() != photo.tobytes()


class Masked(Painter):
    takes = ("mask",)


def test_a_masked_generator_sees_the_crop_alone():
    mask = Image.new("L", (600, 800), 0)
    mask.paste(255, (50, 50, 100, 100))
    sample = Sample(sample_id="e", wish="A door.", images={"init": picture("green", (600, 800)), "mask": mask})
    generator = Masked()
    streamed(scores(GENERAL), sample=sample, rubric="general", generator=generator)
    assert generator.requests[0].images[0].size == (512, 512)
    keeping = Masked()
    keeping.keeps_frame = True
    streamed(scores(GENERAL), sample=sample, rubric="general", generator=keeping)
    assert keeping.requests[0].images[0].size == (600, 800)


# ---- put back --------------------------------------------------------------------------------------------------------


def put_back(judgement, photo, drawn, mask=None, **given):
    """(the step that put something back, or the next one in its place) of a picture drawn from a photograph."""
    images = {"init": photo} | ({"mask": mask} if mask else {})
    sample = Sample(sample_id="e", wish="A red door.", images=images)
    found = judgement, scores(GENERAL)
    walk = streamed(*found, sample=sample, rubric="general", tools=(), generator=Gives(drawn), **given)
    return walk.steps[1]


class Gives(Lined):
    def __init__(self, image):
        super().__init__()
        self.image = image

    def __call__(self, request):
        super().__call__(request)
        return self.image if len(self.requests) == 1 else picture("white", self.image.size)


def test_the_scene_outside_the_edit_is_put_back():
    photo, drawn, mask = grainy(1), grainy(2), Image.new("L", (64, 80), 0)
    mask.paste(255, (8, 8, 48, 60))
    step = put_back(placed(scores(GENERAL, rest_kept=5)), photo, drawn, mask)
    assert step.stage == "put_back" and step.data["model"] == "photograph" and step.data["mask"] == "edit_area"
    assert np.array_equal(outside(step.image, mask), outside(photo, mask))
    assert np.array_equal(np.asarray(step.image)[30, 25], np.asarray(drawn)[30, 25])
    assert isinstance(step.scores["put_back"], Measurement) and step.request.images[1] is photo


def test_a_face_is_put_back_in_its_region_alone():
    photo, drawn = grainy(1), grainy(2)
    step = put_back(placed(scores(GENERAL, subject_kept=5)), photo, drawn)
    left, top = round(REGION.left * 64) + 4, round(REGION.top * 80) + 4
    assert step.data["mask"] == "region" and "as photographed" in step.why
    assert np.array_equal(np.asarray(step.image)[top + 4, left + 4], np.asarray(photo)[top + 4, left + 4])
    assert np.array_equal(np.asarray(step.image)[70:, :], np.asarray(drawn)[70:, :])


def test_where_nothing_is_left_to_put_back_words_mend():
    photo, mask = grainy(1), Image.new("L", (64, 80), 0)
    mask.paste(255, (8, 8, 48, 60))
    drawn = Image.composite(grainy(2), photo, mask)
    step = put_back(placed(scores(GENERAL, rest_kept=5)), photo, drawn, mask)
    assert step.stage == "words" and "(nothing_to_put_back)" in step.why


def test_the_seam_round_a_garment_that_was_found_lies_outside_it():
    """Blended inside the garment, the rim of what was worn before would show through."""
    photo_HW3, drawn_HW3 = (np.array(grainy(seed, (200, 200))) // 4 + 150 for seed in (1, 2))
    photo_HW3[60:140, 60:140], drawn_HW3[60:140, 60:140] = 20, 60
    photo, drawn = Image.fromarray(photo_HW3), Image.fromarray(drawn_HW3)
    sample = a_sample(person=photo, garment=cloth())
    found = placed(scores(scene_kept=5)), scores()
    walk = streamed(*found, sample=sample, tools=(), generator=Gives(drawn), segmenter=Seen())
    step, edit_HW = walk.steps[1], np.s_[60:140, 60:140]
    assert step.stage == "put_back" and np.array_equal(np.asarray(step.image)[edit_HW], drawn_HW3[edit_HW])
    assert np.array_equal(np.asarray(step.image)[:50], photo_HW3[:50])


def test_what_lies_in_the_edit_is_not_put_back():
    mask = Image.new("L", (64, 80), 0)
    mask.paste(255, (0, 0, 64, 70))
    step = put_back(placed(scores(GENERAL, subject_kept=5)), grainy(1), grainy(2), mask)
    assert step.stage == "words" and "(in_the_edit)" in step.why


def test_a_frame_that_is_lost_puts_nothing_back():
    step = put_back(placed(scores(GENERAL, rest_kept=5)), grainy(1), grainy(2), Image.new("L", (64, 80), 255))
    assert step.stage == "put_back"
    sample = a_sample(person=grainy(1))
    walk = streamed(placed(scores(scene_kept=5)), scores(), sample=sample, tools=())
    assert walk.steps[1].stage == "words" and "(frame_unknown)" in walk.steps[1].why
