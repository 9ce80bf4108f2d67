"""How the scorers' networks are held: in float32 where nothing is said, whole, within the memory that is given."""

import pytest
from klein import picture

from tryon_core.errors import BadInput, UnknownName
from tryon_core.models import load
from tryon_core.models.scorers.deep.inception_features import load_features
from tryon_core.records import Sample

NAMES = ("clip", "aesthetic", "lpips", "lpips-alex", "image-reward")
ROUNDING = {"prompt_following": 2, "clip_consistency": 0.02, "lpips": 0.1, "aesthetic": 0.1, "image_reward": 1}


def made(name, **options):
    more = {"segmenter": ""} if name == "clip" else {}
    return load(f"toy:{name}", device="cpu", **more, **options)


def numbers(scorer):
    scored = scorer(Sample(sample_id="a", wish="a red shirt", images={"person": picture(1)}), picture(2))
    return {name: value.value for name, value in scored.items() if not isinstance(value, str)}


@pytest.mark.parametrize("name", NAMES)
def test_half_the_bits_give_nearly_the_same_number(name):
    whole, half = made(name), made(name, dtype="bfloat16")
    assert (whole.card.settings["dtype"], half.card.settings["dtype"]) == ("float32", "bfloat16")
    values, rounded = numbers(whole), numbers(half)
    assert values != rounded and values.keys() == rounded.keys()
    assert all(abs(value - rounded[metric]) < ROUNDING[metric] for metric, value in values.items())


@pytest.mark.parametrize("name", NAMES)
def test_too_little_memory_is_refused_with_numbers(name):
    with pytest.raises(BadInput, match="does not fit in 0.0001 GB"):
        made(name, memory_gb=0.0001)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_smaller_than_a_float_is_offered(name):
    with pytest.raises(UnknownName, match="no policy of .* is called 'fp8'.*Known: resident"):
        made(name, policy="fp8")


def test_features_are_held_alike():
    with pytest.raises(BadInput, match="toy:inception-fid does not fit in 0.0001 GB"):
        load_features("toy:inception-fid", memory_gb=0.0001)
    with pytest.raises(BadInput, match="toy:inception-fid has no choice of attention"):
        load_features("toy:inception-fid", attention="sdpa")
