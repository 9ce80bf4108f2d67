"""Where parts of a garment go on a person: level and in the middle, the right length, along the arm, up the neck."""

from functools import cache

import numpy as np
import pytest
from demo_pictures import demo_picture
from PIL import Image

from tryon_core.models.embedded.cloth.garment import see_garment
from tryon_core.models.embedded.drawing.drape import Drape, drape
from tryon_core.models.embedded.drawing.drawing_parameters import WarpParameters
from tryon_core.models.embedded.drawing.placement import place
from tryon_core.models.embedded.drawing.sleeves import sleeve_edges
from tryon_core.models.embedded.seeing.body import Arm, measure_body
from tryon_core.models.embedded.seeing.perception import see_person
from tryon_core.models.embedded.seeing.stance import settled
from tryon_core.pictures.features import colour_difference, to_lab
from tryon_core.records import EditRequest, Noise

TRUE = {"lab": ("p2", "p2_lab"), "cropped": ("p1", "p1_cropped"), "loop": ("p4", "p4_loop")}


@cache
def worn(garment: str, person: str) -> Drape:
    who, what = see_person(demo_picture("persons", person)), see_garment(demo_picture("garments", garment))
    return drape(what, place(who, what, WarpParameters()), who)


def hem_y(cloth: np.ndarray) -> int:
    """The lowest row of cloth at the middle of the picture."""
    return int(np.flatnonzero(cloth[:, 374:394].mean(1) > 0.5)[-1])


@pytest.mark.parametrize("person", ["p1", "p2", "p3", "p4"])
def test_an_upright_person_is_seen_upright_and_in_the_middle(person):
    frame = settled(see_person(demo_picture("persons", person))).frame
    assert abs(frame.centre[0] - 383.5) < 5 and abs(np.degrees(np.arctan2(*frame.across_2[::-1]))) < 1


def test_a_printed_word_lies_level():
    dark = to_lab(worn("loop", "p4").colour_HW3.clip(0, 255))[..., 0] < 40
    dark &= worn("loop", "p4").alpha_HW > 0.9
    y, x = np.nonzero(dark[380:640, 270:500])
    left, right = y[x < np.percentile(x, 25)].mean(), y[x > np.percentile(x, 75)].mean()
    assert abs(right - left) < 9  # of 150 pixels


@pytest.mark.parametrize("garment", TRUE)
def test_the_hem_hangs_where_the_true_pictures_hem_is(garment):
    person, sample = TRUE[garment]
    before, after = (to_lab(np.array(demo_picture(*at))) for at in (("persons", person), ("truth", sample)))
    cloth = to_lab(np.array(demo_picture("truth", sample)))[700, 384]
    true = hem_y((np.linalg.norm(after - cloth, axis=-1) < 20) & (colour_difference(before, after) > 5))
    assert abs(hem_y(worn(garment, person).alpha_HW > 0.5) - true) < 0.06 * 300  # shoulder widths


@pytest.mark.parametrize("person", ["p1", "p2", "p4"])
def test_long_sleeves_cover_the_arm_from_shoulder_to_wrist(person):
    who = see_person(demo_picture("persons", person))
    cloth = worn("loop", person).alpha_HW > 0.5
    for arm in measure_body(who).arms:
        bone = [np.round(arm.at(share * arm.length_px)).astype(int) for share in np.linspace(0.05, 0.85, 30)]
        assert np.mean([cloth[y, x] for x, y in bone]) == 1


def test_a_cuff_is_as_wide_as_in_its_photograph():
    garment, drawn = see_garment(demo_picture("garments", "loop")), worn("loop", "p4")
    scale = see_person(demo_picture("persons", "p4")).frame.shoulder_px / garment.chest_px
    bottom = np.flatnonzero((drawn.sleeves_HW > 0.5).any(1))[-1] - 25
    row = np.flatnonzero(drawn.sleeves_HW[bottom, :384] > 0.5)
    sleeve = garment.keypoints.sleeves[0]
    own_px = float(np.hypot(*(sleeve.outer_E2[-2] - sleeve.inner_E2[-2]))) * scale
    assert np.ptp(row) < 1.6 * own_px


def test_a_sleeve_on_an_arm_that_points_towards_us_is_as_much_shorter_as_the_arm():
    who = see_person(demo_picture("persons", "p2"))
    sleeve = see_garment(demo_picture("garments", "lab")).keypoints.sleeves[0]

    def length_px(upper: float) -> float:
        elbow = np.array([100.0, 100 + upper])
        bent, plain = (
            Arm(
                joints_P2=np.array([[100, 50], [100, 100], end, end + [0, 180]], float),
                outward_2=np.array([-1.0, 0.0]),
                length_px=float(end[1] + 80),
                radius_px=30.0,
            )
            for end in (elbow, np.array([100.0, 300.0]))
        )
        seam = (np.array([70.0, 90.0]), np.array([130.0, 130.0]))
        outer_E2, _ = sleeve_edges(who, (bent, plain), 0, sleeve=sleeve, seam=seam, scale=0.7, longer=0.0)
        return float(outer_E2[-1, 1] - 90)

    assert length_px(120) < 0.8 * length_px(200)


def test_a_turtleneck_goes_up_the_neck_and_lies_before_it():
    who = see_person(demo_picture("persons", "p2"))
    plain = see_garment(demo_picture("garments", "lab"))
    assert not worn("lab", "p2").collar_HW.any()
    tube = Image.fromarray(_with_tube(plain))
    garment = see_garment(tube)
    drawn = drape(garment, place(who, garment, WarpParameters()), who)
    chin_y = who.face_mesh_K2[:, 1].max()
    top = np.flatnonzero(drawn.collar_HW[:, 384] > 0.5)[0]
    assert chin_y < top < chin_y + 0.2 * who.frame.shoulder_px


def _with_tube(garment) -> np.ndarray:
    """The picture of a tee with a tube of its own colour drawn over its collar."""
    picture, keys = garment.image_HW3.copy(), garment.keypoints
    (left, right), depth = keys.collar, int(0.2 * garment.width_px)
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]]
    between = (x > left[0]) & (x < right[0]) & (y > left[1] - 0.25 * garment.width_px) & (y < left[1] + depth)
    picture[between] = (27, 120, 95)
    return picture


def test_another_seed_hangs_visibly_otherwise_and_only_a_little(warp):
    images = (demo_picture("persons", "p2"), demo_picture("garments", "stripes"))
    blind, *others = (
        to_lab(np.array(warp(EditRequest(prompt="", images=images, noise=Noise(seed=seed))))) for seed in (0, 3, 4)
    )
    drawn = colour_difference(blind, to_lab(np.array(images[0]))) > 5
    for other in others:
        assert 4 < colour_difference(blind, other)[drawn].mean() < 45


def test_what_a_garments_pieces_are_is_worked_out_once():
    garment = see_garment(demo_picture("garments", "lab"))
    assert garment.pieces is garment.pieces
