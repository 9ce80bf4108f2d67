"""`editscore`: a reward model of image edits, a LoRA over Qwen3-VL (arXiv 2509.23909), as a scorer.

Known from its project's code: the questions and their pictures, 0-25 a score, temperature 0.7, top_p 0.9, top_k 20, 512
tokens, seed 42 + pass, the means. Not known without its weights: whether other words than it was trained on (prompts)
and a reply that is held to its schema move its scores.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from PIL import Image

from ....errors import BadReply, UnknownName
from ....records import Measurement, ModelCard, Sample
from ....roles import Answer
from ....scales import Metric
from ....steps import Spent
from ....text import shortened
from ...device.options import DeviceOptions
from ...diffusion.latent_frame import MAX_PIXELS
from ...hub.weights import find
from ...specs import SPECS, TOY
from ..asking import LEAST_PIXELS
from ..qwen_asker import QwenAsker
from ..qwen_decode import Grammars
from ..qwen_loading import load_qwen
from ..qwen_question import longest_question
from ..qwen_sampling import Sampling
from ..reply import check_temperature, check_whole
from ..serving.server_replies import ServerReply
from .editscore_adapter import check_peft, merged
from .editscore_words import MOST_GIVEN, Prompts, Scored, means, read_prompts, two_scores
from .one_answer import asking_card, cut_off_at, first_of

NAMES = ("prompt_following_vl", "consistency_vl", "perceptual_quality_vl", "overall_vl")
TOP_P, TOP_K, MAX_NEW_TOKENS, SEED = 0.9, 20, 512, 42
TEMPERATURE, PASSES = 0.7, 4  # of its project's "avg4"
SPACES = 2  # between two marks of a reply: it was trained on JSON over several lines
NO_ORIGINAL = "the sample has no picture that it was made from (init or person)"


@dataclass(frozen=True, kw_only=True)
class EditScoreOptions(DeviceOptions):
    """`weights` and `revision` are the adapter's; how weights are held is the base's, whole in its own format."""

    POLICIES: ClassVar[tuple[str, ...]] = ("resident",)  # an adapter is added to whole numbers only

    keep_gib: float = 0


class EditScore:
    """Scores an edit from the wish, the original (`init`, else `person`) and the edited picture; it sees no garment.

    passes   each question is asked so often, at a temperature; the scores are the means
    metrics  four, 0-10
    varies   whether a repeat can differ: not with a seed, whatever the temperature
    """

    def __init__(self, asker: QwenAsker, card: ModelCard, prompts: Prompts, passes: int):
        self.asker, self.prompts, self.passes = asker, prompts, passes
        self.card = asking_card(card, prompts.model_dump_json(), Scored, passes=passes)
        self.metrics = tuple(_metric(name, self.card, passes) for name in NAMES)
        self.grammar = asker.grammars.of(Scored, spaces=SPACES)
        self.lock = threading.Lock()  # one batch at a time

    @property
    def varies(self) -> bool:
        """Whether a repeat can differ."""
        return self.asker.sampling.varies

    def __call__(self, sample: Sample, image: Image.Image) -> Mapping[str, Measurement | str]:
        """The four numbers, each with how many passes could be read as its `note`, or the reason where none could."""
        return first_of(self.metered, sample, image)

    def metered(self, calls: Sequence[tuple[Sample, Image.Image]]) -> list[Answer]:
        """One answer per call, all asked together."""
        with self.lock:
            start_s = time.perf_counter()
            asked = [self._questions(*call) for call in calls]
            replies = self.asker.replies([each for both in asked for each in both], self.grammar, passes=self.passes)
            share_s = (time.perf_counter() - start_s) / max(len(calls), 1)
        answers = []
        for both in asked:
            own, replies = replies[: len(both)], replies[len(both) :]
            tokens = sum(reply.tokens.total for passes in own for reply in passes)
            answers.append(Answer(self._scores(own), Spent(calls=1, seconds=share_s, tokens=tokens)))
        return answers

    def _questions(self, sample: Sample, image: Image.Image) -> list[list[Any]]:
        """About the edit, where there is an original, and about the quality."""
        original = sample.images.get("init", sample.images.get("person"))
        edit = [] if original is None else [[original, image, self.prompts.about(sample.wish)]]
        return [*edit, [image, self.prompts.quality]]

    def _scores(self, replies: Sequence[Sequence[ServerReply]]) -> dict[str, Measurement | str]:
        """replies   of each question, as many as there are passes; the quality's stand last"""
        has_original = len(replies) == 2
        passes, problems = [], []
        for each in zip(*replies, strict=True):
            try:
                scores = [two_scores(reply, cut_off_at(reply, self.asker.max_new_tokens)) for reply in each]
                passes.append((scores[0] if has_original else None, scores[-1]))
            except BadReply as problem:
                problems.append(str(problem))
        numbers = means(passes)
        reason = problems[0] if problems and not passes else NO_ORIGINAL
        note = f"mean of {len(passes)} of {self.passes} passes"
        return {
            name: Measurement(value=numbers[name], unit=f"of {MOST_GIVEN}", better="higher", note=note)
            if name in numbers
            else reason
            for name in NAMES
        }


