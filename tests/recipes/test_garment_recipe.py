"""The pipeline as a recipe: one call, or stage by stage, over the flow's own stages."""

import numpy as np
import pytest
from doubles import Darker, Draws, Scripted, Seen, cloth, scores
from PIL import Image

import tryon_core
from tryon_core.errors import BadInput, StorageError, UnknownName
from tryon_core.flows.garment import Garment
from tryon_core.recipes import Pipeline
from tryon_core.recipes.recipe_parts import check_kind


@pytest.fixture
def pipeline():
    return Pipeline(
        segmenter=Seen(),
        generator=Draws(min_images=2),
        judge=Scripted(scores()),
        inpainter=Draws(),
        enhancer=Darker(),
        details=lambda sample, image: {},
    )


@pytest.fixture
def files(tmp_path):
    cloth().save(tmp_path / "shirt.png")
    cloth(colour="maroon").save(tmp_path / "anna.png")
    return tmp_path


def test_a_picture_goes_through_all_stages(pipeline, files):
    done = pipeline.process_image(files / "shirt.png", person=files / "anna.png")
    assert done.features.palette[0].name == "navy" and done.mask.mode == "L"
    assert done.picture.size == (120, 160) and done.why == "the picture of stage initial is kept: accepted"
    assert [step.stage for step in done.record.steps][-1] == "enhance" and done.record.outcome == "accepted"
    assert done.record.sample_id == "shirt" and done._repr_html_().count("<img") == 6


def test_a_cloth_alone_is_described_and_says_what_is_missing(pipeline, files):
    done = pipeline.process_image(str(files / "shirt.png"))
    assert done.picture is None and "person='PICTURE'" in done.why and done.features.words == "a smooth navy garment"


def test_a_picture_that_nobody_could_judge_is_not_given(files):
    tools = {"segmenter": Seen(), "generator": Draws(), "inpainter": Draws(), "enhancer": Darker()}
    pipeline = Pipeline(judge=Scripted(scores(realism=None)), details=lambda sample, image: {}, **tools)
    done = pipeline.process_image(files / "shirt.png", person=files / "anna.png")
    assert done.picture is None and "none is kept" in done.why and done.record.outcome == "not_judged"


def test_stages_one_by_one_give_what_the_whole_gives(pipeline, files):
    whole = pipeline.process_image(files / "shirt.png", person=files / "anna.png")
    image = pipeline.preprocess(files / "shirt.png")
    mask = pipeline.refine_mask(pipeline.segment(image), image)
    assert mask.tobytes() == whole.mask.tobytes() and pipeline.extract_features(image, mask) == whole.features
    drawn = pipeline.generate(image, mask, person=files / "anna.png")
    assert drawn.tobytes() == whole.steps[4].image.tobytes()
    assert pipeline.enhance(drawn, image, mask).tobytes() == whole.steps[6].image.tobytes()


def test_stages_say_what_they_lack(pipeline, files):
    image = pipeline.preprocess(cloth())
    with pytest.raises(BadInput, match="person='PICTURE'"):
        pipeline.generate(image, pipeline.segment(image))
    with pytest.raises(BadInput, match="the segmenter gave no mask; give points"):
        pipeline.segment(cloth(colour="silver"))


def test_unknown_names_are_refused_before_any_work():
    with pytest.raises(UnknownName, match="Did you mean 'segmenter'"):
        Pipeline(segmentor="cutout")
    with pytest.raises(UnknownName, match="Did you mean 'warp'"):
        Pipeline(generator="wrap")


def test_no_model_is_read_before_a_stage_asks_it(files):
    pipeline = Pipeline(segmenter="cutout", generator="toy:sd15-controlnet", memory_gb=4)
    assert pipeline.manager.bound == 4e9 and not pipeline.manager.resident()
    assert pipeline.preprocess(files / "shirt.png").size == (120, 160) and not pipeline.manager.resident()


def test_it_stands_among_the_package_s_names():
    assert tryon_core.Pipeline is Pipeline


def test_a_path_may_lead_anywhere(pipeline, files, monkeypatch):
    (files / "here").mkdir()
    monkeypatch.chdir(files / "here")
    assert pipeline.process_image("../shirt.png").record.sample_id == "shirt"
    (files / "here" / "linked.png").symlink_to(files / "shirt.png")
    assert pipeline.segment("linked.png").size == (120, 160)


@pytest.mark.parametrize(
    "given", [None, "", 3, b"shirt.png", np.zeros((90, 90, 3), np.uint8), Image.new("RGB", (20, 25))]
)
def test_what_is_no_picture_is_said_in_a_sentence(pipeline, given):
    with pytest.raises((BadInput, StorageError), match="the garment is a file's path|a folder|20 x 25|varies by"):
        pipeline.process_image(given)


MASKS = [None, "mask.png", Image.new("L", (120, 160)), Image.new("L", (60, 80), 255), Image.new("RGB", (120, 160))]


@pytest.mark.parametrize("mask", MASKS)
def test_a_mask_that_cannot_be_the_garments_is_refused(pipeline, mask):
    asked = (
        lambda: pipeline.refine_mask(mask, cloth()),
        lambda: pipeline.extract_features(cloth(), mask),
        lambda: pipeline.generate(cloth(), mask, person=cloth()),
        lambda: pipeline.enhance(cloth(), cloth(), mask),
    )
    for stage in asked:
        with pytest.raises(BadInput, match="a mask (is a PIL picture|is a picture of mode L|has its)|mask is empty"):
            stage()


@pytest.mark.parametrize(
    "given", [{"options": 512}, {"seed": -1}, {"seed": 2**63}, {"segmenter": None}, {"enhancer": 3}]
)
def test_values_of_another_kind_are_refused_before_any_work(given):
    with pytest.raises(BadInput, match=f"{next(iter(given))} (are those|is a)"):
        Pipeline(**given)


def test_options_may_be_given_by_name_and_are_checked():
    assert Pipeline(options={"max_side": 512}).options == Garment(max_side=512)
    with pytest.raises(UnknownName, match="Did you mean 'max_side'"):
        Pipeline(options={"max_sid": 512})
    with pytest.raises(BadInput, match="max_side: .* valid integer"):
        Pipeline(options=Garment(max_side=100.5))


def test_points_and_words_of_another_kind_are_refused(pipeline):
    with pytest.raises(BadInput, match="points are .x, y, label. each"):
        pipeline.segment(cloth(), points=((0.5, 0.5),))
    with pytest.raises(BadInput, match="wish: .* valid string"):
        pipeline.process_image(cloth(), wish=None)


def test_an_address_on_the_web_is_no_file():
    with pytest.raises(BadInput, match="the garment is a file's path, an s3:// URL .*got 'https://example.org/g.png'"):
        check_kind("https://example.org/g.png", "garment")
    check_kind("s3://bucket/g.png", "garment")
