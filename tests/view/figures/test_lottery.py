"""No title calls chance a finding: runs drawn by lot, and how many of them a title says more of than of a count."""

import random
import re
from collections import Counter

import pytest
from lottery import Lottery, drawn, empty_run, label
from matplotlib.figure import Figure

from tryon_core.view.figures import run_figures as figures
from tryon_core.view.figures import versus_figures
from tryon_core.view.tables import versus

SUPERLATIVE = re.compile(r"\b(most|least|more|less|highest|lowest|best|worst|first to fail|stands? out)\b|p = ")
AT_MOST = {12: 3, 300: 22}  # runs -> those of which one kind of title may claim a finding: 5 % and its noise
LOTTERIES = {
    "one person each": Lottery(persons=30, each=1),
    "two samples of each person": Lottery(),
    "few persons": Lottery(persons=6, each=6),
    "two constraints that fail alike": Lottery(fails={"identity": 0.5, "realism": 0.5}),
    "few persons, two constraints that fail alike": Lottery(persons=6, each=6, fails={"identity": 0.5, "realism": 0.5}),
    "hard persons": Lottery(per_person=True),
    "hard samples": Lottery(persons=16, harder=0.3),
}
TRUE = {  # kinds of title with something to find there: what is hard fails in all constraints, and is accepted less
    "hard persons": ("failed_together",),
    "hard samples": ("failed_together", "by_slice", "failures_by_fact"),
}


def claims(drawn_title: str) -> bool:
    """Whether a title says more than how many there were in this run."""
    if "in this run" in drawn_title.lower() or drawn_title.startswith(("No ", "Acceptance by ", "A and B accept the")):
        return False
    return bool(SUPERLATIVE.search(drawn_title))


class Titled(Exception):
    """Raised in place of drawing what stands under a title."""


def stop_at_title(figure, words, **style):
    raise Titled(words)


def titled(draw, *of, **options):
    """The title of a figure, without the figure."""
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Titled) as raised:
        patch.setattr(Figure, "suptitle", stop_at_title)
        patch.setattr(versus_figures, "drawn", lambda *_, head, **__: stop_at_title(None, head[0]))
        draw(*of, **options)
    return str(raised.value)


def titles(folder, empty, chance, lottery):
    """Kind of title -> title, of every figure there is."""
    run, other = drawn(empty, chance, lottery), drawn(empty, chance, lottery)
    declining = drawn(empty, chance, Lottery(**{**vars(lottery), "declines": 0.9}))
    shown = {draw.__name__: titled(draw, run) for draw in figures.ALL}
    shown |= {f"by_{fact}": titled(figures.by_slice, run, by=[fact]) for fact in ("group", "cut")}  # 8 and 20 values
    shown["failures by group"] = titled(figures.failures_by_fact, run, by="group")
    shown["people_and_judge"] = titled(figures.people_and_judge, label(run, folder, chance))
    shown["versus itself again"] = titled(figures.versus, versus.compare(run, other))
    shown["discordant"] = titled(figures.discordant_pictures, versus.compare(run, other))
    shown["versus one that declines"] = titled(figures.versus, versus.compare(run, declining))
    return {kind: re.sub(r"\s+", " ", said) for kind, said in shown.items()}


def claimed(folder, lottery, runs):
    """Kind of title -> how many runs it claims a finding of."""
    chance, empty, counted = random.Random(runs), empty_run(folder), Counter()
    for _ in range(runs):
        found = titles(folder, empty, chance, lottery)
        counted.update(kind for kind, text in found.items() if claims(text))
    return counted


def check(folder, name, runs):
    counted = claimed(folder, LOTTERIES[name], runs)
    print(f"\n{name}, of {runs} runs:", *(f"{kind} {count}" for kind, count in counted.items()), sep="\n  ")
    by_chance = {kind: count for kind, count in counted.items() if kind not in TRUE.get(name, ())}
    assert all(count <= AT_MOST[runs] for count in by_chance.values()), by_chance


def test_few_lotteries_are_called_a_finding(tmp_path):
    """Those that lead astray most: answers of one person that are alike, and a tie for the first place."""
    check(tmp_path, "few persons, two constraints that fail alike", 12)


@pytest.mark.prove
@pytest.mark.parametrize("name", LOTTERIES)
def test_of_three_hundred_lotteries_few_are_called_a_finding(name, tmp_path):
    check(tmp_path, name, 300)


@pytest.mark.parametrize(
    ("kind", "lottery"),
    [
        ("constraint_heatmap", Lottery(persons=30, fails={"realism": 0.6})),
        ("failed_together", Lottery(persons=40, fails={"identity": 0.4, "realism": 0.2}, with_one=0.9)),
        ("by_slice", Lottery(persons=24, harder=0.7)),
        ("failures_by_fact", Lottery(persons=24, harder=0.7)),
    ],
)
def test_what_is_there_is_found(kind, lottery, tmp_path):
    chance, empty = random.Random(0), empty_run(tmp_path)
    draw = {draw.__name__: draw for draw in figures.ALL}[kind]
    found = [claims(titled(draw, drawn(empty, chance, lottery))) for _ in range(10)]
    assert sum(found) >= 8


def test_two_runs_that_differ_are_told_apart(tmp_path):
    chance, empty = random.Random(0), empty_run(tmp_path)
    better = Lottery(fails=dict.fromkeys(("identity", "realism"), 0.02), harder=0.02, persons=20)
    pairs = [(drawn(empty, chance, better), drawn(empty, chance, Lottery(persons=20, harder=0.4))) for _ in range(10)]
    said = [titled(figures.versus, versus.compare(*pair)) for pair in pairs]
    assert sum(words.startswith("A accepts more") for words in said) >= 8
