"""FLUX.1 Redux: a garment's picture as words that FLUX.1's transformers understand.

It is no model that answers a call by itself, but a part of those that draw inside a mask.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image

from ...errors import BadInput, MissingWeights
from ...text import got
from ..hub.weights import Checkpoint, find
from ..specs import TOY

REDUX = "flux1-redux"


@dataclass(frozen=True)
class Found:
    """Its files; or, where they are not here, why a garment's picture cannot be seen; or neither: nobody wants it."""

    checkpoint: Checkpoint | None = None
    missing: str = ""


NO_REDUX = Found()


class Redux:
    """Sees a picture as diffusers' FluxPriorReduxPipeline does: SigLIP's view of it, as so many words of T5's width.

    pipe      FluxPriorReduxPipeline without text encoders
    revision  of its weights
    """

    def __init__(self, pipe: Any, revision: str):
        self.pipe, self.revision = pipe, revision

    def __call__(self, picture: Image.Image) -> Any:
        """(1, R, D): its R words of width D, which stand behind those of T5."""
        pipe = self.pipe
        seen = pipe.encode_image([picture.convert("RGB")], pipe._execution_device, 1)
        words_1RD = pipe.image_embedder(seen).image_embeds
        pipe.maybe_free_model_hooks()
        return words_1RD


def find_redux(name: str, redux: str) -> Found:
    """The files of Redux for a model of this name; a toy's are a toy's.

    redux    flux1-redux, a folder, or '' for none
    raises   MissingWeights for a folder that does not hold it; BadInput
    """
    if not isinstance(redux, str):
        raise BadInput(f"redux of {name} is {REDUX}, a folder with its weights, or '' for none, {got(redux)}")
    if not redux:
        return NO_REDUX
    wanted = TOY + REDUX if name.startswith(TOY) else REDUX
    if redux.removeprefix(TOY) != REDUX:
        return Found(find(wanted, redux))
    try:
        return Found(find(wanted if redux == REDUX else redux))
    except MissingWeights as e:  # it draws without pictures of garments; a request that has one is refused with this
        advice = f"get it by `python -m tryon_core.models.download {REDUX}`, or give redux='' to draw by words alone"
        return Found(missing=f"{name} sees a garment's picture by {REDUX}, whose weights are not here ({e}); {advice}")


def tokens_of(vision: Mapping[str, Any]) -> int:
    """How many words a picture is, by the configuration of the vision model."""
    return (vision["image_size"] // vision["patch_size"]) ** 2
