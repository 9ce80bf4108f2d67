"""The FLUX.1 models by name: which pipeline, and what it draws with where a request does not say."""

from dataclasses import dataclass

from ..specs import TOY


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Settings of the model cards' own examples, and of diffusers 0.42.1 where those are silent.

    pipeline     class of diffusers whose parts draw
    steps        of denoising
    guidance     a number that the transformer is told; None: one that was distilled without
    text_tokens  that T5 reads; it is always padded to them
    strength     of a mask; 0 where there is none
    """

    pipeline: str
    steps: int
    guidance: float | None
    text_tokens: int = 512
    strength: float = 0.0


KINDS = {
    "flux1-dev": Kind(pipeline="FluxPipeline", steps=50, guidance=3.5),
    "flux1-schnell": Kind(pipeline="FluxPipeline", steps=4, guidance=None, text_tokens=256),
    "flux1-canny": Kind(pipeline="FluxControlInpaintPipeline", steps=50, guidance=30.0, strength=0.9),
    "flux1-depth": Kind(pipeline="FluxControlInpaintPipeline", steps=30, guidance=10.0, strength=0.9),
    "flux1-fill": Kind(pipeline="FluxFillPipeline", steps=50, guidance=30.0, strength=1.0),
}


def kind_of(name: str) -> Kind:
    """Of a model or of its toy."""
    return KINDS[name.removeprefix(TOY)]
