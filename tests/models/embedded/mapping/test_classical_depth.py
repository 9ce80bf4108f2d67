"""The classical stand-in for a depth map: what it must hold, and what it is worth on a picture with a true depth."""

import numpy as np
import pytest
import skimage.data
from demo_pictures import PEOPLE, demo_picture
from PIL import Image
from scipy.stats import spearmanr

from tryon_core import models
from tryon_core.errors import MissingWeights, Refused
from tryon_core.flows import Filling, FlowLine, spec_of
from tryon_core.models.embedded.mapping import classical_depth
from tryon_core.models.embedded.seeing import body_frame
from tryon_core.models.embedded.seeing.perception import see_person
from tryon_core.roles import ControlMapper
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.reading import open_run
from tryon_core.steps import Step

PERSONS = sorted(path.stem for path in (PEOPLE / "persons").glob("*.webp"))


@pytest.fixture(scope="module")
def depth():
    return models.load("depth", "control_mapper")


def nearness(mapper, image):
    return np.asarray(mapper(image), float)[..., 0]


def landscape(horizon=120):
    """A bright hazy sky over hills that fade with distance, and grass with grain in front."""
    grain_HW1 = np.random.default_rng(0).normal(0, 1, (300, 400, 1))
    low_H11 = np.clip((np.arange(300) - horizon) / (300 - horizon), 0, 1)[:, None, None]
    page_HW3 = (1 - low_H11) * np.array([205, 220, 235]) + low_H11 * np.array([50, 90, 30]) + 25 * low_H11 * grain_HW1
    return Image.fromarray(page_HW3.clip(0, 255).astype(np.uint8))


def test_its_card_says_that_it_is_a_stand_in(depth):
    assert depth.card.settings == {"method": "classical stand-in, no depth network"} and depth.card.name == "depth"


@pytest.mark.parametrize("size", [(400, 300), (61, 83), (1600, 40)])
def test_a_map_has_the_picture_s_size_and_both_ends(depth, size):
    drawn = depth(landscape().resize(size))
    assert (drawn.mode, drawn.size) == ("RGB", size)
    low, high = drawn.convert("L").getextrema()
    assert low < 5 and high > 240


def test_a_picture_without_any_order_is_refused(depth):
    with pytest.raises(Refused, match="depth sees everything equally near"):
        depth(Image.new("RGB", (40, 1), "grey"))


@pytest.mark.parametrize("name", PERSONS)
def test_a_person_is_before_the_background(depth, name):
    image = demo_picture("persons", name)
    near_HW, alpha_HW = nearness(depth, image), see_person(image).alpha_HW
    assert np.percentile(near_HW[alpha_HW > 0.9], 2) > np.percentile(near_HW[alpha_HW < 0.1], 98) + 25


def test_what_the_pose_network_puts_in_front_is_nearer():
    pose = classical_depth.find_pose(np.asarray(demo_picture("persons", "p1")))
    wrist = body_frame.LEFT_WRIST
    pose.depth_px_K[wrist] = -2000.0
    near_HW = classical_depth.body_nearness(pose)
    x, y = pose.landmarks_K3[wrist, :2].astype(int)
    assert near_HW[y, x] > 0.95 and near_HW[pose.alpha_HW > 0.5].mean() < 0.6


def test_the_bottom_of_a_landscape_is_nearer(depth):
    near_HW = nearness(depth, landscape())
    bands = [near_HW[row : row + 60].mean() for row in range(0, 300, 60)]
    assert bands == sorted(bands) and bands[-1] > bands[0] + 100


def test_what_is_detailed_is_before_what_is_blurred(depth):
    page_HW3 = np.full((300, 400, 3), 120, np.uint8)
    page_HW3[:, 200:] = np.random.default_rng(0).integers(40, 200, (300, 200, 1), np.uint8)
    near_HW = nearness(depth, Image.fromarray(page_HW3))
    assert (near_HW[:, 230:].mean(1) > near_HW[:, :170].mean(1)).all()


def test_the_same_picture_gives_the_same_map_and_another_another(depth):
    one, other = demo_picture("persons", "p1"), demo_picture("persons", "p2")
    assert depth(one).tobytes() == models.load("depth")(one).tobytes() != depth(other).tobytes()
    assert depth(landscape(60)).tobytes() != depth(landscape(200)).tobytes()


def test_its_order_follows_a_true_depth(depth):
    """Of a stereo picture (Middlebury) whose disparities were measured; the picture's height alone has 0.67."""
    left_HW3, _, disparity_HW = skimage.data.stereo_motorcycle()
    known_HW = np.isfinite(disparity_HW)
    near_HW = nearness(depth, Image.fromarray(left_HW3))
    assert spearmanr(near_HW[known_HW], disparity_HW[known_HW]).statistic > 0.7


def mapped(sample, *, depth_mapper: ControlMapper):
    yield Step(stage="depth", made={"depth": depth_mapper(sample.images["person"])})


MAPPED = FlowLine(
    function=mapped,
    needs=("person",),
    models={"depth_mapper": Filling(member="depth_mapper", default="depth")},
)


def test_a_run_records_the_stand_in_by_its_name(manifest, tmp_path):
    asked = BatchParameters(source=str(manifest), output=str(tmp_path), limit=1)
    run = open_run(run_batch(asked, flow=spec_of(mapped, MAPPED), progress=False).url)
    card = run.info.models["depth_mapper"]
    assert (card.name, card.settings["method"]) == ("depth", "classical stand-in, no depth network")
    assert run.records[0].steps[0].made["depth"]


def test_missing_weights_of_a_network_are_not_replaced(manifest, tmp_path):
    network = {"name": "depth-anything-v2-small", "options": {"weights": str(tmp_path / "nowhere")}}
    places = {"source": str(manifest), "output": str(tmp_path / "run")}
    asked = BatchParameters.checked(**places, models={"depth_mapper": network})
    with pytest.raises(MissingWeights, match="there is no folder"):
        run_batch(asked, flow=spec_of(mapped, MAPPED), progress=False)
