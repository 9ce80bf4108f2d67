"""The Qwen-Image-Edit models by name: which pipeline, how many pictures, and in what size they are shown and drawn."""

from dataclasses import dataclass, replace

from ..diffusion.latent_frame import MAX_PIXELS
from ..specs import TOY

STEPS = 50  # diffusers' default, and the model card of Qwen-Image-Edit
GUIDANCE = 4.0  # diffusers' default of true_cfg_scale, and all three model cards
NO_WORDS = " "  # the negative prompt of all three model cards
STRENGTH = 0.6  # with a mask: the default of diffusers' QwenImageEditInpaintPipeline
TEXT_TOKENS = 1024  # the most that diffusers lets a prompt have; the encoder itself cuts nothing
TOY_PX = 128 * 128


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One published checkpoint.

    pipeline     class of diffusers whose parts draw
    most_images  pictures of a request that it looks at; of the newer ones the model cards say 1 to 3
    read_px      pixels, about, in which the text encoder sees a picture; 0: in which the VAE sees it
    drawn_px     pixels, about, in which the VAE sees a picture and in which one is drawn
    still_time   pictures are shown to the transformer as free of noise at every step (zero_cond_t of its config)
    """

    pipeline: str
    most_images: int
    read_px: int = 0
    drawn_px: int = MAX_PIXELS
    still_time: bool = False


KINDS = {
    "qwen-image-edit": Kind(pipeline="QwenImageEditPipeline", most_images=1),
    "qwen-image-edit-2509": Kind(pipeline="QwenImageEditPlusPipeline", most_images=3, read_px=384 * 384),
    "qwen-image-edit-2511": Kind(
        pipeline="QwenImageEditPlusPipeline", most_images=3, read_px=384 * 384, still_time=True
    ),
}


def kind_of(name: str) -> Kind:
    """Of a model; of its toy in a toy's size, since a megapixel takes one seconds that show nothing."""
    kind = KINDS[name.removeprefix(TOY)]
    if not name.startswith(TOY):
        return kind
    return replace(kind, drawn_px=TOY_PX, read_px=kind.read_px and TOY_PX // 4)
