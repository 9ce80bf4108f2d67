"""Generator and judge over the same samples in two ways: the plain loop and ours.

Both draw and judge `iterations` candidates of every sample, the words changed after each as a correction would.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image

from .. import models
from ..models.device.cache import Kept
from ..models.flux2.flux2_build import GUIDANCE, STEPS, TEXT_TOKENS, Flux2Klein
from ..models.specs import TOY
from ..models.vlm.qwen_vl import QwenVL
from ..records import EditRequest, Noise, Sample
from ..rubrics.shipped import RUBRICS
from ..runs.batching import Batched, Worker
from .sizes import random_card, random_judge, random_pipeline

REPLY_TOKENS = 160  # decoded for every judgement, by both ways
WISH = "The person wears the given garment; everything else stays as it is."
SIZES_PX = {"toy": (96, 128), "full": (768, 1024)}  # width, height


@dataclass(frozen=True)
class Pair:
    """The two models, and how many calls may share a batch of each."""

    generator: Flux2Klein
    judge: QwenVL
    batch: int
    judge_batch: int


@dataclass(frozen=True)
class Outcome:
    """One way over the samples once.

    pictures, replies  by (sample, iteration), for seeing that both ways did the same work
    kept               name of what is kept -> (hits, misses)
    """

    seconds: float
    pictures: dict[tuple[int, int], Image.Image]
    replies: dict[tuple[int, int], str]
    kept: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Judged candidates a second."""
        return len(self.pictures) / self.seconds


def load_pair(size: str, generator: str, judge: str, *, batch: int, device: str, dtype: str, keep_gib: float) -> Pair:
    """The pair with random weights: `toy` as models.load builds it, `full` in the true architectures.

    keep_gib  what each model may keep between calls, on its device
    raises    UnknownName
    """
    judge_batch = 2 * batch
    options = {"device": device, "dtype": dtype, "keep_gib": keep_gib}
    if size == "toy":
        draws = models.load(TOY + generator, **options)
        judges = models.load(TOY + judge, role="judge", max_new_tokens=REPLY_TOKENS, **options)
        return Pair(draws, judges, batch, judge_batch)
    pipe = random_pipeline(generator, device, dtype)
    draws = Flux2Klein(pipe, random_card(generator, steps=STEPS, dtype=dtype), keep_bytes=int(keep_gib * 2**30))
    model, processor = random_judge(judge, device, dtype)
    options = {"max_new_tokens": REPLY_TOKENS, "keep_gib": keep_gib}
    judges = QwenVL(model, processor, random_card(judge, dtype=dtype), RUBRICS["default"], **options)
    return Pair(draws, judges, batch, judge_batch)


def samples_of(count: int, size: tuple[int, int]) -> list[Sample]:
    """Pairs of different blocks of colour: what a picture shows does not change how long it takes."""
    return [
        Sample(
            sample_id=f"s{n}", wish=WISH, images={"person": _blocks(2 * n, size), "garment": _blocks(2 * n + 1, size)}
        )
        for n in range(count)
    ]


