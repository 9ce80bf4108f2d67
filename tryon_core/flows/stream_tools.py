"""The picture stream: one tool, asked to draw a part of the kept picture anew, or all of it along its own map."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PIL import Image

from ..errors import Refused
from ..pictures.crop_and_stitch import CropOptions, around
from ..records import EditRequest, Fix, Noise, Sample, Settings
from ..roles import ControlMapper, Generator, Segmenter
from ..steps import Step
from .on_crops import on_crop, whole
from .stream_masks import mask_for
from .stream_rules import Plan, Tool


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What the picture stream may use; None where a run has none."""

    depth: Generator | None = None
    canny: Generator | None = None
    fill: Generator | None = None
    depth_mapper: ControlMapper | None = None
    canny_mapper: ControlMapper | None = None
    segmenter: Segmenter | None = None
    padding: float = 0.25
    strength: float | None = None

    def available(self, sample: Sample) -> set[Tool]:
        """The tools that can be used on this sample."""
        given = {name for name in ("depth", "canny", "fill") if getattr(self, name) is not None}
        return {name for name in given if getattr(self.of(name), "min_images", 0) <= len(pictures_of(sample)) + 1}

    def of(self, tool: Tool) -> Generator:
        return getattr(self, tool)

    def mapper(self, tool: Tool) -> ControlMapper | None:
        return getattr(self, f"{tool}_mapper", None)


def pictures_of(sample: Sample) -> tuple[Image.Image, ...]:
    """What a tool is shown behind the picture it mends: the garment, then the photograph it was drawn from."""
    source = sample.images.get("person", sample.images.get("init"))
    return tuple(image for image in (sample.images.get("garment"), source) if image is not None)


def mended(
    plan: Plan, base: Step, sample: Sample, tools: Tools, *, prompt: str, fixes: Sequence[Fix], noise: Noise
) -> Step:
    """The base picture with its targets mended by the plan's tool.

    raises   Refused, also by the tool, where it cannot be used here
    """
    model = tools.of(plan.tool)
    keeps = bool(pictures_of(sample)) or plan.tool == "fill"
    mask = mask_for(plan.targets, base.image, sample, tools.segmenter) if keeps else None
    images = (base.image, *pictures_of(sample))[: max(2, getattr(model, "min_images", 0))] if keeps else ()
    control = _control(plan.tool, base, model, tools)
    request = EditRequest(
        prompt=prompt,
        images=images,
        mask=mask.image if mask else None,
        control=control,
        fixes=tuple(fixes),
        settings=Settings(strength=tools.strength if mask and not getattr(model, "keeps_frame", False) else None),
        noise=base.request.noise if getattr(model, "keeps_frame", False) else noise,
        hints=sample.hints,
    )
    step = Step(
        stage=plan.tool,
        parent=base.number,
        request=request,
        why=mask.why if mask else "a new picture along the map of this one",
        data={"model": model.card.name, **({"mask": mask.source, "mask_share": mask.share} if mask else {})},
    )
    made = {"control": control} if control else {}
    if mask is None:
        return replace(step, image=model(request), made=made)
    if getattr(model, "keeps_frame", False):
        crop = whole(base.image)
    else:
        crop = around(base.image, mask.image, CropOptions(padding=tools.padding))
    drawn = on_crop(step, model, crop)
    return replace(drawn, made={**drawn.made, **made})


def _control(tool: Tool, base: Step, model: Generator, tools: Tools) -> Image.Image | None:
    if tool not in ("depth", "canny") or "control" not in getattr(model, "takes", ()):
        return None
    mapper = tools.mapper(tool)
    if mapper is None:
        raise Refused("no_control_map", f"{model.card.name} draws along a map and no {tool}_mapper is there")
    return mapper(base.image)
