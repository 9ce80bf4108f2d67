"""The scorer `clip`: how far a picture follows its prompt, keeps its original, and shows its garment, by CLIP."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image

from ....errors import BadInput
from ....records import Measurement, ModelCard, Sample
from ....scales import Metric
from ....text import got
from ...device.options import WholeOptions
from ..prompt_room import why_unread
from .clip_embedding import DEFAULTS, Clip, load_clip
from .worn_crop import Pair, WornCrop

Crop = Callable[[Sample, Image.Image], Pair | str]
NO_ORIGINAL = "the sample has no picture 'init' or 'person' that this one was made from"
NO_GARMENT = "the sample has no picture 'garment'"
_SEEN = "shorter side resized to the network's, bicubic, and the middle square taken"


class ClipScorer:
    """Numbers of CLIP's two towers. It asks with the sample's wish, in which a flow's prompt stands.

    prompt_following    100 x cosine of the prompt and the picture
    clip_consistency    cosine of the picture and its original, 'init' or else 'person'
    garment_similarity  cosine of the garment's picture and of the garment as worn

    crop       (sample, picture) -> both pictures to compare for garment_similarity, or the reason where they cannot be
               had; None compares the whole pictures
    cropped    how `crop` cuts them, for the protocol
    cut        a prompt of more tokens than CLIP reads is cut there; else it is the reason for no number
    """

    def __init__(
        self, clip: Clip, card: ModelCard, *, crop: Crop | None = None, cropped: str = "uncut", cut: bool = False
    ):
        self.clip, self.card, self.crop, self.cut = clip, card, crop, cut
        self.metrics = _metrics(clip, card, cropped, cut)

    def hit_rates(self) -> dict[str, tuple[int, int]]:
        """Name of what is kept -> (how often it was found, how often it was asked for)."""
        return {"CLIP's vectors": self.clip.kept.found}

    def __call__(self, sample: Sample, image: Image.Image) -> Mapping[str, Measurement | str]:
        return self.batch([(sample, image)])[0]

    def batch(self, calls: Sequence[tuple[Sample, Image.Image]]) -> list[dict[str, Measurement | str]]:
        """Several pictures; all that are new go through the network together, so do their prompts."""
        pairs = [self._pairs(sample, image) for sample, image in calls]
        seen = [picture for named in pairs for pair in named.values() if not isinstance(pair, str) for picture in pair]
        vectors = iter(self.clip.pictures([*(image for _, image in calls), *seen]))
        pictures = [next(vectors) for _ in calls]
        prompts = self._prompts([sample.wish for sample, _ in calls])
        return [
            {
                "prompt_following": _followed(prompt, picture),
                **{
                    name: pair if isinstance(pair, str) else _cosine(next(vectors), next(vectors))
                    for name, pair in named.items()
                },
            }
            for prompt, picture, named in zip(prompts, pictures, pairs, strict=True)
        ]

    def _pairs(self, sample: Sample, image: Image.Image) -> dict[str, Pair | str]:
        """What is compared with what, by metric; or the reason."""
        original = sample.images.get("init", sample.images.get("person"))
        kept: Pair | str = NO_ORIGINAL if original is None else (original, image)
        return {"clip_consistency": kept, "garment_similarity": self._worn(sample, image)}

    def _worn(self, sample: Sample, image: Image.Image) -> Pair | str:
        if "garment" not in sample.images:
            return NO_GARMENT
        return self.crop(sample, image) if self.crop else (sample.images["garment"], image)

    def _prompts(self, prompts: Sequence[str]) -> list[np.ndarray | str]:
        """Vectors, or the reason."""
        reasons = {prompt: self._unread(prompt) for prompt in prompts}
        readable = [prompt for prompt, reason in reasons.items() if not reason]
        vectors = dict(zip(readable, self.clip.words(readable), strict=True)) if readable else {}
        return [reasons[prompt] or vectors[prompt] for prompt in prompts]

    def _unread(self, prompt: str) -> str:
        return why_unread("CLIP", prompt, self.clip.tokens(prompt), self.clip.most_tokens, cut=self.cut)


def _cosine(one_D: np.ndarray, other_D: np.ndarray) -> Measurement:
    """Of unit vectors; rounding does not carry it past 1."""
    return Measurement(value=min(1.0, max(-1.0, float(one_D @ other_D))), unit="cosine", better="higher")


def _followed(prompt_D: np.ndarray | str, picture_D: np.ndarray) -> Measurement | str:
    if isinstance(prompt_D, str):
        return prompt_D
    return Measurement(value=100 * _cosine(prompt_D, picture_D).value, unit="100 x cosine", better="higher")


def _metrics(clip: Clip, card: ModelCard, cropped: str, cut: bool) -> tuple[Metric, ...]:
    common: dict[str, Any] = {
        "better": "higher",
        "model": f"{clip.architecture}; {card.source}, {card.revision}",
        "licence": card.licence,
    }
    longer = "what is beyond is cut" if cut else "a longer one is not scored"
    cosine = {"unit": "cosine", "low": -1.0, "high": 1.0}
    return (
        Metric(
            name="prompt_following",
            unit="100 x cosine",
            low=-100,
            high=100,
            protocol=f"the prompt, up to {clip.most_tokens} tokens ({longer}), against the picture; {_SEEN}",
            **common,
        ),
        Metric(
            name="clip_consistency",
            protocol=f"the picture against its original, 'init' or else 'person'; of each the {_SEEN}",
            **cosine,
            **common,
        ),
        Metric(
            name="garment_similarity",
            protocol=f"the garment's own picture against the picture, {cropped}; then of each the {_SEEN}",
            **cosine,
            **common,
        ),
    )


def build(name: str, *, options: WholeOptions = DEFAULTS, segmenter: str = "cutout", cut: bool = False) -> ClipScorer:
    """The scorer on a device.

    segmenter  name of the one that finds the garment in both pictures for garment_similarity; '': nothing is cut, and
               the whole picture is compared with the garment's
    cut        score a prompt that is too long by its beginning
    raises     MissingWeights; UnknownName; BadInput
    """
    if not isinstance(cut, bool):
        raise BadInput(f"cut of {name} is true or false, {got(cut)}")
    if not isinstance(segmenter, str):
        raise BadInput(f"segmenter of {name} is the name of one, or '' for none, {got(segmenter)}")
    crop, cropped = _crop(segmenter)
    clip, checkpoint, plan = load_clip(name, options)
    asked = {"segmenter": segmenter, "cut": cut}
    card = checkpoint.card(dtype=plan.dtype, policy=plan.policy, **asked, **options.recorded())
    return ClipScorer(clip, card, crop=crop, cropped=cropped, cut=cut)


def _crop(segmenter: str) -> tuple[Crop | None, str]:
    if not segmenter:
        return None, "uncut"
    from ... import load

    model = load(segmenter, "segmenter")
    return WornCrop(
        model
    ), f"each cut to the box of the garment by {segmenter} {model.card.revision}, padded to a square"
