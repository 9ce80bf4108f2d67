"""The picture stream: one tool, asked to draw a part of the kept picture anew, or all of it along its own map."""

from dataclasses import dataclass, replace

from PIL import Image

from ...errors import Refused
from ...pictures.edit_checks import same_shape
from ...records import EditRequest, Sample, Settings
from ...roles import ControlMapper, Generator, Segmenter
from ...steps import Step
from ..first_request import garment_unseen, looked_at, source_of
from ..on_crops import crop_for, is_all, on_crop, picture_of
from .stream_masks import EditMask, mask_for
from .stream_put_back import put_back
from .stream_rules import Plan, Tool


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What the picture stream works with; None for a tool or mapper that a run does not have.

    keeps_frame  whether the pictures to mend lie over their photograph pixel for pixel
    padding      of the crop that a tool works on, as a share of its mask's longer side
    strength     of drawing anew inside a mask, 0 to 1; None: the tool's own
    """

    sample: Sample
    depth: Generator | None = None
    canny: Generator | None = None
    fill: Generator | None = None
    depth_mapper: ControlMapper | None = None
    canny_mapper: ControlMapper | None = None
    segmenter: Segmenter | None = None
    keeps_frame: bool = False
    padding: float = 0.25
    strength: float | None = None

    @property
    def available(self) -> set[Tool]:
        """The tools that can be used on this sample: those that it has pictures enough for."""
        drawing = {name for name in ("depth", "canny", "fill") if getattr(self, name) is not None}
        able = {name for name in drawing if getattr(self.model(name), "min_images", 0) <= len(self.shown) + 1}
        return able if source_of(self.sample) is None else able | {"put_back"}

    def model(self, tool: Tool) -> Generator | None:
        """The model of a tool; None for put_back, which draws nothing."""
        return getattr(self, tool, None)

    def mapper(self, tool: Tool) -> ControlMapper | None:
        return getattr(self, f"{tool}_mapper", None)

    @property
    def shown(self) -> tuple[Image.Image, ...]:
        """What a tool may be shown behind the picture it mends: the garment, then the photograph it was drawn from."""
        pictures = (self.sample.images.get("garment"), source_of(self.sample))
        return tuple(picture for picture in pictures if picture is not None)


def mended(plan: Plan, base: Step, asked: EditRequest, tools: Tools) -> Step:
    """The base picture with the plan's targets mended by its tool.

    asked    words, fixes and noise of the request
    raises   Refused, also by the tool, where it cannot be used here
    """
    if plan.tool == "put_back":
        return put_back(plan.targets, base, tools.sample, segmenter=tools.segmenter, keeps_frame=tools.keeps_frame)
    model, mask = tools.model(plan.tool), _mask(plan, base, tools)
    control, along = _control(plan, base, tools)
    request = _request(plan, base, asked, tools, mask=mask, control=control)
    unseen = garment_unseen(model, tools.sample.images.get("garment"), request.images) if mask else ""
    step = Step(
        stage=plan.tool,
        parent=base.number,
        request=request,
        why="; ".join(filter(None, (mask.why if mask else "all of it is drawn anew", along, unseen))),
        data={"model": model.card.name, **({"mask": mask.source, "mask_share": round(mask.share, 4)} if mask else {})},
    )
    if mask is None:
        drawn = replace(step, image=picture_of(model, step.request))
    else:
        drawn = on_crop(step, model, crop_for(model, base.image, mask.image, tools.padding))
    return replace(drawn, made={**drawn.made, **({"control": control} if control else {})})


def _mask(plan: Plan, base: Step, tools: Tools) -> EditMask | None:
    """Where the tool may draw; None for all of a picture that was drawn from words alone, which a map alone holds.

    raises   Refused for a fill without a place: all of it drawn anew is a new picture, and words ask for that
    """
    if not tools.shown and plan.tool != "fill":
        return None
    mask = mask_for(plan.targets, base.image, tools.sample, tools.segmenter)
    if plan.tool == "fill" and is_all(mask.image):
        raise Refused("no_place", f"{mask.why}, and that is the whole picture")
    return mask


def _request(
    plan: Plan, base: Step, asked: EditRequest, tools: Tools, *, mask: EditMask | None, control: Image.Image | None
) -> EditRequest:
    """A tool is shown the picture it mends, then the garment, then the photograph where it needs as many.

    What keeps the frame is asked with the picture's own noise, so that what it does not change comes out as it was; a
    fill draws its region from new noise all the same.
    """
    model = tools.model(plan.tool)
    keeps_frame = getattr(model, "keeps_frame", False)
    has_garment = "garment" in tools.sample.images
    images = (base.image, *tools.shown)[: max(1 + has_garment, getattr(model, "min_images", 0))]
    return EditRequest(
        prompt=asked.prompt,
        images=looked_at(model, images, masked=True) if mask else (),
        mask=mask.image if mask else None,
        control=control,
        fixes=asked.fixes,
        settings=Settings(strength=tools.strength if mask and not keeps_frame else None),
        noise=base.request.noise if keeps_frame and plan.tool != "fill" else asked.noise,
        hints=tools.sample.hints,
        polish=asked.polish,
    )


def _control(plan: Plan, base: Step, tools: Tools) -> tuple[Image.Image | None, str]:
    """(the map that the tool draws along, of which picture); (None, '') for a tool that takes none.

    A pose that is wrong is wanted as photographed: along the map of the photograph. Anything else along the picture's.
    """
    model, mapper = tools.model(plan.tool), tools.mapper(plan.tool)
    if plan.tool not in ("depth", "canny") or "control" not in getattr(model, "takes", ()):
        return None, ""
    if mapper is None:
        raise Refused("no_control_map", f"{model.card.name} draws along a map and no {plan.tool}_mapper is there")
    photo = source_of(tools.sample)
    if plan.targets[0].kind == "pose" and photo is not None and same_shape(photo.size, base.image.size):
        photo = photo.resize(base.image.size, Image.Resampling.LANCZOS)
        return mapper(photo), f"along the map of the photograph, whose pose is wanted, by {mapper.card.name}"
    return mapper(base.image), f"along the picture's own map by {mapper.card.name}"
