"""Results against samples: what is scored, what is left out and why, and what may be compared with what."""

import numpy as np
import pytest
from doubles import card, picture
from evaluated_sets import SMALL, Apart, a_set, noisy, results
from samples import DRESSCODE, VITON_HD, laid_out
from shaped_runs import Shape, written

from tryon_core.errors import BadInput, Refused
from tryon_core.evaluation import compared, evaluate, read_evaluation
from tryon_core.records import Measurement
from tryon_core.scales import Metric
from tryon_core.sources import open_source
from tryon_core.stats.feature_distances import kernel_distance
from tryon_core.steps import Step


@pytest.fixture
def source(tmp_path):
    return a_set(tmp_path / "set")


@pytest.fixture
def perfect(tmp_path):
    return results(tmp_path / "perfect", s0=noisy(30), s1=noisy(31), s2=noisy(32))


def test_true_pictures_are_perfect(source, perfect, tmp_path):
    worse = results(tmp_path / "worse", s0=noisy(30), s1=noisy(31), s2=noisy(12))
    best, other = evaluate(perfect, source, SMALL), evaluate(worse, source, SMALL)
    assert best.table().value["ssim"] == 1 and best.rows[0].pictures == 3 and best.card.shown == 0
    assert other.scores["s0"]["ssim"] == 1 and other.scores["s2"]["ssim"] < 0.2
    assert other.table().value["ssim"] == pytest.approx((2 + other.scores["s2"]["ssim"]) / 3)


def test_the_true_picture_is_the_original(source, tmp_path):
    net, made = Apart(), results(tmp_path / "made", s0=noisy(30), s1=noisy(31), s2=noisy(5))
    done = evaluate(made, source, SMALL, lpips=net)
    assert done.scores["s0"]["lpips"] == 0 < done.scores["s2"]["lpips"] and net.pairs[2] == (noisy(5), noisy(32))
    assert done.card.nets["lpips"].name == "apart" and done.card.metrics["lpips"].protocol != "p"
    assert "lpips apart is scripted" in done.caution and str(done).startswith("Not a result")


def test_no_network_is_a_reason(source, perfect):
    done = evaluate(perfect, source, SMALL, lpips="its weights are not here")
    assert np.isnan(done.table().value["lpips"]) and "lpips" not in done.card.metrics
    assert "unscored: its weights are not here" in str(done)


def test_unpaired_has_nothing_to_compare_with(tmp_path):
    source = a_set(tmp_path / "set", truth=False)
    made = results(tmp_path / "made", s0=noisy(1), s1=noisy(2), s2=noisy(3))
    done = evaluate(made, source, SMALL.model_copy(update={"pairing": "unpaired"}), lpips=Apart())
    assert [row.value for row in done.rows] == [None] * 4 and done.card.pictures == 3
    assert {row.reason for row in done.rows[:2]} == {"there are no true pictures in the unpaired protocol"}


def test_the_pairing_is_read_off_the_source(tmp_path, source, perfect):
    assert evaluate(results(tmp_path / "large", s0=noisy(30, (768, 1024))), source).card.protocol.pairing == "paired"
    unpaired = a_set(tmp_path / "other", known={"protocol": "unpaired"})
    assert evaluate(results(tmp_path / "more", s0=noisy(30, (768, 1024))), unpaired).card.protocol.pairing == "unpaired"


def test_what_has_no_picture_is_left_out(source, tmp_path):
    made = results(tmp_path / "made", s0=noisy(30), s2=noisy(32, (64, 64)))
    done = evaluate(made, source, SMALL)
    assert done.card.pictures == 1 and done.card.listed == 3 and list(done.scores) == ["s0"]
    assert "there is no s1.jpg" in done.left_out["s1"]
    assert done.left_out["s2"] == "result: it is 64 x 64, of another shape than 96 x 128"
    assert "left out: s1: there is no s1.jpg" in str(done)


def test_nothing_to_score_is_refused(source, tmp_path):
    with pytest.raises(BadInput, match=r"no picture can be scored; s0: there is no s0\.jpg"):
        evaluate(results(tmp_path / "none"), source, SMALL)
    with pytest.raises(BadInput, match="there are no results at"):
        evaluate(str(tmp_path / "nowhere"), source, SMALL)
    with pytest.raises(BadInput, match="does not say of which samples; give the source"):
        evaluate(str(tmp_path / "none"))


def test_two_files_of_a_sample_are_refused(source, perfect, tmp_path):
    noisy(30).save(tmp_path / "perfect/s1.jpg")
    with pytest.raises(BadInput, match="s1.jpg and s1.png are both of sample s1"):
        evaluate(perfect, source, SMALL)


