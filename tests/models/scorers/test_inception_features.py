"""Inception's features at full size against clean-fid's network, and through the toy."""

import numpy as np
import published
import pytest
from klein import picture
from PIL import Image

from tryon_core.errors import BadInput, MissingWeights, UnknownName
from tryon_core.models.scorers import convert
from tryon_core.models.scorers.deep.inception_features import float_resized, load_features
from tryon_core.stats.feature_distances import frechet_distance

torch = pytest.importorskip("torch", reason="torch is not installed; run make setup")
# of clean-fid 0.1.35's InceptionV3 with these weights, on picture(1) and picture(2): features 1000 to 1004, and means
SOME = [
    [2.2937140464782715, 0.0024592848494648933, 0.01992674171924591, 0.0, 0.05752537027001381],
    [2.1507415771484375, 0.005689551122486591, 0.05574623495340347, 0.0, 0.04255489632487297],
]
MEANS = [0.5926971432382597, 0.5636337885054487]


@pytest.fixture(scope="module")
def toy():
    return load_features("toy:inception-fid", device="cpu")


def test_they_are_the_published_features(tmp_path):
    torch.save(published.inception(), tmp_path / "inception.pth")
    convert.convert("inception-fid", tmp_path / "fid", backbone=tmp_path / "inception.pth")
    seeing = load_features(weights=str(tmp_path / "fid"), at_once=2)
    found = seeing([picture(1), picture(2)])
    assert found.shape == (2, 2048) and found.dtype == np.float64
    assert np.allclose(found[:, 1000:1005], SOME, atol=1e-5) and np.allclose(found.mean(1), MEANS, rtol=1e-5)
    assert "inception.pth " in seeing.protocol and "clean-fid's 'clean'" in seeing.protocol


def test_a_picture_is_resized_as_clean_fid_does():
    """Numbers of clean-fid 0.1.35: resize.build_resizer('clean')."""
    noise = Image.fromarray(np.random.RandomState(0).randint(0, 256, (700, 500, 3), dtype=np.uint8))
    small = float_resized(noise, 299)
    assert small.shape == (299, 299, 3) and small.dtype == np.float32
    assert np.allclose(small[0, 0], [118.40557, 84.74613, 74.677475], atol=1e-4)
    assert np.allclose(small[150, 200], [92.11796, 141.5474, 165.92677], atol=1e-4)
    assert (small.min(), small.max()) == pytest.approx((17.494478, 243.75603))


def test_a_resized_picture_stays_within_its_range():
    """Bicubic goes past black and white at an edge."""
    edge = Image.new("RGB", (20, 20))
    edge.paste((255, 255, 255), (10, 0, 20, 20))
    assert float_resized(edge, 299).min() == 0 and float_resized(edge, 299).max() == 255


def test_parts_together_are_as_one_by_one(toy):
    images = [picture(number) for number in range(5)]
    together = load_features("toy:inception-fid", at_once=2)(images)
    assert np.allclose(together, np.concatenate([toy([image]) for image in images]), atol=1e-4)
    assert together.std(0).max() > 0.01


def test_sets_of_pictures_have_a_distance(toy):
    one, other = (toy([picture(number + start) for number in range(4)]) for start in (0, 10))
    assert 0 < frechet_distance(one, other) and frechet_distance(one, one) == pytest.approx(0, abs=1e-6)


def test_any_kind_of_picture_is_seen(toy):
    grey = Image.new("L", (30, 500), 90)
    assert np.array_equal(toy([grey]), toy([grey.convert("RGB")])) and toy.card.kind == "toy"


def test_what_cannot_be_seen_is_a_sentence(toy):
    with pytest.raises(BadInput, match="toy:inception-fid needs pictures to see and got none"):
        toy([])
    with pytest.raises(UnknownName, match="no option of inception-fid is called 'wieghts'. Did you mean 'weights'"):
        load_features(wieghts="here")
    with pytest.raises(MissingWeights, match="convert its files once by"):
        load_features()
