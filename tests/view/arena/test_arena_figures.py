"""The arena as figures: what their titles claim, what they draw, and that no label lies on another."""

import pandas as pd
import pytest
from drawn import all_words, clashing_labels, title
from matplotlib.colors import to_hex
from search_runs import Walker, hacked, held_out, searched

from tryon_core.errors import BadInput
from tryon_core.view.arena.budget_figures import best_so_far_figure, hacking_figure
from tryon_core.view.arena.contest import arena
from tryon_core.view.arena.pareto_figures import pareto_figure
from tryon_core.view.arena.power_figures import power_figure
from tryon_core.view.arena.strategy_looks import held_out_metric, looks
from tryon_core.view.arena.win_figures import _difference_words, wins_figure
from tryon_core.view.arena.winning import wins
from tryon_core.view.figures.palette import DARK, LIGHT

ONE = {"metric": "height", "weights": {}}
METRICS = ("height", "truth", "face_distance")


def two(folder, samples=3, persons=3, truth=hacked, metrics=METRICS, **first):
    """EACPS with four candidates and random search with fourteen, over fields that can be hacked."""
    given = {"samples": samples, "persons": persons, "unread_below": 40}
    runs = (
        searched(folder, "eacps", walker=Walker(truth), **given, **first),
        searched(folder, "ttflux", walker=Walker(truth), **given, **ONE),
    )
    return arena(*runs, scores=held_out(*runs, metrics=metrics))


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    return two(tmp_path_factory.mktemp("few"))


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """Fourteen samples of seven persons."""
    return two(tmp_path_factory.mktemp("many"), samples=14, persons=7)


@pytest.fixture(scope="module")
def five(tmp_path_factory):
    """Five strategies, two of one name."""
    folder = tmp_path_factory.mktemp("five")
    chosen = [("eacps", {}), ("eacps", {"stage2": "reseed"}), ("ttflux", ONE), ("best_of_n", ONE), ("zero_order", {})]
    runs = [searched(folder, name, name=f"run{place}", **more) for place, (name, more) in enumerate(chosen)]
    return arena(*runs, scores=held_out(*runs, metrics=METRICS))


def bars(axes):
    return [patch for patch in axes.patches if patch.get_width()]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("which", ["few", "many", "five"])
def test_no_label_lies_on_another(which, theme, request):
    found = request.getfixturevalue(which)
    drawn = [
        power_figure(*found.runs.values(), theme=theme),
        wins_figure(found, theme=theme, circular=True),
        wins_figure(found, ["truth"], theme, budget=4, by=["person_id"]),
        best_so_far_figure(found, theme=theme),
        hacking_figure(found, theme=theme),
        pareto_figure(found, theme=theme),
    ]
    assert not [clash for figure in drawn for clash in clashing_labels(figure)]
    assert all(to_hex(figure.get_facecolor()) == theme.paper for figure in drawn)
    assert ["Not a result" in all_words(figure) for figure in drawn] == [False] + [True] * 5


# ---- power -----------------------------------------------------------------------------------------------------------


def test_power_is_of_samples_and_of_persons(few, many):
    assert title(power_figure(*few.runs.values())) == "3 samples can show no difference at all"
    drawn = power_figure(*many.runs.values())
    assert title(drawn) == "14 samples can show a win rate of 89% or more; their 7 persons a win rate of 97% or more"
    [axes] = drawn.axes
    _, samples, persons = axes.lines
    assert list(samples.get_xdata()) == [14, 7] and list(persons.get_xdata()) == [7]
    assert list(samples.get_ydata()) == pytest.approx([89, 97])


# ---- wins ------------------------------------------------------------------------------------------------------------


def test_wins_ties_and_losses_are_bars_of_their_strategies(many):
    drawn = wins_figure(many, ["truth"])
    [row] = wins(many, ["truth"]).itertuples()
    look = looks(many.strategies)
    widths = [bar.get_width() for bar in drawn.axes[0].patches]
    assert widths == pytest.approx([100 * count / 14 for count in (row.wins, row.ties, row.losses)])
    assert [to_hex(bar.get_facecolor()).upper() for bar in drawn.axes[0].patches][::2] == [
        look["eacps"].colour,
        look["ttflux"].colour,
    ]
    assert not any(bar.get_hatch() for bar in drawn.axes[0].patches)


def test_a_told_difference_is_the_title(tmp_path):
    given = {"samples": 12, **ONE}
    runs = searched(tmp_path, "best_of_n", candidates=1, **given), searched(tmp_path, "ttflux", **given)
    found = arena(*runs, scores=held_out(*runs))
    assert title(wins_figure(found, budget=14)) == "ttflux beats best_of_n on truth (1 of 1 comparison told)"
    assert title(wins_figure(found, budget=1)) == "No difference can be told in the one comparison"