def build(
    name: str,
    *,
    options: EditScoreOptions = EditScoreOptions(),
    base: str = "qwen3-vl-8b",
    base_weights: str = "",
    prompts: str = "",
    passes: int = PASSES,
    temperature: float = TEMPERATURE,
    seed: int | None = SEED,
    max_pixels: int = MAX_PIXELS,
    max_new_tokens: int = MAX_NEW_TOKENS,
) -> EditScore:
    """EditScore on a device.

    options        whose `weights` are the adapter's folder in peft's layout; the others are of the base
    base           the model that the adapter was made for: 'qwen3-vl-8b' or 'qwen3-vl-4b'
    base_weights   its local folder; empty: the hub's cache, or a download where the hub may be asked
    prompts        JSON file with the words that the adapter was trained on (editscore_words.Prompts); empty: ours
    passes         how often each question is asked; more raise its agreement with people, and cost as much more
    seed           of the first pass; None: new at every call, so that a repeat can differ
    max_pixels     a picture with more is shown smaller, its aspect kept
    max_new_tokens  a reply is cut off there
    raises         UnknownName for a base; BadInput; MissingWeights
    """
    bases = [each for each, spec in SPECS.items() if spec.family == "qwen3-vl"]
    if base not in bases:
        raise UnknownName(f"base of {name}", shortened(str(base)), bases)
    words = read_prompts(name, prompts)
    check_whole(name, "passes", passes, 1)
    check_whole(name, "max_pixels", max_pixels, LEAST_PIXELS)
    check_whole(name, "max_new_tokens", max_new_tokens, 1)
    check_temperature(name, temperature)
    if seed is not None:
        check_whole(name, "seed", seed, 0)
    check_peft(name)
    adapter = find(name, options.weights, options.revision)
    base = TOY + base if name.startswith(TOY) else base
    limits = {"max_pixels": max_pixels, "max_new_tokens": max_new_tokens}

    def tokens_of(processor: Any) -> tuple[int, int]:
        questions = ((words.editing, 2), (words.quality, 1))
        longest = sum(longest_question(processor, text, shown, **limits) for text, shown in questions)
        return 0, passes * longest

    loaded = load_qwen(base, replace(options, name=base, weights=base_weights, revision=""), tokens_of)
    model = merged(name, loaded.model, adapter.folder)
    sampling = Sampling(temperature=temperature, top_p=TOP_P, top_k=TOP_K, seed=seed)
    asker = QwenAsker(model, loaded.processor, Grammars(model, loaded.processor.tokenizer), sampling=sampling, **limits)
    card = adapter.card(
        base=base,
        base_revision=loaded.checkpoint.revision,
        dtype=loaded.plan.dtype,
        policy=loaded.plan.policy,
        temperature=temperature,
        top_p=TOP_P,
        top_k=TOP_K,
        seed=seed,
        **limits,
        **options.recorded(),
    )
    return EditScore(asker, card, words, passes)


def _metric(name: str, card: ModelCard, passes: int) -> Metric:
    return Metric(
        name=name,
        unit=f"of {MOST_GIVEN}",
        low=0,
        high=MOST_GIVEN,
        better="higher",
        model=f"{card.name} over {card.settings['base']}",
        licence=card.licence,
        protocol="two questions, one about the original and the edited picture, one about the latter alone; scores of "
        f"0-25 divided by 2.5, the mean of {passes} passes; pictures fitted into {card.settings['max_pixels']} pixels",
    )
