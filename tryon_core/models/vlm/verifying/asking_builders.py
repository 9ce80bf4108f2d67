"""Verifiers and comparers by name: each a way to reach a model, with a question."""

from typing import Any

from ....records import ModelCard
from ...device.options import DeviceOptions
from ...diffusion.latent_frame import MAX_PIXELS
from ..asking import LEAST_PIXELS
from ..gemini import gemini_api
from ..gemini.gemini_options import GeminiOptions
from ..openai import openai_api
from ..openai.openai_options import OpenAIOptions
from ..qwen_asker import QwenAsker
from ..qwen_decode import Grammars
from ..qwen_loading import load_qwen
from ..qwen_question import longest_question
from ..qwen_sampling import Sampling
from ..reply import check_temperature, check_whole
from ..serving.asked_server import AskedServer
from ..serving.server_options import ServerOptions
from .local_asker import LocalAsker
from .preferring import SHOWN, Preference, VLMComparer
from .served_asker import ServedAsker
from .verifier import OVERALL, Verifier, rating_of

REPLY_TOKENS = 200  # 300 characters of English are about 75
DEVICE, GEMINI, OPENAI = DeviceOptions(keep_gib=0), GeminiOptions(), OpenAIOptions()  # nothing is kept between calls


def gemini_verifier(*, aspect: str = OVERALL, options: GeminiOptions = GEMINI) -> Verifier:
    """raises UnknownName for an aspect; as gemini_api.reached"""
    return Verifier(*_served(*gemini_api.reached(options), options), aspect)


def openai_verifier(*, aspect: str = OVERALL, options: OpenAIOptions = OPENAI) -> Verifier:
    """raises UnknownName for an aspect; as openai_api.reached"""
    return Verifier(*_served(*openai_api.reached(options), options), aspect)


def gemini_comparer(*, options: GeminiOptions = GEMINI) -> VLMComparer:
    """raises as gemini_api.reached"""
    return VLMComparer(*_served(*gemini_api.reached(options), options))


def openai_comparer(*, options: OpenAIOptions = OPENAI) -> VLMComparer:
    """raises as openai_api.reached"""
    return VLMComparer(*_served(*openai_api.reached(options), options))


def qwen_verifier(
    name: str,
    *,
    options: DeviceOptions = DEVICE,
    aspect: str = OVERALL,
    max_pixels: int = MAX_PIXELS,
    max_new_tokens: int | None = None,
    temperature: float = 0.0,
) -> Verifier:
    """A Qwen3-VL verifier on a device.

    max_pixels      a picture with more is shown smaller, its aspect kept
    max_new_tokens  a reply is cut off there; None: REPLY_TOKENS for each score
    temperature     over 0 its words are drawn anew at every call, so that a repeat can differ
    raises          UnknownName for an aspect; BadInput; MissingWeights
    """
    rating = rating_of(aspect)
    tokens = REPLY_TOKENS * len(rating.names) if max_new_tokens is None else max_new_tokens
    limits = {"max_pixels": max_pixels, "max_new_tokens": tokens, "temperature": temperature}
    return Verifier(*_local(name, options, rating.every_word, rating.most_shown, **limits), aspect)


def qwen_comparer(
    name: str,
    *,
    options: DeviceOptions = DEVICE,
    max_pixels: int = MAX_PIXELS,
    max_new_tokens: int = REPLY_TOKENS,
    temperature: float = 0.0,
) -> VLMComparer:
    """A Qwen3-VL comparer on a device. Options and errors as of qwen_verifier."""
    words = Preference().words([shown.role for shown in SHOWN])
    limits = {"max_pixels": max_pixels, "max_new_tokens": max_new_tokens, "temperature": temperature}
    return VLMComparer(*_local(name, options, words, len(SHOWN) - 1, **limits))


def _served(server: AskedServer, card: ModelCard, options: ServerOptions) -> tuple[ServedAsker, ModelCard]:
    asker = ServedAsker(
        server, max_pixels=options.max_pixels, price_per_million_tokens=options.price_per_million_tokens
    )
    return asker, card


def _local(
    name: str, options: DeviceOptions, words: str, shown: int, *, temperature: float, **limits: Any
) -> tuple[LocalAsker, ModelCard]:
    """A Qwen3-VL model that is asked these words about this many pictures at most."""
    check_whole(name, "max_pixels", limits["max_pixels"], LEAST_PIXELS)
    check_whole(name, "max_new_tokens", limits["max_new_tokens"], 1)
    check_temperature(name, temperature)
    loaded = load_qwen(name, options, lambda processor: (0, longest_question(processor, words, shown, **limits)))
    grammars = Grammars(loaded.model, loaded.processor.tokenizer)
    asker = QwenAsker(loaded.model, loaded.processor, grammars, sampling=Sampling(temperature=temperature), **limits)
    warm = {"temperature": temperature} if temperature else {}
    return LocalAsker(asker), loaded.card(**limits, **warm)
