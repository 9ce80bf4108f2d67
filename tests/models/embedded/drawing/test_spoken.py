"""What a person writes and warp does: the grammar, whose sentence is whose, and that a loop's own words do nothing."""

import ast
import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tryon_core.flows.revising import in_words
from tryon_core.images import digest
from tryon_core.models.embedded import measuring as measures
from tryon_core.models.embedded.aspects import ASPECTS, STEPS
from tryon_core.models.embedded.drawing.drawing_parameters import BOUNDS
from tryon_core.models.embedded.drawing.spoken import MEASURED, spoken_fixes
from tryon_core.models.embedded.measuring.realness import edge_of_cloth as outline
from tryon_core.models.embedded.measuring.shape import parts
from tryon_core.models.embedded.measuring.surface import appearance, pattern
from tryon_core.pictures.describing.colour_names import NAMED
from tryon_core.pictures.describing.wording import WAYS
from tryon_core.records import Fix
from tryon_core.sources import open_source

PROJECT = Path(__file__).parents[4]
WISH = "The person wears the striped tee; everything else stays as it is."
# (what the measuring judge asks for where no amount stands in the sentence's place, aspect, sign)
JUDGES = [(text, *meant) for text, meant in MEASURED.items()]
JUDGES += [("make the garment darker", "lightness", -1), ("make the garment lighter", "lightness", 1)]
FITTED = [*parts.PARTS.values(), *parts.LOWER_PARTS.values()]
FITTED += [part(side) for part in (parts.sleeve_part, parts.leg_part) for side in ("left", "right")]
JUDGES += [(part.mend[much], part.aspect, (1, -1)[much]) for part in FITTED for much in (0, 1)]


def read(prompt: str, *fixes: Fix) -> dict[str, float]:
    return {fix.aspect: pytest.approx(fix.amount) for fix in spoken_fixes(prompt, fixes)}


def a_fix(text: str, aspect: str = "", strength: float = 1.0) -> Fix:
    return Fix(constraint="garment_structure", text=text, aspect=aspect, amount=0.07, strength=strength)


# ---- the grammar -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "moved"),
    [
        ("Make the sleeves 10 % longer.", {"sleeve": 0.1}),
        ("make the left sleeve shorter by 5%", {"sleeve": -0.05}),
        ("Please lengthen the sleeves by 2.5 percent!", {"sleeve": 0.025}),
        ("Move the garment down by 3 %", {"shift_down": 0.03}),
        ("Move the garment 3 % to the left.", {"shift_right": -0.03}),
        ("Make the garment shorter.", {"length": -0.11}),
        ("MAKE THE GARMENT MUCH SHORTER", {"length": -0.22}),
        ("slightly wider", {"width": 0.065}),
        ("narrower at the hem", {"width": -0.13}),
        ("lighter", {"lightness": 9}),
        ("darker by 8", {"lightness": -8}),
        ("10 % lighter", {"lightness": 10}),
        ("more colourful", {"chroma": 7}),
        ("Make the colors less saturated by 5 C*.", {"chroma": -5}),
        ("deeper neckline", {"neckline": 0.12}),
        ("Raise the neckline.", {"neckline": -0.12}),
        ("The neckline should be deeper.", {"neckline": 0.12}),
        ("let the waistband sit higher", {"shift_down": -0.11}),
        ("Let the hem end 5 % lower.", {"length": 0.05}),
        ("softer edges", {"edge": 2.0}),
        ("stronger folds", {"shading": 0.5}),
        ("softer edges, stronger folds", {"edge": 2.0, "shading": 0.5}),
        ("Make the sleeves longer and the garment 5 % wider.", {"sleeve": 0.1, "width": 0.05}),
        ("Make the print sharper by 20 %", {"sharpness": 0.2}),
    ],
)
def test_a_sentence_of_the_grammar_moves_its_aspect(sentence, moved):
    assert read(f"{WISH} {sentence}") == moved


@pytest.mark.parametrize(
    "sentence",
    [
        "The person wears a long red dress; everything else stays as it is.",
        "Give her a hat.",
        "Do not make the sleeves longer.",
        "Make the sleeves no longer.",
        "Make the sleeves longer and give her a hat.",
        "Make the sleeves longer?",
        "Make the sleeves 5 longer.",  # 5 of what?
        "Make the garment 10 % more colourful.",  # of how much?
        "Make the sleeves a lot longer by 5 %.",
        "Make the sleeves 5 % 10 % longer.",
        "Make her hair longer.",
        "Make the trousers darker.",  # not what is asked for here
        "A longer, darker story.",
        "longer by 10 kg",
    ],
)
def test_any_other_sentence_moves_nothing(sentence):
    assert read(f"{WISH} {sentence}") == {} and read(sentence) == {}


def test_a_garment_goes_by_the_name_the_wish_gives_it():
    assert read(f"{WISH} Make the tee longer.") == {"length": 0.11}
    assert read("The person wears the given garment. Make the tee longer.") == {} == read("Make the tee longer.")


def test_of_contradicting_sentences_the_later_wins():
    assert read(f"{WISH} Make the sleeves longer. Make it darker. Make the sleeves 3 % shorter.") == {
        "sleeve": -0.03,
        "lightness": -9,
    }


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_no_text_breaks_the_reader(text):
    assert all(fix.aspect in ASPECTS and abs(fix.amount) < 1e5 for fix in spoken_fixes(text, (a_fix(text),)))


@pytest.mark.parametrize(
    ("aspect", "bar"),
    [
        ("length", parts.PARTS["hem"].bar),
        ("sleeve", parts.SLEEVE_BAR),
        ("width", parts.PARTS["width"].bar),
        ("neckline", parts.PARTS["neckline"].bar),
        ("shift_down", pattern.PLACE),
        ("shift_right", pattern.PLACE),
        ("lightness", appearance.LIGHTNESS),
        ("chroma", appearance.HUE),
    ],
)
def test_a_word_goes_as_far_as_the_judge_s_bar(aspect, bar):
    assert STEPS[aspect] == bar.bar


