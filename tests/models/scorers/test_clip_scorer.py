"""The scorer `clip` through CLIP's true classes at toy size."""

import json
import shutil

import numpy as np
import pytest
from klein import picture
from PIL import Image
from transformers import CLIPImageProcessorPil, CLIPModel, CLIPTokenizer

from tryon_core.errors import BadInput, MissingWeights, UnknownName
from tryon_core.models import load
from tryon_core.models.scorers.clip.worn_crop import WornCrop
from tryon_core.models.toy import toy_folder
from tryon_core.records import Sample
from tryon_core.roles import Mask

torch = pytest.importorskip("torch", reason="torch is not installed; run make setup")
LONG = "a red shirt with long sleeves and a collar " * 20


@pytest.fixture(scope="module")
def clip():
    return load("toy:clip", segmenter="", device="cpu")


def sample(wish="a red shirt", **images):
    return Sample(sample_id="a", wish=wish, images=images)


def logits(images, texts):
    """(pictures, texts) of the library's own forward pass, divided by its scale."""
    folder = toy_folder("clip")
    model, tokenizer = CLIPModel.from_pretrained(folder), CLIPTokenizer.from_pretrained(folder)
    words = tokenizer(texts, padding=True, return_tensors="pt")
    pixels = CLIPImageProcessorPil.from_pretrained(folder)(images=images, return_tensors="pt")
    with torch.inference_mode():
        return (model(**words, **pixels).logits_per_image / model.logit_scale.exp()).numpy()


def test_each_picture_is_held_to_its_own_prompt(clip):
    texts, images = ["a red shirt", "blue trousers with a belt"], [picture(1), picture(2)]
    scored = clip.batch([(sample(text), image) for text, image in zip(texts, images, strict=True)])
    values = [each["prompt_following"].value for each in scored]
    expected = 100 * logits(images, texts)
    assert np.allclose(values, expected.diagonal(), atol=1e-4) and abs(values[1] - expected[1, 0]) > 0.1


def test_a_picture_is_most_consistent_with_itself(clip):
    same, other = (clip(sample(person=picture(1)), picture(number))["clip_consistency"] for number in (1, 2))
    assert same.value == pytest.approx(1, abs=1e-6) and other.value < same.value <= 1


def test_the_picture_to_edit_is_the_original(clip):
    both = clip(sample(init=picture(2), person=picture(1)), picture(2))
    assert both["clip_consistency"].value > clip(sample(person=picture(1)), picture(2))["clip_consistency"].value


def test_what_is_not_there_is_a_reason(clip):
    scored = clip(sample(), picture(1))
    assert "no picture 'init' or 'person'" in scored["clip_consistency"]
    assert scored["garment_similarity"] == "the sample has no picture 'garment'"
    assert clip(sample(" "), picture(1))["prompt_following"] == "the prompt is empty"


def test_a_prompt_that_is_too_long_is_never_cut_in_silence(clip):
    assert "tokens and CLIP reads 77" in clip(sample(LONG), picture(1))["prompt_following"]
    assert "a longer one is not scored" in clip.metrics[0].protocol
    cutting = load("toy:clip", segmenter="", cut=True)
    values = [cutting(sample(LONG + more), picture(1))["prompt_following"].value for more in ("", "blue")]
    assert values[0] == values[1] and "what is beyond is cut" in cutting.metrics[0].protocol


def test_together_they_score_as_one_by_one(clip):
    calls = [(sample(person=picture(1), garment=picture(5)), picture(2)), (sample("a hat"), picture(3))]
    alone = [load("toy:clip", segmenter="", keep_gib=0)(*call) for call in calls]
    for together, one in zip(clip.batch(calls), alone, strict=True):
        assert together.keys() == one.keys()
        for name, value in together.items():
            assert value == one[name] or abs(value.value - one[name].value) < 1e-4


def test_every_declared_metric_is_answered(clip):
    scored = clip(sample(person=picture(1), garment=picture(5)), picture(2))
    assert [metric.name for metric in clip.metrics] == list(scored)
    for metric in clip.metrics:
        value = scored[metric.name]
        assert (value.unit, value.better) == (metric.unit, metric.better) and metric.low <= value.value <= metric.high
        assert "random weights" in metric.model and metric.licence == "none: random weights"


def test_an_original_is_computed_once():
    clip = load("toy:clip", segmenter="")
    seen, see = [], clip.clip._seen
    clip.clip._seen = lambda images: seen.extend(images) or see(images)
    for number in range(3):
        clip(sample(person=picture(9)), picture(number))
    assert len(seen) == 1 + 3
    assert clip.hit_rates()["CLIP's vectors"] == (4, 9)  # the original twice, the words twice


def halves(image, prompt):
    """The left half of a picture, whatever is asked for."""
    inside_HW = np.zeros(image.size[::-1], np.uint8)
    inside_HW[:, : image.width // 2] = 255
    return [Mask(image=Image.fromarray(inside_HW), label="upper")]


def left(image):
    half = image.crop((0, 0, image.width // 2, image.height))
    square = Image.new("RGB", (image.height, image.height), (123, 117, 104))
    square.paste(half, ((image.height - half.width) // 2, 0))
    return square


def test_a_garment_is_compared_where_it_is_worn():
    pair = WornCrop(halves)(sample(garment=picture(5)), picture(2))
    assert [each.tobytes() for each in pair] == [left(picture(5)).tobytes(), left(picture(2)).tobytes()]
    clip = load("toy:clip", segmenter="")
    clip.crop = WornCrop(halves)
    worn = clip(sample(garment=picture(5)), picture(2))["garment_similarity"].value
    assert worn == pytest.approx(float(np.prod(clip.clip.pictures(pair), axis=0).sum()))


def test_a_garment_is_looked_for_once():
    asked = []
    crop = WornCrop(lambda image, prompt: asked.append(image) or halves(image, prompt))
    for number in (1, 2, 3):
        crop(sample(garment=picture(5)), picture(number))
    assert len(asked) == 1 + 3


def test_a_garment_that_nobody_finds_is_a_reason():
    nothing = WornCrop(lambda image, prompt: [])(sample(garment=picture(5)), picture(2))
    assert "in the garment's own picture" in nothing


def test_it_is_a_toy_and_says_so(clip):
    assert clip.card.kind == "toy" and clip.card.settings["segmenter"] == ""
    assert "the picture, uncut" in clip.metrics[2].protocol and "2 layers, width 32" in clip.metrics[0].model


def test_the_true_weights_are_asked_for(monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(MissingWeights, match="clip: openai/clip-vit-large-patch14 is not in the hub's cache"):
        load("clip", segmenter="")


def test_another_model_s_folder_is_refused(tmp_path):
    shutil.copytree(toy_folder("clip"), tmp_path / "text")
    config = json.loads((tmp_path / "text/config.json").read_text()) | {"model_type": "clip_text_model"}
    (tmp_path / "text/config.json").write_text(json.dumps(config))
    with pytest.raises(BadInput, match="clip is a clip and .* holds a clip_text_model"):
        load("clip", weights=str(tmp_path / "text"), segmenter="")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"segmenter": "cutuot"}, "no segmenter is called 'cutuot'. Did you mean 'cutout'"),
        ({"segmenter": 3}, "segmenter of toy:clip is the name of one, or '' for none, got 3"),
        ({"cut": "yes"}, "cut of toy:clip is true or false, got 'yes'"),
    ],
)
def test_a_bad_option_is_a_sentence(options, sentence):
    with pytest.raises((BadInput, UnknownName), match=sentence):
        load("toy:clip", **options)
