"""How many tokens a judge's question takes: counted before anything is loaded, measured on real questions."""

import json

import pytest

pytest.importorskip("xgrammar", reason="xgrammar is not installed; run make setup")
from doubles import a_sample, picture

from tryon_core import models
from tryon_core.errors import BadInput
from tryon_core.models.device.memory import judging_bytes
from tryon_core.models.vlm.asking import PART_SHARE, pictures, wish_of
from tryon_core.models.vlm.qwen_question import WISH_TOKENS, judged_tokens, picture_tokens
from tryon_core.rubrics.shipped import RUBRICS

PHOTOGRAPH = (3000, 4000)  # 12 megapixels
PUBLISHED = {"shortest_edge": 65_536, "longest_edge": 16_777_216}  # areas, of Qwen3-VL's preprocessor_config.json
SHAPES = [(1024, 1024), (768, 1024), (2896, 362), (1000, 1000), (1008, 1040), (64, 64), (100, 800), PHOTOGRAPH]


@pytest.fixture(scope="module")
def judge():
    return models.load("toy:qwen3-vl-32b", role="judge", device="cpu")


@pytest.fixture(scope="module")
def looks(judge):
    """The processor of pictures with the sizes of the published models."""
    return type(judge.processor.image_processor)(patch_size=16, merge_size=2, temporal_patch_size=2, size=PUBLISHED)


def tokens_of(looks, *shown):
    grids_n3 = looks(list(shown), return_tensors="pt")["image_grid_thw"]
    return (grids_n3.prod(-1) // looks.merge_size**2).tolist()


@pytest.mark.parametrize("size", SHAPES)
def test_no_picture_exceeds_its_planned_tokens(looks, size):
    sample, max_pixels = a_sample(person=picture("red", size)), 1024 * 1024
    shown = pictures(sample, picture("grey", size), RUBRICS["default"], max_pixels)
    most = {share: picture_tokens(looks, int(max_pixels * share)) for share in (1, PART_SHARE)}
    assert most == {1: 1075, PART_SHARE: 415}
    is_part = (False, True, False, True, False, True, True)
    for part, tokens in zip(is_part, tokens_of(looks, *shown), strict=True):
        assert tokens <= most[PART_SHARE if part else 1]


def test_a_large_photograph_is_shown_smaller(looks):
    photograph = picture("red", PHOTOGRAPH)
    (whole,) = tokens_of(looks, photograph)
    shown = pictures(a_sample(person=photograph), photograph, RUBRICS["default"])[0]
    assert whole == 11_750 and tokens_of(looks, shown) == [1036]
    assert shown.width / shown.height == pytest.approx(0.75, abs=0.002)


def test_planned_tokens_are_a_question_s_own(judge):
    given, rest = judged_tokens(judge.processor, judge.rubric, max_pixels=judge.max_pixels, max_new_tokens=10)
    question = judge._question(a_sample(person=picture("red", (128, 128))), picture("grey"))
    seen = (question.grids_n3.prod(-1) // 4).tolist()
    wish = len(judge.processor.tokenizer(wish_of(a_sample()))["input_ids"])
    whole, part = (picture_tokens(judge.processor.image_processor, n) for n in (2**20, int(2**20 * PART_SHARE)))
    assert given + rest - (3 * whole + 4 * part) - WISH_TOKENS - 10 == question.ids_1T.shape[1] - sum(seen) - wish
    assert question.start <= given and max(seen) <= whole


def test_planned_tokens_follow_what_a_rubric_shows(judge):
    room = {"max_pixels": judge.max_pixels, "max_new_tokens": 10}
    tried_on, general = (judged_tokens(judge.processor, RUBRICS[name], **room) for name in ("default", "general"))
    whole, part = (picture_tokens(judge.processor.image_processor, n) + 2 for n in (2**20, int(2**20 * PART_SHARE)))
    assert tried_on[1] - general[1] == 2 * part  # of the candidate; the first is shorter by a picture and two parts
    assert tried_on[0] - general[0] == pytest.approx(whole + 2 * part, abs=300)


def test_what_does_not_fit_is_refused_early(caplog):
    with pytest.raises(BadInput, match="toy:qwen3-vl-32b does not fit in .* GB of cpu"):
        models.load("toy:qwen3-vl-32b", role="judge", device="cpu", memory_gb=0.3, at_once=512)


def test_shared_parts_are_planned_one_by_one(tmp_path):
    nothing = {"hidden_size": 0, "intermediate_size": 0, "deepstack_visual_indexes": [], "spatial_merge_size": 2}
    of_32b = {"num_hidden_layers": 64, "num_key_value_heads": 8, "head_dim": 128}
    keys_alone = {"text_config": nothing | of_32b, "vision_config": nothing}
    (tmp_path / "config.json").write_text(json.dumps(keys_alone))
    assert judging_bytes(tmp_path, tokens=(3, 2), at_once=8, dtype_bytes=2) == 8 * 5 * 256 * 1024
    activations = {"text_config": {**keys_alone["text_config"], "num_hidden_layers": 0, "hidden_size": 1}}
    (tmp_path / "config.json").write_text(json.dumps({**keys_alone, **activations}))
    assert judging_bytes(tmp_path, tokens=(300, 2), at_once=8, dtype_bytes=2) == 2 * 4 * 300
    assert judging_bytes(tmp_path, tokens=(3, 2), at_once=8, dtype_bytes=2) == 2 * 4 * 16


@pytest.mark.parametrize("max_pixels", [0, -1, 100, 1e6, "many", None])
@pytest.mark.parametrize("name", ["toy:qwen3-vl-32b", "openai:m@http://127.0.0.1:9/v1"])
def test_max_pixels_is_large_enough_to_see(name, max_pixels):
    with pytest.raises(BadInput, match="max_pixels of .* must be a whole number from 4096, got"):
        models.load(name, role="judge", max_pixels=max_pixels)


@pytest.mark.parametrize("max_new_tokens", [0, 2.5, True])
def test_a_reply_has_at_least_one_token(max_new_tokens):
    with pytest.raises(BadInput, match="max_new_tokens of toy:qwen3-vl-32b must be a whole number from 1, got"):
        models.load("toy:qwen3-vl-32b", role="judge", max_new_tokens=max_new_tokens)


def test_fewer_pixels_are_fewer_tokens(judge):
    small = models.load("toy:qwen3-vl-32b", role="judge", device="cpu", max_pixels=64 * 64)
    sample, image = a_sample(person=picture("red", (128, 128))), picture("grey", (128, 128))
    assert small.card.settings["max_pixels"] == 4096 != judge.card.settings["max_pixels"]
    assert small._question(sample, image).ids_1T.shape[1] < judge._question(sample, image).ids_1T.shape[1]