def test_no_difference_is_claimed_where_none_is_told(few):
    drawn = wins_figure(few, ["truth"])
    assert title(drawn) == "No difference can be told in the one comparison"
    assert "3 persons are too few" in drawn.note.replace("\n", " ")


def test_a_circular_row_is_hatched_and_claims_nothing(many):
    drawn = wins_figure(many, ["height"], circular=True)
    assert title(drawn).startswith("Every metric here selected: it is circular")
    assert all(bar.get_hatch() for bar in bars(drawn.axes[0])) and "circular: it selected" in all_words(drawn)
    with pytest.raises(BadInput, match="height selected in eacps and ttflux, so it cannot report"):
        wins_figure(many, ["height"])


def test_intervals_are_drawn_from_six_persons_on(few, many):
    """The middle panel holds the middle line, a dot per row, and the interval where there is one."""
    assert len(wins_figure(few, ["truth"]).axes[1].lines) == 2
    assert len(wins_figure(many, ["truth"]).axes[1].lines) == 3


def test_a_row_without_numbers_says_why(few):
    words = all_words(wins_figure(few, ["face_distance"]))
    assert "no pair has two numbers" in words and "without a number: 3 no true picture" in words


# ---- over budget -----------------------------------------------------------------------------------------------------


def test_best_so_far_has_a_line_per_strategy_and_panel(many, five):
    for found in (many, five):
        _, left, right = best_so_far_figure(found).axes
        assert len(left.lines) == len(right.lines) == len(found.strategies)
        assert len({(line.get_color(), line.get_marker()) for line in right.lines}) == len(found.strategies)
        assert right.get_ylabel() == "truth (%), higher is better" and "pictures per sample" in right.get_xlabel()


def test_bands_are_drawn_from_six_persons_on(few, many):
    assert not best_so_far_figure(few).axes[2].collections and len(best_so_far_figure(many).axes[2].collections) == 2


def test_what_selects_rises_while_the_truth_falls(many):
    _, left, right = best_so_far_figure(many).axes
    rising, falling = (axes.lines[1].get_ydata() for axes in (left, right))
    assert list(rising) == sorted(rising) and falling[-1] < falling[0]


def test_a_mean_is_called_no_test(many):
    words = title(best_so_far_figure(many))
    assert words.startswith("In these runs eacps holds the best mean truth at 14 pictures")
    assert words.endswith("whether by chance, the table of wins tests")


def test_a_circular_metric_is_marked_in_title_and_panel(many):
    for draw in (best_so_far_figure, pareto_figure):
        drawn = draw(many, "height", circular=True)
        assert title(drawn).startswith("Circular: ") and "circular: it selected" in all_words(drawn)
        with pytest.raises(BadInput, match="cannot report"):
            draw(many, "height")


def test_the_budget_where_they_part_is_marked(many):
    drawn = hacking_figure(many)
    assert title(drawn).startswith("Selecting harder makes truth worse: ") and "part at" in all_words(drawn)
    marked = [line for line in drawn.axes[2].lines if line.get_color() == LIGHT.warning]
    assert len(marked) == 1 and marked[0].get_xdata()[0] < 8


def test_an_honest_score_does_not_part(tmp_path):
    honest = two(tmp_path, samples=7, persons=7, truth=lambda height: height)
    drawn = hacking_figure(honest)
    assert title(drawn) == "No strategy is seen to part from truth as its budget grows"
    assert "part at" not in all_words(drawn)


# ---- cost against quality --------------------------------------------------------------------------------------------


def test_the_front_is_filled_and_the_dominated_are_hollow(many):
    drawn = pareto_figure(many)
    assert title(drawn) == "In these runs eacps gives the best mean truth for the cost; dominated: ttflux"
    front, dominated = (line for line in drawn.axes[1].lines if line.get_markersize() == 10)
    assert to_hex(front.get_markerfacecolor()).upper() == looks(many.strategies)["eacps"].colour
    assert to_hex(dominated.get_markerfacecolor()) == LIGHT.paper
    assert front.get_xdata()[0] < dominated.get_xdata()[0] == 14


def test_nothing_held_out_is_refused_in_words(tmp_path):
    with pytest.raises(BadInput, match="nothing is held out \\(height selected\\)"):
        held_out_metric(two(tmp_path, metrics=("height",)))


def test_a_difference_says_its_p_before_its_interval():
    """In lines of their own: the panel cuts what is long, and a p that is cut off tells nothing."""
    row = pd.Series({"difference": -0.000503, "low": -0.0104, "high": 0.00936, "unit": "SSIM", "flip_holm": 1.0})
    row["circular"] = False
    assert _difference_words(row).split("\n") == ["-0.000503, p = 1", "(-0.0104 to +0.00936)"]
