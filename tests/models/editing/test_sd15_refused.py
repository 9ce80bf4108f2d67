"""What Stable Diffusion 1.5 with ControlNets cannot honour is refused in a sentence, before a weight is touched."""

import json
import shutil

import pytest
from asked_of_sd15 import asked, toy
from klein import SIZE, box, picture
from PIL import Image

from tryon_core import models
from tryon_core.errors import BadInput, MissingWeights, Refused, UnknownName
from tryon_core.models.toy import toy_folder
from tryon_core.records import EditRequest, Settings

pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")

LONG = "a red striped shirt with long sleeves " * 12


def request(**given):
    return EditRequest(**{"prompt": "a shirt", "images": (picture(1, SIZE),), **given})


@pytest.mark.parametrize(
    ("asked_for", "sentence"),
    [
        (asked(strength=0.5), "where there is no mask, without a strength; leave it out"),
        (asked(person=None, mask=box()), "needs the picture that the mask is of, and got none"),
        (asked(mask=Image.new("L", (64, 64), 255)), "mode L, 96 x 128 as what it masks; got mode L, 64 x 64"),
        (asked(mask=Image.new("RGB", SIZE, "white")), "got mode RGB, 96 x 128"),
        (asked(mask=Image.new("L", SIZE, 127)), "nothing may change: the mask is black all over"),
        (asked(mask=box(), strength=0.0), "strength 0 leaves out all 4 steps, so nothing would change"),
        (request(control=picture(2, (64, 64))), "a control map has the size of its picture, 96 x 128; got 64 x 64"),
        (asked(mask=box(), size=(64, 64)), "draws by a mask or a map in their own shape"),
        (asked(control=2, size=(128, 96)), "draws by a mask or a map in their own shape"),
        (request(settings=Settings(size=(4000, 64))), "draws sides of 8 to 128 px; got 4000 x 64"),
        (request(settings=Settings(size=(64, 0))), "draws sides of 8 to 128 px; got 64 x 0"),
    ],
)
def test_a_request_that_cannot_be_honoured_is_refused(asked_for, sentence):
    with pytest.raises(BadInput, match=sentence):
        toy()(asked_for)


def test_a_person_is_told_what_it_reads():
    told = toy().reads("a red shirt")
    assert told == "toy:sd15-controlnet reads 5 of at most 77 tokens; of a garment's picture it sees nothing"


@pytest.mark.parametrize("words", [{"prompt": LONG}, {"negative_prompt": LONG}])
def test_words_are_never_cut(words):
    with pytest.raises(Refused, match="reads 77 tokens of words and got 8[0-9]; say less") as refusal:
        toy()(asked(**words))
    assert refusal.value.reason == "too_many_words"


def test_as_many_words_as_fit_are_known_beforehand():
    words = "shirt " * 75
    assert toy().fits(words) and not toy().fits(words + "shirt")
    assert toy().pipe.tokenizer(words)["input_ids"][-2:] != toy().pipe.tokenizer(words + "x")["input_ids"][-2:]


def test_the_inpainting_checkpoint_needs_a_mask():
    with pytest.raises(BadInput, match="draws inside a mask only; give one, or take sd15-controlnet"):
        toy("sd15-inpainting-controlnet")(asked(control=2))


def test_several_controlnets_need_the_picture():
    with pytest.raises(BadInput, match="has 2 ControlNets and maps the picture itself for all but the first"):
        toy(controlnets=("pose", "canny"))(asked(person=None, control=2))


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"controlnets": "posse"}, UnknownName, "no ControlNet of toy:sd15-controlnet is called 'posse'.*'pose'"),
        ({"controlnets": []}, BadInput, "needs at least one ControlNet; there are canny, pose, depth"),
        ({"controlnets": ["pose", "pose"]}, BadInput, "are different names of canny, pose, depth"),
        ({"controlnets": 3}, BadInput, "are different names of canny, pose, depth, got 3"),
        ({"controlnets": {"pose": 3}}, BadInput, "the pose ControlNet of toy:sd15-controlnet is given by its folder"),
        ({"controlnets": {"pose": "nowhere"}}, MissingWeights, "there is no folder 'nowhere'"),
        ({"control_scale": 3}, BadInput, "control_scale of toy:sd15-controlnet is a number from 0 to 2, got 3"),
        ({"max_side": 100}, BadInput, "max_side of toy:sd15-controlnet is a multiple of 8 up to 2048, got 100"),
        ({"negative_prompt": 1}, BadInput, "negative_prompt of toy:sd15-controlnet is text, got 1"),
        ({"attention": "flash"}, BadInput, "computes attention as PyTorch itself does and takes no other"),
    ],
)
def test_an_option_that_cannot_be_is_refused(options, error, sentence):
    with pytest.raises(error, match=sentence):
        models.load("toy:sd15-controlnet", device="cpu", **options)


def other_widths(folder, part, **changed):
    """A toy's folder whose configuration says other widths."""
    config = json.loads((folder / part).read_text())
    (folder / part).write_text(json.dumps(config | changed))


def test_a_controlnet_of_another_base_is_refused_by_name(tmp_path):
    """As SD 2.1 (words of 1,024 numbers) with a ControlNet for SD 1.5 (768), before any weights are read."""
    base = shutil.copytree(toy_folder("sd15"), tmp_path / "sd21")
    other_widths(base, "unet/config.json", cross_attention_dim=1024)
    for part in ("unet", "text_encoder"):
        for weights in (base / part).glob("*.safetensors"):
            weights.write_bytes(b"not read")
    sentence = r"the pose ControlNet in .* does not fit the base .*sd21: cross_attention_dim 32 against 1024; take a"
    with pytest.raises(BadInput, match=sentence):
        models.load("toy:sd15-controlnet", device="cpu", weights=str(base))


def test_a_controlnet_from_a_folder_is_held_to_the_base_too(tmp_path):
    net = shutil.copytree(toy_folder("controlnet-sd15"), tmp_path / "net")
    assert models.load("toy:sd15-controlnet", device="cpu", controlnets={"canny": str(net)}).card.settings[
        "controlnets"
    ]
    other_widths(net, "config.json", block_out_channels=[16, 32])
    with pytest.raises(BadInput, match=r"the canny ControlNet .* block_out_channels \[16, 32\] against \[8, 16\]"):
        models.load("toy:sd15-controlnet", device="cpu", controlnets={"canny": str(net)})


def test_weights_of_another_kind_are_refused():
    with pytest.raises(BadInput, match="is a StableDiffusionInpaintPipeline and .* holds a StableDiffusionPipeline"):
        models.load("toy:sd15-inpainting-controlnet", device="cpu", weights=str(toy_folder("sd15")))
    with pytest.raises(BadInput, match="is a StableDiffusionPipeline and .* holds a StableDiffusionInpaintPipeline"):
        models.load("toy:sd15-controlnet", device="cpu", weights=str(toy_folder("sd15-inpainting")))
