"""`dual_stream_feedback_loop`: a picture from words, or of a person in a garment, refined until the judge is satisfied.

    >>> image, prompt, score, prompts, images = dual_stream_feedback_loop("A lake at sunset", max_iterations=3)

The steps are those of the flow `dual_stream`, which does the same for many samples, journaled: `-p flow dual_stream`.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from PIL import Image

from ..errors import BadInput, MissingWeights, NoAnswers, TryonError
from ..flows import named
from ..pictures.validators import check_mask
from ..records import Measurement, ModelCard, Sample, SampleLine
from ..roles import card_of
from ..rubrics.shipped import rubric as rubric_named
from ..runs.job import check_models
from ..runs.reading import caution_of
from ..runs.walk import Walk
from ..steps import SampleRecord, Step
from ..text import got
from .recipe_parts import Opened, Picture, check_kind, check_seed, record_of, sample_of
from .steps_shown import side_by_side

_NEEDED = ("generator", "judge")


class _Answer(NamedTuple):
    final_image: Image.Image | None
    refined_prompt: str
    score: float | None
    prompt_history: tuple[str, ...]
    image_history: tuple[Image.Image, ...]


class Refined(_Answer):
    """What became of a wish.

    final_image     RGB, the picture that the flow keeps, which need not be the last; None where none could be judged
    refined_prompt  the words it was drawn with; without one, the last words
    score           satisfaction with it, 0 to 1 (rubrics.satisfaction); None, never a number, where none was judged
    prompt_history, image_history   words and picture of each step
    steps           one for each picture: its judgement, which stream and tool mended it, and why
    record          the same as a run keeps it, without pictures
    why             how it ended, and which models are toys or scripted
    """

    steps: tuple[Step, ...]
    record: SampleRecord
    why: str

    def __repr__(self) -> str:
        return f"<{self.why}>"

    def _repr_html_(self) -> str:
        return side_by_side(self.steps, self.why)


def dual_stream_feedback_loop(
    prompt: str,
    negative_prompt: str | None = None,
    max_iterations: int = 5,
    satisfaction_threshold: float = 0.9,
    *,
    generator: Any = "flux1",
    judge: Any = "gemini",
    seed: int = 0,
    size: tuple[int, int] | None = None,
    rubric: str = "",
    person: Picture | None = None,
    garment: Picture | None = None,
    image: Picture | None = None,
    mask: Picture | None = None,
    memory_gb: float = 0,
    options: Mapping[str, Any] = {},
    **models: Any,
) -> Refined:
    """Draw, judge, mend words or picture by what was found, judge again, until satisfied or out of iterations.

    negative_prompt   what not to draw, for the first picture alone; `why` says so where its model takes none
    max_iterations    pictures at most
    satisfaction_threshold   0 to 1; a picture with at least this satisfaction ends the loop
    generator, judge, models  a model or its name, by argument of the flow: `python -m tryon_core.flows dual_stream`.
                      Those that are not named follow from the generator's family; None leaves one out
    size              (width, height) in pixels of what is drawn from words alone; None: the generator's own
    rubric            by name; empty: 'default', which is of try-ons, with a garment, else 'general'
    person, garment   dress this person in this garment; both, or neither
    image, mask       edit this picture, inside this mask where there is one (white where it may change)
    memory_gb         what all large models together may use, in 10^9 bytes; 0: what is there
    options           the flow's other settings by name, such as {"rewrite": True}
    raises            MissingWeights, and NoAnswers for a judge that cannot be asked, such as Gemini without a key,
                      before anything is drawn; BadInput, UnknownName for what does not fit; Refused where a model
                      cannot draw this
    """
    settings = {
        "negative_prompt": negative_prompt or "",
        "max_iterations": max_iterations,
        "satisfaction_threshold": satisfaction_threshold,
        "size": size,
    }
    _check(prompt, seed, options, settings)
    flow = named("dual_stream")
    checked = flow.checked({**options, **settings})
    asked = rubric_named(rubric or ("default" if garment is not None else "general"))
    given = {**models, "generator": generator, "judge": judge}
    opened = Opened(flow, asked, given, memory_gb=memory_gb, needed=_NEEDED)
    pictures = {"person": person, "garment": garment, "init": image, "mask": mask}
    if size is not None and any(picture is not None for picture in pictures.values()):
        raise BadInput("size is of what is drawn from words alone; leave it out with a picture, which keeps its own")
    line, sample = _sample(prompt, pictures)
    _read(opened)
    filled = opened.filled(checked)
    walk = Walk(flow.function(sample.blind(), **filled, rubric=asked, options=checked, seed=seed))
    list(walk)
    return _refined(line, sample, walk, negative_prompt or "", caution_of(_cards(filled, walk)))


def _check(prompt: str, seed: int, options: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    if not isinstance(prompt, str) or not prompt.strip():
        raise BadInput(f"prompt says in words what is wanted, {got(prompt)}")
    check_seed(seed)
    if not isinstance(options, Mapping):
        raise BadInput(f'options are the flow\'s settings by name, such as {{"rewrite": True}}, {got(options)}')
    for name in options:
        if name in settings:
            raise BadInput(f"{name} is an argument of its own; leave it out of options")


def _sample(prompt: str, pictures: Mapping[str, Picture | None]) -> tuple[SampleLine, Sample]:
    """raises BadInput where the pictures that are given do not make a try-on or an edit"""
    there = {role for role, picture in pictures.items() if picture is not None}
    if there - {"mask"} not in (set(), {"person", "garment"}, {"init"}):
        raise BadInput(
            "give person= and garment= for a try-on, or image= for an edit, or none to draw from words alone"
        )
    if there == {"mask"}:
        raise BadInput("a mask is of a picture: give image= with it, or person= and garment=")
    for role in there:
        check_kind(pictures[role], "image" if role == "init" else role)
    line, sample = sample_of(pictures, prompt, named_by="init" if "init" in there else "person" if there else "words")
    if "mask" in there:
        of = sample.images.get("init", sample.images.get("person"))
        check_mask(sample.images["mask"].convert("L"), of.size)
    return line, sample


def _read(opened: Opened) -> None:
    """Have the models that cannot be left out read and asked, so that all of what is missing is said at once.

    raises   what reading one raises; MissingWeights where several are missing, BadInput where none fits
    """
    problems: list[TryonError] = []
    for argument in reversed(_NEEDED):  # the judge first: a key is looked up sooner than weights are read
        try:
            card_of(opened.given[argument])
            check_models({argument: opened.given[argument]})
        except (MissingWeights, BadInput, NoAnswers) as problem:
            problems.append(problem)
    if len(problems) > 1:
        kind = BadInput if all(isinstance(problem, BadInput) for problem in problems) else MissingWeights
        raise kind("; and ".join(str(problem) for problem in problems)) from problems[0]
    if problems:
        raise problems[0]


def _cards(models: Mapping[str, Any], walk: Walk) -> dict[str, ModelCard]:
    """Of the models that drew, mapped or judged: a tool that was not needed is not read for its card."""
    mapped = {f"{step.stage}_mapper" for step in walk.steps if "control" in step.made}
    used = {*_NEEDED, *mapped, *(step.stage for step in walk.steps)}
    return {argument: card_of(model) for argument, model in models.items() if argument in used}


def _refined(line: SampleLine, sample: Sample, walk: Walk, negative_prompt: str, caution: str) -> Refined:
    steps = tuple(walk.steps)
    kept = steps[walk.chosen - 1] if walk.chosen else None
    satisfied = kept.scores["satisfaction"] if kept else None
    prompts = tuple(step.request.prompt for step in steps)
    refined = Refined(
        final_image=kept.image if kept else None,
        refined_prompt=kept.request.prompt if kept else prompts[-1],
        score=satisfied.value if isinstance(satisfied, Measurement) else None,
        prompt_history=prompts,
        image_history=tuple(step.image for step in steps),
    )
    refined.steps, refined.record = steps, record_of(line, sample, walk)
    refined.why = " ".join(filter(None, (_ending(steps, kept), _left_out(steps[0], negative_prompt), caution)))
    return refined


def _left_out(first: Step, negative_prompt: str) -> str:
    """That negative words were asked for and not drawn with; '' where they were."""
    if not negative_prompt or first.request.settings.negative_prompt:
        return ""
    return f"The negative prompt was left out: {first.data['model']} takes none."


def _ending(steps: tuple[Step, ...], kept: Step | None) -> str:
    """Which picture is kept, how satisfying it is, and what the rule says of it."""
    if kept is None:
        return f"None of {len(steps)} pictures could be judged: none is kept."
    verdict = kept.decision.name.lower() if kept.decision else "not decided"
    satisfied = kept.scores["satisfaction"]
    shown = (
        f"satisfaction {satisfied.value:.2f} of {satisfied.bar:.2f} asked"
        if isinstance(satisfied, Measurement)
        else satisfied
    )
    return f"Picture {kept.number} of {len(steps)} is kept: {shown}; the rule says {verdict}."
