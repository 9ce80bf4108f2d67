"""A click asks the segmenter, a mask is chosen, and what comes of it answers a segment stage."""

import io
from datetime import UTC, datetime

import numpy as np
import pytest
from doubles import card, picture
from looking import all_html, named, one
from PIL import Image, ImageDraw

from tryon_core.errors import BadInput
from tryon_core.images import to_jpeg
from tryon_core.pictures.masking.mask_refinement import MaskRefinement
from tryon_core.records import ModelCard
from tryon_core.roles import Mask
from tryon_core.view.widgets.masking.mask_tuner import MaskTuner

SIZE = (90, 120)


class Discs:
    """A segmenter that finds discs of three sizes around the first point, or what a box holds; it knows no words."""

    card = card("discs")

    def __init__(self):
        self.prompts = []

    def __call__(self, image, prompt):
        self.prompts.append(prompt)
        if prompt.words and prompt.words != "garment":
            raise BadInput(f"discs: <b>no</b> words, got {prompt.words!r}")
        x, y, _ = prompt.points[0] if prompt.points else (0.5, 0.5, 1)
        rows, columns = np.mgrid[: image.height, : image.width]
        away_HW = np.hypot(columns - x * image.width, rows - y * image.height)
        scored = zip((10, 20, 30), (0.9, 0.7, None), strict=True)
        return [Mask(image=Image.fromarray((away_HW < r).astype(np.uint8) * 255), score=score) for r, score in scored]


def test_a_picture_of_any_mode_is_shown_as_a_file_would_be():
    grey = Image.fromarray(np.full(SIZE[::-1], 30 * 257, np.uint16))
    clear = Image.new("RGBA", SIZE, (255, 0, 0, 0))
    shown = [MaskTuner(each, segmenters=(Discs(),)).picture.getpixel((5, 5)) for each in (grey, clear)]
    assert shown == [(30, 30, 30), (255, 255, 255)]


@pytest.fixture
def tuner():
    return MaskTuner(picture("red", SIZE), segmenters=(Discs(),))


def asked(tuner):
    return tuner._model().prompts


class Holed:
    """A segmenter whose one mask is a square with a hole of 8 x 8 and a speck of 6 x 6 beside it."""

    card = ModelCard(name="toy:holed", revision="1", licence="none", kind="toy")

    def __call__(self, image, prompt):
        found = Image.new("L", image.size)
        ImageDraw.Draw(found).rectangle((20, 30, 69, 89), fill=255)
        ImageDraw.Draw(found).rectangle((40, 50, 47, 57), fill=0)
        ImageDraw.Draw(found).rectangle((78, 3, 83, 8), fill=255)
        return [Mask(image=found, score=0.5)]


@pytest.fixture
def holed():
    """A red thing with a red middle and a red speck: a hole there is a fault of the mask."""
    shown = picture("white", SIZE)
    ImageDraw.Draw(shown).rectangle((20, 30, 69, 89), fill="red")
    ImageDraw.Draw(shown).rectangle((78, 3, 83, 8), fill="red")
    tuner = MaskTuner(shown, segmenters=(Holed(),))
    tuner.points = [(0.3, 0.5, 1)]
    return tuner


def overlay_alpha(tuner):
    return np.asarray(Image.open(io.BytesIO(tuner.canvas.overlay)).convert("RGBA"))[..., 3]


def choose_file(tuner, name, content):
    file = {"name": name, "type": "", "size": len(content), "last_modified": datetime.now(UTC)}
    one(tuner, "tryon-mask-upload").value = ({**file, "content": memoryview(content)},)


def area(mask):
    return int((np.asarray(mask) > 0).sum())


def test_nothing_is_asked_before_anything_is_said(tuner):
    assert asked(tuner) == [] and tuner.mask is None and not tuner.canvas.overlay
    with pytest.raises(BadInput, match="click on the thing"):
        tuner.change()


def test_a_point_on_the_canvas_is_a_mask_there(tuner):
    tuner.canvas.points = [[0.5, 0.25, 1]]
    (prompt,) = asked(tuner)
    assert prompt.points == ((0.5, 0.25, 1),) and prompt.box is None
    rows = np.nonzero(np.asarray(tuner.mask).any(1))[0]
    assert tuner.mask.size == SIZE and abs(rows.mean() - 0.25 * SIZE[1]) < 1
    assert overlay_alpha(tuner)[30, 45] > 0 and overlay_alpha(tuner)[100, 45] == 0