def test_results_may_be_named_as_the_persons(tmp_path):
    folder = laid_out(tmp_path / "VITON-HD", VITON_HD)
    (tmp_path / "made").mkdir()
    picture("red", (80, 100)).save(tmp_path / "made/01_00.jpg")
    small = SMALL.model_copy(update={"width_px": 80, "height_px": 100})
    done = evaluate(str(tmp_path / "made"), open_source(f"viton-hd:{folder}"), small)
    assert done.card.dataset == "viton-hd test" and list(done.scores) == ["01_00"]
    assert done.card.shown == 1 and "a result that changes nothing is perfect" in str(done)


def test_results_of_dresscode_lie_by_category(tmp_path):
    folder = laid_out(tmp_path / "DressCode", DRESSCODE)
    for name in ("upper_body/3_0.png", "5_0.png", "dresses-2_0.png"):
        (tmp_path / "made" / name).parent.mkdir(parents=True, exist_ok=True)
        picture("red", (80, 100)).save(tmp_path / "made" / name)
    small = SMALL.model_copy(update={"width_px": 80, "height_px": 100})
    done = evaluate(str(tmp_path / "made"), open_source(f"dresscode:{folder}"), small)
    assert list(done.scores) == ["upper_body-3_0", "upper_body-5_0", "dresses-2_0"]


def test_a_source_of_the_other_protocol_is_refused(tmp_path, perfect):
    folder = laid_out(tmp_path / "VITON-HD", VITON_HD)
    with pytest.raises(BadInput, match="the samples are unpaired and the protocol is paired"):
        evaluate(perfect, open_source(f"viton-hd:{folder}:unpaired"), SMALL)


class Seen:
    """A scorer that says whether it saw the true picture, and refuses the last."""

    card = card("seen")
    metrics = (Metric(name="truth_seen", unit="0-1", better="higher", model="none", licence="none", protocol="looks"),)

    def __call__(self, sample, image):
        if sample.sample_id == "s2":
            raise Refused("last", "not this one")
        assert image.size == sample.images["person"].size
        return {"truth_seen": Measurement(value="truth" in sample.images, unit="0-1", better="higher")}


def test_further_scorers_see_the_whole_sample(source, perfect):
    row = evaluate(perfect, source, SMALL, scorers=[Seen()]).table().loc["truth_seen"]
    assert row.value == 1 and row.pictures == 2 and row.reason == "1 unscored: last: not this one"


def a_run(where, **pictures):
    shape = Shape(
        name="search",
        shape="tree",
        arguments={},
        pictures={"person": noisy(10), "garment": noisy(20), "truth": noisy(30), **pictures},
        steps=(Step(image=noisy(1)), Step(image=noisy(30))),
        chosen=2,
    )
    return written(where, shape)


def test_a_run_is_scored_by_what_it_kept(tmp_path):
    done = evaluate(a_run(tmp_path / "run"), protocol=SMALL)
    assert done.scores == {"one": {"ssim": 1.0, "lpips": done.rows[1].reason}} and "generator" not in done.caution


def test_a_run_of_other_garments_is_refused(tmp_path):
    source = a_set(tmp_path / "set", count=1)
    text = (tmp_path / "set/samples.jsonl").read_text().replace("s0", "one")
    (tmp_path / "set/samples.jsonl").write_text(text)
    assert evaluate(a_run(tmp_path / "same"), source, SMALL).card.pictures == 1
    with pytest.raises(BadInput, match="sample one of .* has another garment than the source"):
        evaluate(a_run(tmp_path / "other", garment=noisy(7)), source, SMALL)


def test_equal_protocols_have_equal_cards(source, perfect, tmp_path):
    (tmp_path / "turned").mkdir()
    turned = a_set(tmp_path / "turned/set")
    lines = (tmp_path / "turned/set/samples.jsonl").read_text().splitlines()
    (tmp_path / "turned/set/samples.jsonl").write_text("\n".join(reversed(lines)))
    one, other = evaluate(perfect, source, SMALL), evaluate(perfect, turned, SMALL)
    assert one.card.digest == other.card.digest
    fewer = evaluate(results(tmp_path / "fewer", s0=noisy(30), s1=noisy(31)), source, SMALL)
    assert fewer.card.digest != one.card.digest


def test_equal_terms_are_compared(source, perfect, tmp_path):
    worse = results(tmp_path / "worse", s0=noisy(1), s1=noisy(2), s2=noisy(3))
    one, other = evaluate(perfect, source, SMALL, lpips=Apart()), evaluate(worse, source, SMALL)
    table = compared(one, other)
    assert list(table.index) == ["ssim"] and table.against["ssim"] == worse
    row = table.loc["ssim"]
    assert row["first"] == 1 > row.other and row.difference == pytest.approx(1 - row.other)
    assert (row.wins, row.losses, row.ties, row.persons) == (3, 0, 0, 3) and np.isnan(row.low)
    assert row.flip_p == row.flip_holm == 0.25  # of 8 ways to deal signs, 2 are as far out