def test_the_other_steps_are_what_they_are_said_to_be():
    assert STEPS["sharpness"] == pytest.approx(2**appearance.DETAIL.bar - 1, abs=0.05)
    assert STEPS["edge"] == outline.SOFT.bar - outline.SOFT.good
    assert STEPS["shading"] == BOUNDS["shading"][1] / 2 and STEPS["cover"] == BOUNDS["cover"][1] / 2
    assert set(STEPS) == set(ASPECTS)


# ---- whose sentence it is --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "aspect", "sign"), JUDGES, ids=str)
def test_the_measuring_judge_s_sentences_mean_what_it_means(text, aspect, sign):
    (found,) = spoken_fixes(in_words(WISH, (a_fix(text),)), ())
    assert found.aspect == aspect and found.amount * sign > 0


def test_every_sentence_the_judge_has_an_amount_for_is_among_them():
    """Reads the calls of fix(text, aspect, ...) in measures; one put together must match a text tested above."""
    tested = [(text, aspect) for text, aspect, _ in JUDGES]
    calls = 0
    for path in Path(measures.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(call, ast.Call) and getattr(call.func, "id", "") == "fix" and len(call.args) > 1):
                continue
            calls += 1
            said = "".join(
                re.escape(part.value) if isinstance(part, ast.Constant) else ".+"
                for part in getattr(call.args[0], "values", [call.args[0]])
            ).replace(re.escape(", as in the garment photograph"), "(, as in the garment photograph)?")
            aspect = getattr(call.args[1], "value", None)
            aspect = aspect if isinstance(aspect, str) else None
            assert any(re.fullmatch(said, text) and aspect in (None, meant) for text, meant in tested), ast.unparse(
                call
            )
    assert calls > 15


def test_a_sentence_that_a_fix_stands_for_is_that_fix_s_own():
    shorter = a_fix("make the garment shorter, as in its photograph", "length", strength=-0.5)
    prompt = in_words(WISH, (shorter,))
    assert read(prompt, shorter) == {} and read(prompt) == {"length": -0.11}
    assert read(f"{prompt} Make the garment shorter.", shorter) == {"length": -0.11}


SAID = sorted({text for text, *_ in JUDGES} | {"keep the face. Make it darker", "end the sleeves at the wrist", "it's"})


@given(
    st.lists(st.builds(a_fix, st.sampled_from(SAID), st.sampled_from(["", *ASPECTS]), st.sampled_from([0.0, 0.5, 1.0])))
)
def test_the_loop_s_own_prompts_say_nothing_beyond_their_fixes(fixes):
    assert spoken_fixes(in_words(WISH, fixes), fixes) == ()


@pytest.mark.parametrize("manifest", ["demo", "people"])
def test_no_wish_of_our_manifests_moves_anything(manifest):
    lines = open_source(PROJECT / "data_manifests" / f"{manifest}.jsonl").listing().lines
    assert [line.wish for line in lines if spoken_fixes(line.wish, ())] == []


# ---- what warp makes of it -------------------------------------------------------------------------------------------


def test_words_draw_what_the_same_numbers_draw(warp, red_on_man, first_draft):
    said = warp(replace(red_on_man, prompt="a red tee. Make the sleeves 20 % longer."))
    told = warp(replace(red_on_man, fixes=(Fix(constraint="", text="", aspect="sleeve", amount=0.2),)))
    assert digest(said) == digest(told) != digest(first_draft)


def test_words_add_to_what_the_fixes_ask_for(warp):
    longer = a_fix("make the garment longer", "length")
    assert warp.reads(f"{WISH} Make the garment longer. Longer by 3 %.", (longer,)) == (
        "warp acts on: length +0.1 share of torso length"
    )


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        (WISH, ""),
        (f"{WISH} Make the sleeves longer.", "warp acts on: sleeve +0.1 share of arm length"),
        (f"{WISH} Give her a hat.", "warp cannot act on: 'Give her a hat.'"),
        ("Give her a hat.", "warp cannot act on: 'Give her a hat.'"),
        (f"{WISH} The dress should be blue.", "warp cannot act on: 'The dress should be blue.'"),
        (f"{WISH} Darker. Add a dog.", "warp acts on: lightness -9 CIELAB L*; not on: 'Add a dog.'"),
        (f"{WISH} 90 % longer.", "warp acts on: length +0.6 share of torso length, its limit"),
        ("Add a. Add b. Add c. Add d.", "warp cannot act on: 'Add a.', 'Add b.', 'Add c.' and 1 more"),
    ],
)
def test_a_person_is_told_what_warp_makes_of_their_words(warp, prompt, told):
    assert warp.reads(prompt) == told


def test_a_person_is_told_which_fixes_are_words_alone(warp):
    face = a_fix("keep the face exactly as in the person's photograph")
    told = warp.reads(in_words(WISH, (face,)), (face,))
    assert told == 'warp cannot act on: "Keep the face exactly as in the person\'s photograph."'


def test_what_a_garment_is_like_asks_for_nothing():
    """The garment pipeline says it behind the wish: no colour, size or way is read as a correction."""
    figures = ("stripes", "checks", "dots", "floral pattern", "pattern", "details", "blocks")
    for size, colour, way, figure in product(
        ("", "fine ", "broad "), NAMED, ("", *(f"{way} " for way in WAYS)), figures
    ):
        words = f"Wear it. The garment is a smooth {colour} garment with {size}white and {colour} {way}{figure}."
        assert not spoken_fixes(words, ()), words