def test_a_box_and_a_point_that_is_not_of_it_are_asked_together(tuner):
    tuner.points = [(0.5, 0.5, 1), (0.9, 0.9, 0)]
    tuner.canvas.box = [0.1, 0.2, 0.8, 0.9]
    prompt = asked(tuner)[-1]
    assert [label for *_, label in prompt.points] == [1, 0] and prompt.box.bottom == 0.9


def test_another_mask_is_chosen_by_its_button(tuner):
    tuner.points = [(0.5, 0.5, 1)]
    large = area(tuner.mask)
    named(tuner, "tryon-mask-choice")[0].click()
    assert tuner.chosen == 1 and 0 < area(tuner.mask) < large / 4
    assert tuner.change().points == ((0.5, 0.5, 1),) and tuner.change().images["mask"] is tuner.mask


def test_use_keeps_the_change_and_clear_forgets_the_mask(tuner):
    tuner.points = [(0.5, 0.5, 1)]
    one(tuner, "tryon-use").click()
    assert tuner.used.images["mask"] is tuner.mask and tuner.used.by == "person"
    one(tuner, "tryon-clear").click()
    assert tuner.points == [] and tuner.mask is None and one(tuner, "tryon-use").disabled
    assert len(asked(tuner)) == 1


def test_clear_reaches_points_that_have_not_arrived_yet(tuner, monkeypatch):
    """The browser holds them, and an empty list over an empty list is not sent to it."""
    sent = []
    monkeypatch.setattr(tuner.canvas, "send", sent.append)
    one(tuner, "tryon-clear").click()
    assert sent == [{"forget": True}]


def test_a_message_points_before_the_trait_arrives_and_is_asked_once(tuner):
    tuner.canvas._handle_custom_msg({"points": [[0.5, 0.5, 1]]}, [])
    assert tuner.points == [(0.5, 0.5, 1)] and tuner.mask is not None
    tuner.canvas.set_state({"points": [[0.5, 0.5, 1]]})
    assert len(asked(tuner)) == 1


def test_clearing_points_and_box_is_one_question():
    tuner = MaskTuner(picture("red", SIZE), words="garment", segmenters=(Discs(),))
    tuner.points, tuner.box = [(0.5, 0.5, 1)], [0.1, 0.1, 0.9, 0.9]
    before = len(asked(tuner))
    one(tuner, "tryon-clear").click()
    assert len(asked(tuner)) == before + 1 and asked(tuner)[-1].words == "garment"


def test_words_are_asked_only_while_nothing_is_pointed_at():
    tuner = MaskTuner(picture("red", SIZE), words="garment", segmenters=(Discs(),))
    assert asked(tuner)[-1].words == "garment" and tuner.mask is not None
    tuner.points = [(0.5, 0.5, 1)]
    assert asked(tuner)[-1].words == ""


def test_words_are_not_asked_of_a_segmenter_that_takes_none():
    segmenter = Discs()
    segmenter.takes = ("points", "box")
    tuner = MaskTuner(picture("red", SIZE), words="garment", segmenters=(segmenter,))
    assert segmenter.prompts == [] and not tuner.error and "Click on the thing" in all_html(tuner)


def test_a_prompt_that_is_refused_is_a_sentence_in_the_widget():
    tuner = MaskTuner(picture("red", SIZE), words="hat", segmenters=(Discs(),))
    assert "got 'hat'" in tuner.error and tuner.mask is None
    assert "&lt;b&gt;no&lt;/b&gt;" in all_html(tuner) and "<b>no</b>" not in all_html(tuner)


def test_an_unknown_segmenter_is_a_sentence_with_the_nearest_name():
    tuner = MaskTuner(picture("red", SIZE), segmenters=("cutoutt",))
    tuner.points = [(0.5, 0.5, 1)]
    assert "no segmenter is called 'cutoutt'" in tuner.error


def test_the_mask_is_refined_and_what_was_done_is_said(holed):
    refined = np.asarray(holed.mask)
    assert refined[54, 44] and not refined[5, 80]
    assert "1 of 2 pieces removed as specks" in all_html(holed)
    found_speck = overlay_alpha(holed)[5, 80]
    holed.view = "as found"
    assert overlay_alpha(holed)[5, 80] > found_speck == 0 and np.asarray(holed.mask)[54, 44]


