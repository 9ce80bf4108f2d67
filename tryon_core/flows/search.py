"""Flow 4, search at inference time: many candidates of one request, scored; the best is kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..errors import BadInput
from ..records import EditRequest, Sample
from ..roles import Comparer, Generator, Judge, Scorer, Writer, card_of
from ..rubrics.rules import Rubric
from ..steps import Flow, Ledger, Step
from .first_request import check_mask, check_seen, garment_unseen, opening_request
from .searching.deciding import check_deciding, chosen_of
from .searching.noises import Noises
from .searching.pool import Pool
from .searching.potentials import Ranking, Term, check_signs, of_metric, terms_of
from .searching.purse import Purse, known_costs, no_ledger
from .searching.search_settings import Search
from .searching.strategies import STRATEGIES
from .streams.stream_words import painted_by

DEFAULTS = Search()


def search(
    sample: Sample,
    *,
    generator: Generator,
    scorer: Scorer | None = None,
    clip: Scorer | None = None,
    lpips: Scorer | None = None,
    face: Scorer | None = None,
    verifier: Scorer | None = None,
    judge: Judge | None = None,
    comparer: Comparer | None = None,
    writer: Writer | None = None,
    rubric: Rubric | None = None,
    ledger: Callable[[], Ledger] = no_ledger,
    options: Search = DEFAULTS,
    seed: int = 0,
) -> Flow:
    """Draw candidates as the strategy says, score each, keep the one with the highest potential.

    sample   a wish, with 'person' and 'garment', or a picture 'init' to edit, perhaps with a 'mask', or no picture
    scorer, clip, lpips, face, verifier   give the metrics that select; each is used where a metric of its own is asked
    comparer decides a knockout
    writer   polishes the words of a correction
    ledger   what the sample cost so far, for the budget
    yields   candidates, with all scores and `potential` in their data; the step 'selected' where repeats or a knockout
             decide; last, where the kept picture alone is judged, the step 'chosen'. `send` a Change with a verdict
             to end the search there; a candidate that is accepted so is kept
    returns  the number of the step to keep
    raises   Refused by a model that cannot take this sample, where no metric of the potential can be had of it, and
             where it lacks a picture that the judge or comparer needs
    """
    check_mask(sample)
    if options.uses_judge:
        check_seen(sample, judge, "name another judge, or judged 'none'")
    if options.uses_comparer:
        check_seen(sample, comparer, "name another comparer")
    scorers = {"scorer": scorer, "clip": clip, "lpips": lpips, "face": face, "verifier": verifier}
    given = {argument: model for argument, model in scorers.items() if model is not None}
    check_deciding(options, given, judge=judge, comparer=comparer, rubric=rubric)
    opening = _opening(sample, generator, options, seed)
    pool = Pool(
        sample=sample,
        generator=generator,
        opening=opening,
        scorers=given,
        ranking=Ranking(_terms(options, given)),
        noises=Noises(seed),
        purse=Purse(options.budget, ledger, known_costs(generator, opening)),
        judge=judge if options.judges_all else None,
        rubric=rubric,
        writer=writer,
        by_judge=options.judge_selects,
        note=_unseen(sample, generator, opening),
        prune=options.prune,
        stop_after=options.stop_after,
    )
    yield from STRATEGIES[options.strategy](pool, options)
    if pool.accepted is not None:
        return pool.accepted.number
    choice = chosen_of(pool, options, judge, comparer)
    if choice is None:
        return None
    last, kept = len(pool.steps), choice.kept
    if choice.data:
        last += 1
        yield choice.step()
    if options.judged != "chosen" or options.judges_all or judge is None:
        return kept.number
    kept = replace(kept, number=0, stage="chosen", parent=kept.number, change=None)
    yield pool.judged([kept], judge)[0]
    return last + 1


def ends(steps: Sequence[Step], options: Search) -> bool:
    """Whether the search is surely over behind these steps; one that goes on may be over as well."""
    selected_last = options.judged == "none" or options.judges_all
    return steps[-1].stage == "chosen" or (selected_last and steps[-1].stage == "selected")


def _opening(sample: Sample, generator: Generator, options: Search, seed: int) -> EditRequest:
    model, mask = painted_by(sample, generator)
    if options.negative_prompt and "negative_prompt" not in getattr(model, "takes", ()):
        raise BadInput(f"{card_of(model).name} takes no negative prompt; leave negative_prompt out")
    opening = opening_request(sample, model, mask, negative_prompt=options.negative_prompt, seed=seed)
    changed = {"guidance": options.guidance, "strength": options.strength}
    return replace(opening, settings=opening.settings.model_copy(update=changed))


def _unseen(sample: Sample, generator: Generator, opening: EditRequest) -> str:
    """What the generator is not shown of the sample; '' for nothing."""
    notes = [garment_unseen(generator, sample.images.get("garment"), opening.images)]
    if "mask" in sample.images and opening.mask is None:
        notes.append(f"{card_of(generator).name} takes no mask: what lies outside it may change, too")
    return "; ".join(filter(None, notes))


def _terms(options: Search, scorers: Mapping[str, Any]) -> tuple[Term, ...]:
    """The terms that select.

    raises   BadInput for a metric that no scorer gives, or a weight that prefers what is worse
    """
    stated = [metric for model in scorers.values() for metric in getattr(model, "metrics", ())]
    known = {metric.name: metric for metric in stated}
    if all(hasattr(model, "metrics") for model in scorers.values()):
        for name in options.ranking_metrics():
            if name not in known:
                names = ", ".join(card_of(model).name for model in scorers.values()) or "none is given"
                raise BadInput(
                    f"no scorer gives {name!r} ({names}); name one by -p models, or another metric: "
                    f"{', '.join(known) or 'none'}"
                )
    if options.judge_selects:
        return ()
    check_signs(options.weights, {metric.name: metric.better for metric in stated})
    if not options.selects_on:
        return terms_of(options.potential, options.weights)
    if options.selects_on not in known:
        raise BadInput(f"which way {options.selects_on} is good is not known: its scorer declares no metrics")
    return of_metric(options.selects_on, known[options.selects_on].better)
