"""Flow 4b, a character painted into a picture: candidates inside a mask, scored; the best are refined, one is kept."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from PIL import Image

from ..errors import BadInput, Refused
from ..records import EditRequest, Sample
from ..roles import FaceSwapper, Generator, Judge, Scorer, card_of
from ..rubrics.rules import Rubric
from ..steps import Flow, Ledger, Step
from .characters.beginnings import composed, swapped, tried
from .characters.character_terms import CharacterRanking, check_counts
from .characters.consent import check_consent
from .characters.diptych import diptych
from .characters.inpaint_settings import Inpaint
from .first_request import check_mask, check_seen, hard_mask, opening_request
from .searching.noises import Noises
from .searching.pool import Pool
from .searching.purse import Purse, known_costs, no_ledger
from .searching.strategies import children_of

DEFAULTS = Inpaint()
LAYS_IN = {"swap": "a face swap", "composite": "a composite"}  # the person's own face, not one painted after it


def inpaint(
    sample: Sample,
    *,
    generator: Generator,
    face_swapper: FaceSwapper | None = None,
    compositor: Generator | None = None,
    identity: Scorer | None = None,
    blend: Scorer | None = None,
    verifier: Scorer | None = None,
    second_verifier: Scorer | None = None,
    judge: Judge | None = None,
    rubric: Rubric | None = None,
    ledger: Callable[[], Ledger] = no_ledger,
    options: Inpaint = DEFAULTS,
    seed: int = 0,
) -> Flow:
    """Paint K candidates inside the mask, score them, refine the best M, keep the one with the highest potential.

    sample   pictures 'init' and 'mask' (white where it may change), perhaps 'character'; the wish in words
    face_swapper, compositor  make what is painted over, where options start from a swap or a composite
    identity, blend, verifier, second_verifier   scorers; what none of them can say stays unscored (character_terms)
    ledger   what the sample cost so far, for the budget
    yields   'swap' or 'composite', then candidates: 'global', 'raw' (what was painted over), 'near', each with its
             terms and potential; last, where the kept picture alone is judged, 'chosen'. `send` a Change with a verdict
             to end it there
    returns  the number of the step to keep; None where no candidate could be ranked
    raises   Refused for a mask that nothing can be painted in, a generator that takes none, and a swap or a composite
             without consent
    """
    check_mask(sample)
    if options.start in LAYS_IN:
        check_consent(sample, LAYS_IN[options.start])
    elif "character" in sample.images and sample.consent.strip():  # nothing said lets it be painted; a no does not
        check_consent(sample, "painting a character")
    if "character" not in sample.images and (options.start != "picture" or options.shown == "side_by_side"):
        raise Refused(
            "picture_missing",
            f"start {options.start!r}, shown {options.shown!r} needs the picture 'character' and the sample has none: "
            "name it, or start from the picture and show no reference",
        )
    if options.uses_judge:
        if judge is None or rubric is None:
            raise BadInput(
                f"judged {options.judged!r} needs a judge, and none is named: -p judge NAME, or judged 'none'"
            )
        check_seen(sample, judge, "name another judge, or judged 'none'")
    mask = hard_mask(sample)
    seer = diptych(generator) if options.shown == "side_by_side" else generator
    scorers = {"identity": identity, "blend": blend, "verifier": verifier, "second_verifier": second_verifier}
    for argument, scorer in scorers.items():
        check_counts(argument, scorer)
    opening = _opening(sample, seer, mask, options, seed)
    pool = Pool(
        sample=sample,
        generator=seer,
        opening=opening,
        scorers={argument: model for argument, model in scorers.items() if model is not None},
        ranking=CharacterRanking(options.weights),
        noises=Noises(seed),
        purse=Purse(options.budget, ledger, known_costs(generator, opening)),
        judge=judge if options.judged == "all" else None,
        rubric=rubric,
        note=_unseen(sample, seer, opening),
    )
    makers = {
        "swap": (face_swapper, lambda: swapped(sample, face_swapper, mask)),
        "composite": (compositor, lambda: composed(sample, compositor, opening)),
    }
    maker, make = makers.get(options.start, (None, None))
    first = tried(make, options.start, maker) if maker is not None else None
    yield from _candidates(pool, options, first)
    kept = pool.accepted or next(iter(pool.best()), None)
    if kept is None:
        return None
    if pool.accepted or options.judged != "chosen":
        return kept.number
    last = replace(kept, number=0, stage="chosen", parent=kept.number, change=None)
    yield pool.judged([last], judge)[0]
    return len(pool.steps) + 1


def _candidates(pool: Pool, options: Inpaint, first: Step | None) -> Iterator[Step]:
    """The two stages of EACPS, over what is begun with: the picture itself for None, or for a step without one."""
    if first is not None:
        yield from pool.unscored(first)
    begun = first is not None and first.image is not None
    if begun:
        pool.opening = replace(pool.opening, images=(first.image, *pool.opening.images[1:]))
    yield from pool.drawn("global", [replace(each, parent=int(begun)) for each in pool.fresh(options.wide)])
    if begun:
        raw = Step(stage="raw", parent=1, image=first.image, why=f"the {first.stage} as it is, nothing painted over it")
        yield from pool.given(raw)
    drawn = [step for step in pool.best(len(pool.steps)) if step.request is not None]
    searching = options.searching()
    children = [child for parent in drawn[: options.parents] for child in children_of(parent, pool, searching)]
    yield from pool.drawn("near", children)


def _opening(sample: Sample, generator: Generator, mask: Image.Image, options: Inpaint, seed: int) -> EditRequest:
    takes, name = getattr(generator, "takes", ()), card_of(generator).name
    if "mask" not in takes:
        raise Refused("takes_no_mask", f"{name} takes no mask, so nothing can be painted inside one; take another")
    if options.negative_prompt and "negative_prompt" not in takes:
        raise BadInput(f"{name} takes no negative prompt; leave negative_prompt out")
    opening = opening_request(sample, generator, mask, negative_prompt=options.negative_prompt, seed=seed)
    asked = {"guidance": options.guidance, "strength": options.strength, "steps": options.steps}
    return replace(opening, settings=opening.settings.model_copy(update=asked))


def _unseen(sample: Sample, generator: Generator, opening: EditRequest) -> str:
    """What the generator is not shown; '' for nothing."""
    character = sample.images.get("character")
    if character is None or any(image is character for image in opening.images):
        return ""
    return f"{card_of(generator).name} takes one picture: of the character it has the words alone"