def test_a_slider_refines_anew_and_asks_nobody(holed):
    before = holed.masks
    one(holed, "tryon-refine-least_part").value = 0.0
    assert holed.refinement.least_part == 0 and np.asarray(holed.mask)[5, 80] and holed.masks is before
    one(holed, "tryon-reset").click()
    assert holed.refinement == MaskRefinement() and not np.asarray(holed.mask)[5, 80]


def test_the_sliders_show_what_was_set_in_code(holed):
    set_to = []
    holed.observe(lambda change: set_to.append(change["new"]), "refinement")
    holed.refinement = MaskRefinement(smoothing=0.01, mirror=True)
    shown = one(holed, "tryon-refine-smoothing").value, one(holed, "tryon-refine-mirror").value
    assert shown == (0.01, True) and set_to == [holed.refinement]
    one(holed, "tryon-refine-reach").value = 0.0
    assert holed.refinement == MaskRefinement(smoothing=0.01, mirror=True, reach=0.0)


def test_sliders_that_contradict_one_another_are_a_sentence(holed):
    one(holed, "tryon-refine-open_hole").value = 0.0
    assert "pinhole is at most open_hole" in holed.error and holed.refinement == MaskRefinement()
    one(holed, "tryon-refine-open_hole").value = 0.1
    assert not holed.error and holed.refinement.open_hole == 0.1


def test_a_toy_says_that_its_masks_mean_nothing(holed, tuner):
    assert "toy:holed is a toy (random weights): its masks mean nothing" in all_html(holed)
    tuner.points = [(0.5, 0.5, 1)]
    assert "toy" not in all_html(tuner)


def test_a_mask_that_the_points_contradict_is_offered_and_not_chosen(holed):
    holed.points = [(0.01, 0.01, 1)]
    assert holed.chosen == 0 and holed.mask is None and "points say otherwise" in all_html(holed)
    named(holed, "tryon-mask-choice")[0].click()
    assert holed.chosen == 1 and holed.change().images["mask"] is holed.mask


def test_a_picture_of_one_s_own_takes_the_place_and_a_bad_file_does_not(tuner):
    tuner.points = [(0.5, 0.5, 1)]
    choose_file(tuner, "mine.jpg", to_jpeg(picture("blue", (2000, 1000))))
    assert tuner.picture.size == (1024, 512) and tuner.points == [] and tuner.mask is None
    choose_file(tuner, "<i>.png", b"hello")
    assert "no JPEG, PNG or WebP picture" in tuner.error and tuner.picture.size == (1024, 512)
    assert "<i>" not in all_html(tuner)


def test_another_segmenter_is_asked_about_the_same_points():
    tuner = MaskTuner(picture("red", SIZE), segmenters=(Discs(), Holed()))
    tuner.points = [(0.5, 0.5, 1)]
    one(tuner, "tryon-segmenter").value = "toy:holed"
    assert len(tuner.masks) == 1 and len(tuner._models["discs"].prompts) == 1


def test_a_mask_that_is_not_there_cannot_be_chosen(tuner):
    tuner.points = [(0.5, 0.5, 1)]
    with pytest.raises(BadInput, match="there are 3 masks to choose from, got 4"):
        tuner.chosen = 4


def test_a_box_without_width_is_refused(tuner):
    with pytest.raises(BadInput, match="some width and height"):
        tuner.canvas.box = [0.5, 0.1, 0.5, 0.9]


def test_the_toy_of_a_network_is_loaded_by_its_name():
    tuner = MaskTuner(picture("red", SIZE), segmenters=("toy:sam2.1-tiny",))
    tuner.points = [(0.5, 0.5, 1)]
    assert len(tuner.masks) == 3 and all(0 <= mask.score <= 1 for mask in tuner.masks)
    assert "its masks mean nothing" in all_html(tuner)


def test_the_still_shows_the_mask(tuner):
    before = Image.open(io.BytesIO(tuner.still()))
    tuner.points = [(0.5, 0.5, 1)]
    after = Image.open(io.BytesIO(tuner.still()))
    assert before.width == after.width == 900 and before.tobytes() != after.tobytes()
