"""The scorer `image-reward`: how well people would like a picture for its prompt (Xu et al. 2023, arXiv 2304.05977).

BLIP's two encoders as transformers has them: the words look at the picture, and a head reads the first of them. As in
image-reward 1.5 (ImageReward/ImageReward.py); tests hold it to that.
"""

# Shapes: B pictures; D width of a word.
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image

from ....errors import BadInput
from ....records import Measurement, ModelCard, Sample
from ....scales import Metric
from ....text import got
from ...device.memory import config_of, parts_of
from ...device.options import DTYPES, WholeOptions
from ...device.placing import placed_model
from ...device.residency import decide, placed
from ...hub.weights import find
from ..linear_head import Head, points, read_head
from ..prompt_room import why_unread
from .net_folder import no_attention, sources_of

MOST_TOKENS = 35
_MEAN, _DEVIATION = 0.16717362830052426, 1.0333394966054072  # of the head's points over its data: ImageReward.py
_TENSORS = 32  # of the vision model's width for each token, at work at a time; 30 were measured on a CPU
DEFAULTS = WholeOptions(keep_gib=0)  # nothing is kept between calls


class ImageReward:
    """`image_reward`: about 0 for an average picture, 1 a standard deviation better; by the sample's wish.

    cut   a prompt of more than 35 tokens is cut there; else it is the reason for no number
    """

    def __init__(
        self, vision: Any, text: Any, head: Head, readers: tuple[Any, Any], card: ModelCard, *, sources: str, cut: bool
    ):
        self.vision, self.text, self.head, self.card, self.cut = vision, text, head, card, cut
        self.tokenizer, self.processor = readers
        self.metrics = (_metric(card, sources, cut),)

    def __call__(self, sample: Sample, image: Image.Image) -> Mapping[str, Measurement | str]:
        return self.batch([(sample, image)])[0]

    def batch(self, calls: Sequence[tuple[Sample, Image.Image]]) -> list[dict[str, Measurement | str]]:
        """Several pictures in one forward pass; the reason where a prompt is empty or too long."""
        reasons = [self._unread(sample.wish) for sample, _ in calls]
        read = [call for call, reason in zip(calls, reasons, strict=True) if not reason]
        values = iter(self._rewards(read) if read else ())
        return [{"image_reward": reason or _measured(next(values))} for reason in reasons]

    def _unread(self, prompt: str) -> str:
        tokens = len(self.tokenizer(prompt, verbose=False)["input_ids"])
        return why_unread("ImageReward", prompt, tokens, MOST_TOKENS, cut=self.cut)

    def _rewards(self, calls: Sequence[tuple[Sample, Image.Image]]) -> list[float]:
        import torch

        device, dtype = self.vision.device, self.vision.dtype
        prompts = [sample.wish for sample, _ in calls]
        tokens = self.tokenizer(prompts, padding=True, truncation=True, max_length=MOST_TOKENS, return_tensors="pt")
        shown = self.processor(images=[image.convert("RGB") for _, image in calls], return_tensors="pt")
        with torch.inference_mode():
            seen = self.vision(shown["pixel_values"].to(device, dtype)).last_hidden_state
            words = self.text(
                input_ids=tokens["input_ids"].to(device),
                attention_mask=tokens["attention_mask"].to(device),
                encoder_hidden_states=seen,
                encoder_attention_mask=torch.ones(seen.shape[:2], dtype=torch.long, device=device),
            ).last_hidden_state
        first_BD = words[:, 0].double().cpu().numpy()
        return [float(value) for value in (points(self.head, first_BD) - _MEAN) / _DEVIATION]


def _measured(value: float) -> Measurement:
    return Measurement(value=value, unit="standard deviations", better="higher")


def _metric(card: ModelCard, sources: str, cut: bool) -> Metric:
    longer = "what is beyond is cut" if cut else "a longer one is not scored"
    return Metric(
        name="image_reward",
        unit="standard deviations",
        better="higher",
        model=f"ImageReward; {sources or card.source}, {card.revision}",
        licence=card.licence,
        protocol=f"the prompt, up to {MOST_TOKENS} tokens ({longer}), with the picture, shorter side resized to the "
        "network's, bicubic, and the middle square taken; (points - 0.167) / 1.033",
    )


def build(name: str, *, options: WholeOptions = DEFAULTS, cut: bool = False) -> ImageReward:
    """The scorer on a device.

    cut      score a prompt that is too long by its beginning
    raises   MissingWeights: its weights are converted once by `python -m tryon_core.models.scorers.convert`; BadInput
    """
    import transformers

    if not isinstance(cut, bool):
        raise BadInput(f"cut of {name} is true or false, {got(cut)}")
    options = placed(name, options)
    no_attention(name, options)
    checkpoint = find(name, options.weights, options.revision)
    folder = checkpoint.folder
    plan = decide(name, parts_of(folder), reward_bytes(config_of(folder / "vision_model"), options), options)
    vision = placed_model(transformers.BlipVisionModel, folder / "vision_model", plan)
    text = placed_model(transformers.BlipTextModel, folder / "text_model", plan, add_pooling_layer=False)
    tokenizer = transformers.BertTokenizer.from_pretrained(folder / "tokenizer")
    side = vision.config.image_size
    processor = transformers.CLIPImageProcessorPil(  # of CLIP's mean and deviation, as the model's own
        size={"shortest_edge": side}, crop_size={"height": side, "width": side}
    )
    card = checkpoint.card(dtype=plan.dtype, policy=plan.policy, cut=cut)
    head, readers = read_head(folder / "head"), (tokenizer, processor)
    return ImageReward(vision, text, head, readers, card, sources=sources_of(folder / "head"), cut=cut)


def reward_bytes(vision: Mapping[str, Any], options: WholeOptions) -> int:
    """Estimate of what a call takes beside the weights: of the vision model's width, 32 tensors for each patch of each
    sample's picture; the words are fewer."""
    tokens = options.at_once * ((vision["image_size"] // vision["patch_size"]) ** 2 + 1)
    return DTYPES[options.dtype] * _TENSORS * vision["hidden_size"] * tokens
