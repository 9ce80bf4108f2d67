"""ImageReward against the published code, and through its toy."""

import published
import pytest
from klein import picture

from tryon_core.errors import BadInput, MissingWeights
from tryon_core.models import load
from tryon_core.models.scorers import convert
from tryon_core.models.toy import toy_folder
from tryon_core.records import Sample

torch = pytest.importorskip("torch", reason="torch is not installed; run make setup")
# of image-reward 1.5 (models/BLIP/vit.py and med.py, ImageReward.py) with these weights: two pictures for each prompt
PUBLISHED = {"a red shirt.": (0.7998149394989014, -4.746795654296875), "a hat": (2.302283525466919, -1.34524405002594)}


@pytest.fixture(scope="module")
def reward():
    return load("toy:image-reward", device="cpu")


@pytest.fixture
def files(tmp_path):
    torch.save(published.image_reward(), tmp_path / "ImageReward.pt")
    (tmp_path / "vocab.txt").write_text("\n".join(published.vocabulary()) + "\n")
    return {"backbone": tmp_path / "ImageReward.pt", "vocabulary": tmp_path / "vocab.txt"}


def sample(wish="a red shirt"):
    return Sample(sample_id="a", wish=wish, images={})


def test_it_is_the_published_reward(files, tmp_path):
    convert.convert("image-reward", tmp_path / "made", **files)
    scorer = load("image-reward", weights=str(tmp_path / "made"))
    for prompt, values in PUBLISHED.items():
        scored = scorer.batch([(sample(prompt), picture(number)) for number in (1, 2)])
        assert [each["image_reward"].value for each in scored] == pytest.approx(values, abs=2e-5)
    assert "ImageReward.pt " in scorer.metrics[0].model and "vocab.txt " in scorer.metrics[0].model


def test_together_they_are_as_one_by_one(reward):
    calls = [(sample(), picture(1)), (sample(" "), picture(1)), (sample("blue trousers with a belt"), picture(2))]
    together, alone = reward.batch(calls), [reward(*call) for call in calls]
    assert together[1] == alone[1] == {"image_reward": "the prompt is empty"}
    for number in (0, 2):
        assert together[number]["image_reward"].value == pytest.approx(alone[number]["image_reward"].value, abs=1e-4)


def test_a_prompt_that_is_too_long_is_never_cut_in_silence(reward):
    long = "a red shirt with long sleeves " * 9
    assert "tokens and ImageReward reads 35" in reward(sample(long), picture(1))["image_reward"]
    cutting = load("toy:image-reward", cut=True)
    values = [cutting(sample(long + more), picture(1))["image_reward"].value for more in ("", "blue")]
    assert values[0] == values[1] and "what is beyond is cut" in cutting.metrics[0].protocol


def test_its_metric_is_as_it_answers(reward):
    (metric,), value = reward.metrics, reward(sample(), picture(1))["image_reward"]
    assert (metric.name, metric.unit, metric.better) == ("image_reward", value.unit, value.better)
    assert "random weights" in metric.model and reward.card.kind == "toy"


def test_a_state_dict_that_does_not_fit_is_a_sentence(files, tmp_path):
    state = published.image_reward()
    del state["blip.text_encoder.encoder.layer.1.crossattention.self.query.weight"]
    torch.save(state, files["backbone"])
    with pytest.raises(BadInput, match="does not fit BlipTextModel: .*Missing key.*crossattention.self.query.weight"):
        convert.convert("image-reward", tmp_path / "made", **files)
    assert not (tmp_path / "made").exists()


def test_what_is_asked_wrongly_is_a_sentence():
    with pytest.raises(MissingWeights, match="image-reward: THUDM/ImageReward publishes no safetensors; convert"):
        load("image-reward")
    with pytest.raises(BadInput, match="cut of toy:image-reward is true or false, got 1"):
        load("toy:image-reward", cut=1)
    with pytest.raises(BadInput, match="toy:image-reward has no choice of attention; leave it out"):
        load("toy:image-reward", attention="sdpa")


def test_another_network_s_folder_is_refused():
    with pytest.raises(MissingWeights, match="image-reward: .* holds no model_index.json"):
        load("image-reward", weights=str(toy_folder("lpips")))
