"""One sample's search as a figure."""

import textwrap

from ....runs.reading import Run
from ...figures.chart import CAUTION_LINE_IN, TEXT_PT, WIDTH_IN, Chart, caution_lines, cut
from ...figures.notebook_theme import themed
from ...figures.palette import Theme
from ...figures.sheet import Sheet
from ...run_names import run_name
from ...streams.spend import PICTURES, UNITS, unit_named
from ...tables.totals import joined, plural
from .search_trees import SearchTree, search_tree_of
from .tree_drawing import TreeDrawing
from .tree_words import noise_words

_MARGIN, _LINE = 0.14, 0.2


@themed
def search_tree(
    run: Run, sample_id: str, theme: Theme | None = None, budget: float | None = None, unit: str = PICTURES
) -> Chart:
    """Candidates wave by wave, each below the one it was made from; the best so far framed, unranked ones grey.

    budget   in `unit`: what it does not pay for is left empty; None: all are shown
    raises   UnknownName with the nearest sample or unit; BadInput for a run of a flow that searches nothing
    """
    unit_named(unit)
    tree = search_tree_of(run, sample_id, unit)
    title = textwrap.wrap(finding(tree, budget), 82)
    lines = [*textwrap.wrap(note(tree, budget), 122), *_unranked_lines(tree, budget)]
    caution = caution_lines(run)
    caution_in = CAUTION_LINE_IN * (caution.count("\n") + 1) if caution else 0.05
    top = _MARGIN + 0.25 * len(title) + _LINE * len(lines) + 0.05
    drawing = TreeDrawing(tree=tree, width=WIDTH_IN - 2 * _MARGIN, small=run.thumbnail, budget=budget)
    sheet = Sheet(top + drawing.layout.height + _LINE + caution_in + 0.1, theme)
    sheet.figure.note = note(tree, budget)
    sheet.write(_MARGIN, _MARGIN, "\n".join(title), size=TEXT_PT + 2, weight="bold", linespacing=1.25)
    for place, line in enumerate(lines):
        sheet.write(_MARGIN, top - 0.05 - _LINE * (len(lines) - place), line, color=theme.soft)
    drawing.draw(sheet, (_MARGIN, top))
    name = cut(f"{sample_id}. {run_name(run)}", 120)
    sheet.write(_MARGIN, sheet.height - caution_in - _LINE, name, size=TEXT_PT - 2, color=theme.soft)
    sheet.write(_MARGIN, sheet.height - caution_in + 0.02, caution, weight="bold", color=theme.warning)
    return sheet.figure


def finding(tree: SearchTree, budget: float | None = None) -> str:
    """Which candidate is kept, of how many, and where it came from."""
    within, best = tree.within(budget), tree.best(budget)
    if not best:
        return f"{tree.strategy} has nothing to keep of {len(within)} {plural(tree.word, len(within))}"
    parent = tree.parent(best)
    origin = f", made from {tree.name(parent)}" if parent else ""
    return f"{tree.strategy} keeps {tree.word} {best} of {len(within)}{origin}"


def note(tree: SearchTree, budget: float | None = None) -> str:
    """How to read the tree."""
    spent = tree.entry.spent(budget)
    limit = "" if budget is None else f" of a budget of {budget:,.4g}"
    selected = f"its {tree.selects_by}, by which it is selected"
    best = tree.best(budget)
    noise = f" The noise of {tree.name(best)}: {noise_words(tree, best)}." if best else ""
    return (
        f"Spent{limit}: {spent:,.4g} {UNITS[tree.unit].words}.{noise} Under each picture its number and {selected}; a "
        "line leads to what was made from it; framed and starred: the one that is kept."
    )


def _unranked_lines(tree: SearchTree, budget: float | None) -> list[str]:
    """Which candidates cannot be ranked, reason by reason."""
    reasons: dict[str, list[int]] = {}
    for number in tree.within(budget):
        if why := tree.why_unranked(number):
            reasons.setdefault(why, []).append(number)
    return [cut(f"Grey: no rank for {joined(map(str, numbers))} ({why})", 122) for why, numbers in reasons.items()]
