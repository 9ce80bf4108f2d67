"""Every unit that a judge or a check writes is said in words, with its scale."""

import ast
from pathlib import Path

import pytest
from doubles import scores
from hand_made import Bench
from matplotlib.backends.backend_agg import FigureCanvasAgg

import tryon_core
from tryon_core.records import Judgement, Measurement
from tryon_core.runs.reading import open_run
from tryon_core.view.figures.evidence import evidence
from tryon_core.view.tables.measured import against_bar
from tryon_core.view.units import in_words

PACKAGE = Path(tryon_core.__file__).parent
WORDS = "of the garment's words, found again"
ROOMS = ("models/embedded", "pictures")


def written():
    """Units of all that is measured without a large model, read from its source: names stand for texts there; a unit
    that is given on is read where it comes from."""
    names, units = {}, set()
    trees = [ast.parse(path.read_text()) for room in ROOMS for path in (PACKAGE / room).rglob("*.py")]
    for node in (node for tree in trees for node in ast.walk(tree)):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                names[name] = text
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                pairs = [pair for pair in zip(targets, values, strict=False) if isinstance(pair[1], ast.Constant)]
                names |= {ast.unparse(target): value.value for target, value in pairs}
            case ast.Call(func=ast.Name(id="Bar" | "Measurement"), keywords=keywords):
                units |= {ast.unparse(word.value) for word in keywords if word.arg == "unit"}
    return sorted({ast.literal_eval(unit) if unit[0] in "\"'" else names.get(unit, "px") for unit in units})


@pytest.mark.parametrize("unit", [*written(), "px", "CIEDE2000", "of the picture, found", "of 10"])
def test_no_raw_label_follows_a_number(unit):
    said = in_words(unit).amount(0.174)
    assert "17.4 %" in said or "0.174" in said
    assert not any(
        raw in said for raw in ("share", "1 - ", "Lab units", "squared", "at 1024", "numbers", "Wasserstein")
    )


def test_the_units_of_what_is_measured_are_found():
    known = {"1 - cosine of the spectra", "share of torso length", "share of its letters", "IoU"}
    assert len(written()) > 50 and known <= set(written())


@pytest.mark.parametrize(
    ("unit", "value", "bar", "said"),
    [
        ("1 - cosine of the spectra", 0.174, 0.2, "differs by 0.174 on a scale of 0 to 1 (at most 0.2)"),
        ("1 - SSIM over the face", 0.3, 0.09, "differs by 0.3 on a scale of 0 to 2 (at most 0.09)"),
        ("1 - overlap", 0.3, 0.5, "differs by 0.3 (1 minus overlap; 0 is equal) (at most 0.5)"),
        ("share of the worn area", 0.00123, 0.01, "0.123 % of the worn area (at most 1 %)"),
        ("of the picture's edge", 0.25, 0.6, "25 % of the picture's edge (at most 60 %)"),
        ("IoU", 0.97, 1, "overlaps by 0.97 (IoU, 1 is equal) (at most 1)"),
        ("share of the garment's words, found again", 1.0, 1.0, f"100 % {WORDS} (at most 100 %)"),
        ("octaves of contrast", 0.45, 0.7, "0.45 octaves of contrast (1 doubles it) (at most 0.7)"),
        ("holes", 0, 4, "0 holes (at most 4)"),
        ("pieces", 1, 8, "1 piece (at most 8)"),
        ("share", 1e-7, 0.1, "< 0.0001 % (at most 10 %)"),
    ],
)
def test_an_amount_is_said_with_its_scale_and_its_bar(unit, value, bar, said):
    assert against_bar(Measurement(value=value, unit=unit, bar=bar)) == said


def test_a_change_has_its_sign():
    assert in_words("share of torso length").amount(-0.2, "+") == "-20 % of torso length"
    assert in_words("CIELAB L*").amount(4, "+") == "+4 CIELAB L*"


def test_a_unit_of_any_length_stays_inside_the_figure_of_the_evidence(tmp_path):
    units = ["some unit of another judge " * 3, *written()]
    numbers = {f"n{place}": Measurement(value=0.3, unit=unit, bar=0.1) for place, unit in enumerate(units)}
    answered = scores().scores["realism"].model_copy(update={"evidence": numbers})
    bench = Bench(tmp_path)
    bench.sample("one", "accepted", Judgement(scores={**scores().scores, "realism": answered}))
    figure = evidence(open_run(bench.finish()), "one", "realism")
    texts = [text for text in figure.axes[-1].texts if text.get_text()]
    renderer = FigureCanvasAgg(figure).get_renderer()
    assert len(texts) > 3 * len(units)
    assert all(text.get_window_extent(renderer).x1 <= figure.bbox.x1 for text in texts)
    assert any(text.get_text().endswith("…") for text in texts)


@pytest.mark.parametrize(
    ("unit", "words"), [("100 x cosine", "18.6 (100 x cosine)"), ("cosine", "18.6 (cosine, 1 is equal)")]
)
def test_a_cosine_is_no_product_with_its_number(unit, words):
    assert in_words(unit).amount(18.6) == words


@pytest.mark.parametrize(
    ("unit", "axis"),
    [
        ("SSIM", "SSIM, 1 is equal"),
        ("CIEDE2000", "CIEDE2000 (1 can just be seen)"),
        ("IoU", "overlaps by (IoU, 1 is equal)"),
    ],
)
def test_an_axis_whose_unit_is_all_an_aside_has_no_brackets(unit, axis):
    assert in_words(unit).axis == axis
