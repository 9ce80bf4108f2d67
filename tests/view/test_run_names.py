"""A run is called by what it ran, in figures, in tables, and where two are compared."""

import pytest
from doubles import card
from drawn import all_words, clashing_labels
from hand_made import CARDS, Bench, every_outcome, scores

from tryon_core.view.figures import run_figures as figures
from tryon_core.view.figures.evidence import evidence
from tryon_core.view.figures.strip import strip
from tryon_core.view.run_names import names_of, ran, run_name
from tryon_core.view.tables.frames import open_run

NAME = "Closed loop: painter, judged by scripted; seed 0; 2026-01-02 03:04 UTC"


def a_run(where, **told):
    bench = Bench(where)
    bench.sample("one", "accepted", scores())
    return open_run(bench.finish(**told))


def test_a_name_holds_flow_models_seed_and_date_and_no_place(tmp_path):
    assert run_name(a_run(tmp_path / "7d1f0e22")) == NAME


def test_another_seed_or_model_is_another_name(tmp_path):
    other = a_run(tmp_path / "a", seed=3, cards={**CARDS, "generator": card("warp")})
    assert run_name(other) == "Closed loop: warp, judged by scripted; seed 3; 2026-01-02 03:04 UTC"


def test_only_runs_of_one_name_are_told_apart_by_their_place(tmp_path):
    runs = {name: a_run(tmp_path / name, seed=seed) for name, seed in (("a", 0), ("b", 0), ("c", 1))}
    names = names_of(runs)
    assert names["a"] == f"{NAME}; in {tmp_path / 'a'}" and names["b"].endswith(f"in {tmp_path / 'b'}")
    assert "in /" not in names["c"]


def test_a_table_of_runs_says_what_each_ran_and_accepted(tmp_path):
    table = ran(a_run(tmp_path / "a", seed=3), open_run(every_outcome(tmp_path / "b")))
    assert table.seed.tolist() == ["3", "0"] and table.accepted.tolist() == ["1 of 1", "2 of 3"]
    assert set(table.generator) == {"painter"} and set(table.judge) == {"scripted"}
    assert table.place.tolist() == [str(tmp_path / "a"), str(tmp_path / "b")]


@pytest.mark.parametrize("draw", figures.ALL, ids=lambda draw: draw.__name__)
def test_every_figure_says_what_ran(draw, tmp_path):
    figure = draw(open_run(every_outcome(tmp_path)))
    assert NAME in all_words(figure) and not clashing_labels(figure)


def test_the_figures_of_one_sample_say_whose_and_what_ran(tmp_path):
    run = open_run(every_outcome(tmp_path))
    assert f"third. {NAME}" in all_words(strip(run, "third"))
    assert f"third, attempt 2. {NAME}" in all_words(evidence(run, "third", "realism", 2))


def test_a_name_of_any_length_stays_on_the_page(tmp_path):
    figure = figures.latency(a_run(tmp_path, cards={**CARDS, "generator": card("a-model-of-a-long-name-" * 9)}))
    assert not clashing_labels(figure)
