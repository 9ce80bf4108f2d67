"""What a tree says of one candidate: its noise, what else its request changed, how it was judged."""

from collections.abc import Iterator, Sequence
from typing import Any

from ...figures.chart import cut
from ...tables.story import attempt_stories
from ...tables.totals import plural
from ..selecting import CHOSEN
from .search_trees import SearchTree

_PROMPT_CHARACTERS = 160


def noise_words(tree: SearchTree, number: int) -> str:
    """A candidate's noise recipe, e.g. 'seed 773418288, 1 step of cosine 0.7 from candidate 3'."""
    request = tree.step(number).request
    if request is None:
        return "no request is kept"
    noise, parent = request["noise"], tree.parent(number)
    steps = [tuple(step) for step in noise["steps"]]
    seed = f"seed {noise['seed']}"
    before = tree.step(parent).request["noise"] if parent and tree.step(parent).request else None
    if before is None:
        return ", ".join([seed, *_moves(steps)])
    if before == noise:
        return f"{seed}, the noise of {tree.name(parent)}"
    common = [tuple(step) for step in before["steps"]]
    if before["seed"] == noise["seed"] and steps[: len(common)] == common and len(steps) > len(common):
        return f"{seed}, {' and '.join(_moves(steps[len(common) :]))} from {tree.name(parent)}"
    return ", ".join([f"{seed}, unrelated to {tree.name(parent)}", *_moves(steps)])


def _moves(steps: Sequence[tuple[int, float]]) -> Iterator[str]:
    """Steps of one cosine together."""
    cosines = [cosine for _, cosine in steps]
    for cosine in dict.fromkeys(cosines):
        count = cosines.count(cosine)
        yield f"{count} {plural('step', count)} of cosine {cosine:g}"


def drawn_words(tree: SearchTree, number: int) -> str:
    """What else its request changed from its parent's: guidance, strength, steps, words; '' where nothing."""
    parent = tree.parent(number)
    mine, theirs = tree.step(number).request, tree.step(parent).request if parent else None
    if mine is None or theirs is None:
        return ""
    before, after = theirs.get("settings") or {}, mine.get("settings") or {}
    changed = [name for name in after if after[name] != before.get(name)]
    words = [f"{name.replace('_', ' ')} {_plain(before.get(name))} → {_plain(after[name])}" for name in changed]
    if mine["prompt"] != theirs["prompt"]:
        words.append(f"other words: {cut(mine['prompt'], _PROMPT_CHARACTERS)}")
    return ", ".join(words)


def judged_words(tree: SearchTree, number: int) -> str:
    """The verdict on a candidate, or on the same picture where it was judged once it was kept; '' where neither was."""
    steps = [tree.step(number), *(step for step in tree.record.steps if (step.stage, step.parent) == (CHOSEN, number))]
    judged = next((step for step in steps if step.judgement is not None), None)
    if judged is None or tree.run.rubric is None:
        return ""
    [story] = [story for story in attempt_stories(tree.record, tree.run.rubric) if story.number == judged.number]
    if not story.judged:
        return "an answer is missing: not judged"
    failed = ", ".join(f"{each.constraint} {each.score}" for each in story.failures)
    return f"fails {failed}" if failed else "every constraint met"


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)
