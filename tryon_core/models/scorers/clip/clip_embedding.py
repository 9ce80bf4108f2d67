"""CLIP's two towers: pictures and words as unit vectors of one space, each computed once."""

# Shapes: N pictures or texts; D width of the common space.
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ....images import digest
from ...device.attention import check_model_attention
from ...device.cache import Kept, tensor_bytes
from ...device.memory import config_of, parts_of
from ...device.options import DTYPES, WholeOptions
from ...device.placing import placed_model
from ...device.residency import Plan, decide, placed
from ...hub.weights import Checkpoint, find

Key = tuple[str, str]  # 'picture' or 'words', and its digest or the text
Named = Mapping[Key, Any]
PICTURES = 3  # of a call: the edited one, its original, the garment
_TENSORS = 20  # of the vision tower's width for each token, at work at a time: as measured for ViT-L/14 on a CPU
DEFAULTS = WholeOptions(keep_gib=0.25)  # a vector is 3 KB


class Clip:
    """transformers' CLIPModel with its tokenizer and the processor of its folder.

    A picture's shorter side is resized to the network's side, bicubic, and its middle square is what is seen.
    """

    def __init__(self, model: Any, tokenizer: Any, processor: Any, *, keep_bytes: int, spill_bytes: int = 0):
        self.model, self.tokenizer, self.processor = model, tokenizer, processor
        self.kept = Kept(keep_bytes, tensor_bytes, spill_bytes=spill_bytes)

    @property
    def most_tokens(self) -> int:
        return self.model.config.text_config.max_position_embeddings

    @property
    def architecture(self) -> str:
        """'CLIP ViT of 24 layers, width 1024, patch 14, 224 px'."""
        vision = self.model.config.vision_config
        return (
            f"CLIP ViT of {vision.num_hidden_layers} layers, width {vision.hidden_size}, patch {vision.patch_size}, "
            f"{vision.image_size} px"
        )

    def tokens(self, text: str) -> int:
        """How many tokens a text is, its start and end counted."""
        return len(self.tokenizer(text, verbose=False)["input_ids"])

    def pictures(self, images: Sequence[Image.Image]) -> np.ndarray:
        """float64 (N, D), unit vectors; those not kept from before are computed in one forward pass."""
        named = {("picture", digest(image)): image for image in images}
        vectors = self._vectors(named, self._seen)
        return np.stack([vectors["picture", digest(image)] for image in images])

    def words(self, texts: Sequence[str]) -> np.ndarray:
        """float64 (N, D), unit vectors; a text of more than `most_tokens` is cut there."""
        vectors = self._vectors({("words", text): text for text in texts}, self._read)
        return np.stack([vectors["words", text] for text in texts])

    def _vectors(self, named: Named, compute: Callable[[Sequence[Any]], list[Any]]) -> dict[Key, np.ndarray]:
        """What is not kept is computed together; what found no room among what is kept is not computed again."""
        new = [key for key in named if key not in self.kept]
        fresh = dict(zip(new, compute([named[key] for key in new]), strict=True)) if new else {}

        def made(key: Key) -> Any:
            return fresh[key] if key in fresh else compute([named[key]])[0]

        return {key: self.kept.get(key, partial(made, key)).cpu().numpy() for key in named}

    def _seen(self, images: Sequence[Image.Image]) -> list[Any]:
        import torch

        shown = self.processor(images=[image.convert("RGB") for image in images], return_tensors="pt")
        with torch.inference_mode():
            pixels = shown["pixel_values"].to(self.model.device, self.model.dtype)
            return _unit(self.model.get_image_features(pixels).pooler_output)

    def _read(self, texts: Sequence[str]) -> list[Any]:
        import torch

        tokens = self.tokenizer(
            list(texts), padding=True, truncation=True, max_length=self.most_tokens, return_tensors="pt"
        )
        with torch.inference_mode():
            return _unit(self.model.get_text_features(**tokens.to(self.model.device)).pooler_output)


def _unit(vectors_ND: Any) -> list[Any]:
    """Each in memory of its own, since some are kept longer than others."""
    return [vector / vector.norm() for vector in vectors_ND.double()]


def load_clip(name: str, options: WholeOptions) -> tuple[Clip, Checkpoint, Plan]:
    """CLIP on a device, with where it came from and how it is held.

    name     of a spec of family 'clip'
    raises   MissingWeights; BadInput
    """
    import transformers

    options = placed(name, options)
    check_model_attention(name, options.attention, options.device, options.dtype)
    checkpoint = find(name, options.weights, options.revision)
    folder = checkpoint.folder
    plan = decide(name, parts_of(folder), clip_bytes(folder, options), options)
    model = placed_model(transformers.CLIPModel, folder, plan, attention=options.attention)
    tokenizer = transformers.CLIPTokenizer.from_pretrained(folder)
    processor = transformers.CLIPImageProcessorPil.from_pretrained(folder)
    clip = Clip(model, tokenizer, processor, keep_bytes=plan.keep_bytes, spill_bytes=options.spill_bytes)
    return clip, checkpoint, plan


def clip_bytes(folder: Path, options: WholeOptions) -> int:
    """Estimate of what a call takes beside the weights: of the vision tower's width, 20 tensors for each patch of the
    three pictures of each sample. The text tower is smaller and works at another time."""
    vision = config_of(folder)["vision_config"]
    side, patch = vision.get("image_size", 224), vision.get("patch_size", 32)
    tokens = options.at_once * PICTURES * ((side // patch) ** 2 + 1)
    return DTYPES[options.dtype] * _TENSORS * vision.get("hidden_size", 768) * tokens