def test_lower_may_be_better(source, perfect, tmp_path):
    worse = results(tmp_path / "worse", s0=noisy(30), s1=noisy(2), s2=noisy(3))
    one, other = (evaluate(each, source, SMALL, lpips=Apart(), features=Corners()) for each in (worse, perfect))
    row = compared(one, other).loc["lpips"]
    assert (row.wins, row.losses, row.ties) == (0, 2, 1) and row.difference < 0
    assert np.isnan(compared(one, other).loc["fid", "flip_p"]) and compared(one, other).loc["fid", "first"] > 0


def test_tests_are_over_persons(tmp_path):
    source = a_set(tmp_path / "set", known={"person_id": "tom"})
    made = {
        name: results(tmp_path / name, s0=noisy(seed), s1=noisy(2), s2=noisy(3)) for name, seed in (("a", 30), ("b", 5))
    }
    row = compared(*(evaluate(each, source, SMALL) for each in made.values())).loc["ssim"]
    assert row.persons == 1 and row.flip_p == 1 and row.wins == 1


def test_where_a_network_lies_is_no_term(source, perfect):
    nets = Apart(), Apart(), Apart()
    for net, settings in zip(nets, ({"policy": "resident"}, {"policy": "offload"}, {"dtype": "float16"}), strict=True):
        net.card = card("apart").model_copy(update={"settings": settings})
    here, there, coarse = (evaluate(perfect, source, SMALL, lpips=net).card for net in nets)
    assert here.digest == there.digest
    assert here.differences(coarse)[-1] == "nets.lpips.settings.dtype: None -> float16"


def test_other_terms_refuse_to_be_compared(source, perfect, tmp_path):
    worse = results(tmp_path / "worse", s0=noisy(1), s1=noisy(2), s2=noisy(3))
    one = evaluate(perfect, source, SMALL)
    smaller = evaluate(worse, source, SMALL.model_copy(update={"width_px": 72, "height_px": 96}))
    with pytest.raises(BadInput, match="protocol.height_px: 128 -> 96; protocol.width_px: 96 -> 72"):
        compared(one, smaller)
    with pytest.raises(BadInput, match="given twice"):
        compared(one, one)


def test_an_evaluation_is_read_back(source, perfect, tmp_path):
    done = evaluate(perfect, source, SMALL, lpips=Apart(), scorers=[Seen()])
    (tmp_path / "done.json").write_text(done.model_dump_json())
    assert read_evaluation(tmp_path / "done.json") == done


class Corners:
    """Features of sorts: the mean colour of each corner; remembers how many pictures it saw."""

    card, protocol = card("corners"), "corners as they are"

    def __init__(self):
        self.seen = []

    def __call__(self, images):
        self.seen.append(len(images))
        return np.array([[corner for corner in np.asarray(image, float)[::127, ::95].ravel()] for image in images])


def test_sets_are_compared_by_features(source, perfect, tmp_path):
    worse = results(tmp_path / "worse", s0=noisy(1), s1=noisy(2), s2=noisy(3))
    same, other = (evaluate(each, source, SMALL, features=Corners()).table() for each in (perfect, worse))
    assert same.value["fid"] == pytest.approx(0, abs=1e-6) and same.value["kid"] < 0 < other.value["fid"]
    assert same.pictures["fid"] == 3 and "of fewer than 2,048 pictures" in same.reason["fid"]
    expected = 1000 * kernel_distance(*(Corners()([noisy(n) for n in seeds]) for seeds in ((1, 2, 3), (30, 31, 32))))
    assert other.value["kid"] == pytest.approx(expected)


def test_unpaired_sets_are_held_against_persons(tmp_path):
    source, net = a_set(tmp_path / "set", truth=False, count=20), Corners()
    made = results(tmp_path / "made", **{f"s{i}": noisy(10 + i) for i in range(20)})
    done = evaluate(made, source, SMALL.model_copy(update={"pairing": "unpaired"}), features=net)
    assert done.table().value["fid"] == pytest.approx(0, abs=1e-6) and net.seen == [16, 16, 4, 4]
    assert done.card.nets["fid"].name == "corners" and "corners as they are" in done.card.metrics["kid"].protocol


def test_one_picture_is_no_set(source, tmp_path):
    done = evaluate(results(tmp_path / "made", s0=noisy(30)), source, SMALL, features=Corners())
    assert done.table().reason["fid"] == "it takes at least 2 pictures" and "fid" not in done.card.metrics