def _blocks(seed: int, size: tuple[int, int]) -> Image.Image:
    small_HW3 = np.random.default_rng(seed).integers(0, 255, (size[1] // 16, size[0] // 16, 3), dtype=np.uint8)
    return Image.fromarray(small_HW3).resize(size, Image.Resampling.NEAREST)


def requests_of(sample: Sample, iterations: int) -> Iterator[EditRequest]:
    """First the wish alone, which all samples share; then words of the sample's own, as fixes make them."""
    images = (sample.images["person"], sample.images["garment"])
    for number in range(iterations):
        fix = f" Make the sleeves of {sample.sample_id} longer by {number}." if number else ""
        yield EditRequest(prompt=sample.wish + fix, images=images, noise=Noise(seed=number))


def plain(pair: Pair, samples: Sequence[Sample], iterations: int) -> Outcome:
    """What the reference systems do: one sample at a time through the libraries' own `__call__` and `generate`, with
    references encoded and all pictures read anew for each candidate."""
    pictures, replies = {}, {}
    started = time.perf_counter()
    for row, sample in enumerate(samples):
        for number, request in enumerate(requests_of(sample, iterations)):
            pictures[row, number] = _drawn_plainly(pair.generator, request)
            replies[row, number] = _judged_plainly(pair.judge, sample, pictures[row, number])
    return Outcome(time.perf_counter() - started, pictures, replies)


def ours(pair: Pair, samples: Sequence[Sample], iterations: int) -> Outcome:
    """One thread a sample; different pairs share a batch, what depends on the sample alone is kept between its calls,
    and the judge works while the generator draws for others. Nothing is kept from before."""
    generator, judge = fresh(pair)
    workers = {role: Worker(role) for role in ("generator", "judge")}
    draws = Batched(generator, workers["generator"], pair.batch)
    replies_to = Batched(_Replies(judge), workers["judge"], pair.judge_batch)

    def one(row: int) -> list[tuple[tuple[int, int], Image.Image, str]]:
        drawn = []
        for number, request in enumerate(requests_of(samples[row], iterations)):
            picture = _answered(draws, request)
            drawn.append(((row, number), picture, _answered(replies_to, samples[row], picture)))
        return drawn

    started = time.perf_counter()
    with ThreadPoolExecutor(len(samples)) as pool:
        done = [each for rows in pool.map(one, range(len(samples))) for each in rows]
    seconds = time.perf_counter() - started
    for worker in workers.values():
        worker.close()
    pictures, replies = {key: picture for key, picture, _ in done}, {key: text for key, _, text in done}
    return Outcome(seconds, pictures, replies, kept_by(generator, judge))


def _answered(model: Batched, *call: Any) -> Any:
    """The answer to one call, which shares a batch with those of other threads."""
    return model.submit_all([call])[0].result().value


def ours_in_turn(pair: Pair, samples: Sequence[Sample], iterations: int) -> Outcome:
    """Ours with one model at a time in one thread, so that a stage's seconds are its own."""
    generator, judge = fresh(pair)
    pictures, replies = {}, {}
    asked = [list(requests_of(sample, iterations)) for sample in samples]
    started = time.perf_counter()
    for number in range(iterations):
        for rows in _chunks(range(len(samples)), pair.batch):
            drawn = generator.batch([(asked[row][number],) for row in rows])
            pictures |= {(row, number): picture for row, picture in zip(rows, drawn, strict=True)}
        for rows in _chunks(range(len(samples)), pair.judge_batch):
            said = judge.replies([(samples[row], pictures[row, number]) for row in rows])
            replies |= {(row, number): text for row, text in zip(rows, said, strict=True)}
    return Outcome(time.perf_counter() - started, pictures, replies, kept_by(generator, judge))


def rounds(pair: Pair, samples: Sequence[Sample], iterations: int, repeats: int) -> list[tuple[Outcome, Outcome]]:
    """(plain, ours) `repeats` times, the first of the two changing from round to round so that drift hits both."""
    done = []
    for number in range(repeats):
        ways: list[Callable[..., Outcome]] = [plain, ours] if number % 2 == 0 else [ours, plain]
        outcomes = {way: way(pair, samples, iterations) for way in ways}
        done.append((outcomes[plain], outcomes[ours]))
    return done


def middle(outcomes: Sequence[Outcome]) -> float:
    """Median of judged candidates a second."""
    return statistics.median(one.per_second for one in outcomes)


def fresh(pair: Pair) -> tuple[Flux2Klein, QwenVL]:
    """The same weights with nothing kept."""
    own, judge = pair.generator, pair.judge
    budget = own.words.budget + own.latents.budget + own.keys.budget
    judge.given = Kept(judge.given.budget, judge.given.size_of)
    return Flux2Klein(own.pipe, own.card, steps=own.steps, keep_bytes=budget), judge


def kept_by(generator: Flux2Klein, judge: QwenVL) -> dict[str, tuple[int, int]]:
    """Name of what is kept -> (hits, misses)"""
    found = {"words": generator.words, "reference latents": generator.latents, "judge's given pictures": judge.given}
    if generator.keeps_keys:
        found["reference keys"] = generator.keys
    return {name: (kept.hits, kept.misses) for name, kept in found.items()}


class _Replies:
    """The judge's replies without reading them: they are cut off after REPLY_TOKENS on purpose."""

    def __init__(self, judge: QwenVL):
        self.batch, self.card = judge.replies, judge.card


def _chunks(rows: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _drawn_plainly(generator: Flux2Klein, request: EditRequest) -> Image.Image:
    """Flux2KleinPipeline.__call__ from the noise that ours starts from."""
    import torch

    from ..models.diffusion.latent_noise import latent_noise

    pipe, (width, height) = generator.pipe, request.images[0].size
    shape = (1, pipe.transformer.config.in_channels, height // 16, width // 16)
    guidance = {} if generator.keeps_keys else {"guidance_scale": GUIDANCE}
    with torch.inference_mode():
        return pipe(
            image=list(request.images),
            prompt=request.prompt,
            width=width,
            height=height,
            num_inference_steps=generator.steps,
            latents=latent_noise(request.noise, shape).to(pipe._execution_device, pipe.transformer.dtype),
            max_sequence_length=TEXT_TOKENS,
            **guidance,
        ).images[0]


def _judged_plainly(judge: QwenVL, sample: Sample, image: Image.Image) -> str:
    """`generate` under the same grammar, every picture read anew."""
    import torch
    from xgrammar.contrib.hf import LogitsProcessor

    template = {"tokenize": True, "add_generation_prompt": True, "return_dict": True, "return_tensors": "pt"}
    inputs = judge.processor.apply_chat_template(judge.conversation(sample, image), **template).to(judge.model.device)
    inputs["pixel_values"] = inputs["pixel_values"].to(judge.model.dtype)
    fixed = {"max_new_tokens": REPLY_TOKENS, "min_new_tokens": REPLY_TOKENS, "do_sample": False}
    with torch.inference_mode():
        tokens = judge.model.generate(**inputs, **fixed, logits_processor=[LogitsProcessor(judge.grammar)])
    said = tokens[:, inputs["input_ids"].shape[1] :]
    return judge.processor.tokenizer.batch_decode(said, skip_special_tokens=True)[0]
