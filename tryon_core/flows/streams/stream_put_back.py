"""The tool that draws nothing: what an edit should have left alone is put back as it was photographed."""

# Shapes: H, W image rows and columns.
from collections.abc import Sequence

import numpy as np
from PIL import Image

from ...errors import Refused
from ...pictures.edit_checks import laid_into_photo
from ...pictures.masks import grown
from ...records import EditRequest, Measurement, Sample
from ...roles import Segmenter
from ...steps import Step
from ..first_request import source_of
from ..on_crops import as_mask, is_all
from .stream_masks import edit_area, mask_for
from .stream_rules import Issue

_RIM = 0.015  # of the longer side: twice the width of the seam that pictures.put_back blends
MODEL = "photograph"  # whose pixels they are


def put_back(
    targets: Sequence[Issue],
    base: Step,
    sample: Sample,
    *,
    segmenter: Segmenter | None = None,
    keeps_frame: bool = False,
) -> Step:
    """The base picture with the photograph in the place of what should have been left alone.

    Outside the edit area where the scene is at fault, else in the regions of the targets; never in the edit area. A
    frame that moved is laid back over the photograph first, and a drift of its colours is taken out.
    segmenter    finds where the garment is worn
    keeps_frame  the picture lies over the photograph already
    raises       Refused where that cannot be told, and where there is no place to put anything back
    """
    photo, edit = source_of(sample), _edit(base.image, sample, segmenter)
    area, source, why = _area(targets, base.image, sample, edit)
    if area is not None and _stands(photo, base.image, area):
        raise Refused("nothing_to_put_back", f"{why}: it stands as photographed already")
    taken = None if area is None else area.point(lambda value: 255 - value)
    image, checks = laid_into_photo(photo, base.image, taken, keeps_frame=keeps_frame)
    if not isinstance(checks["put_back"], Measurement):
        raise Refused("frame_unknown", f"how the picture lies over the photograph: {checks['put_back']}")
    own = base.request
    return Step(
        stage="put_back",
        parent=base.number,
        request=EditRequest(
            prompt=own.prompt, images=(base.image, photo), mask=area, fixes=own.fixes, noise=own.noise, hints=own.hints
        ),
        image=image,
        made={"area": area} if area else {},
        scores=checks,
        why=why,
        data={"model": MODEL, "mask": source, "mask_share": round(checks["put_back"].value, 4)},
    )


def _stands(photo: Image.Image, picture: Image.Image, area: Image.Image) -> bool:
    """Whether the photograph's bytes stand in the area."""
    if photo.size != picture.size:
        return False
    differs_HW = (np.asarray(photo.convert("RGB")) != np.asarray(picture)).any(-1)
    return not differs_HW[np.asarray(area) > 0].any()


def _edit(picture: Image.Image, sample: Sample, segmenter: Segmenter | None) -> Image.Image | None:
    """Mode L, white where the picture is edited; None where that is not known.

    An area that was found and not given is grown, since the seam is blended inside it: else the rim of what was worn
    shows through. Of 21 planted pictures 3 then failed for their garment; grown, none.
    """
    edit = edit_area(picture, sample, segmenter)
    if is_all(edit):
        return None
    return edit if "mask" in sample.images else as_mask(grown(np.asarray(edit) > 0, _RIM * max(picture.size)))


def _area(
    targets: Sequence[Issue], picture: Image.Image, sample: Sample, edit: Image.Image | None
) -> tuple[Image.Image | None, str, str]:
    """(where the photograph is put back, mode L; None: outside the edit as it is found; its source, a sentence)."""
    at_fault = ", ".join(issue.constraint for issue in targets)
    regional = [issue for issue in targets if issue.region is not None]
    if edit is not None and (not regional or any(issue.kind == "scene" for issue in targets)):
        return (
            edit.point(lambda value: 255 - value),
            "edit_area",
            f"for {at_fault}: all that lies outside the edit area",
        )
    if not regional:
        return None, "found_edit", f"for {at_fault}: all that does not look edited, since the edit area is not known"
    region = mask_for(regional, picture, sample)
    area_HW = np.asarray(region.image) > 0
    if edit is not None:
        area_HW &= np.asarray(edit) == 0
    if not area_HW.any():
        raise Refused("in_the_edit", f"{region.why} lies in the edit area, which is drawn and not photographed")
    return as_mask(area_HW), region.source, f"for {at_fault}: {region.why}, as photographed"
