"""The first four stages of the garment pipeline: what can be done with a picture of cloth alone."""

from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from ...errors import Refused
from ...pictures.describing.described import GarmentFeatures, describe
from ...pictures.masking.mask_checks import judged, measured
from ...pictures.masking.mask_choice import choose, pixels
from ...pictures.masking.mask_cleaning import cleaned
from ...pictures.masking.mask_refinement import MaskRefinement
from ...pictures.masking.worn_area import can_take, noun
from ...pictures.outcomes import Outcomes, blocking
from ...pictures.standard_size import StandardSize, standard
from ...pictures.validators import picture
from ...records import Sample
from ...roles import Mask, Segmenter, SegmentPrompt
from ...steps import Step

Points = tuple[tuple[float, float, int], ...]


def preprocessed(sample: Sample, max_side: int) -> tuple[Sample, Step]:
    """The sample with its garment and person at most `max_side` px a side; nothing is stretched.

    raises   Refused, by the outcome's name, for a picture that nothing can be made of, such as a blank one
    """
    checks = {role: picture(sample.images[role]) for role in ("garment", "person") if role in sample.images}
    for role, outcomes in checks.items():
        for outcome in blocking(outcomes):
            raise Refused(outcome.name, f"{role}: {outcome.sentence}")
    size = StandardSize(side_px=max_side)
    images = {
        role: standard(image, size).image for role, image in sample.images.items() if role in ("garment", "person")
    }
    scaled = {role: image for role, image in images.items() if image.size != sample.images[role].size}
    sizes = {f"{role}_px": f"{image.width} x {image.height}" for role, image in images.items()}
    was = [f"the {role} was {sample.images[role].width} x {sample.images[role].height} px" for role in scaled]
    why = "; ".join(was) or f"no side is longer than {max_side} px: the pictures are taken as they are"
    data = sizes | {f"{role}_check": said for role, outcomes in checks.items() if (said := _warnings(outcomes))}
    step = Step(stage="preprocess", image=images["garment"], made={**scaled}, data=data, why=why)
    return replace(sample, images={**sample.images, **images}), step


def _warnings(outcomes: Outcomes) -> str:
    return "; ".join(f"{outcome.name}: {outcome.sentence}" for outcome in outcomes if outcome.name != "usable")


def segmented(sample: Sample, segmenter: Segmenter, points: Points = ()) -> tuple[Image.Image | None, Step]:
    """(the garment's mask, its step); no mask, and the reason in `why`, where the segmenter finds none."""
    garment = sample.images["garment"]
    if points and not can_take(segmenter, "points"):
        return None, Step(stage="segment", why=f"{segmenter.card.name} takes no points; give a mask in their place")
    prompt = SegmentPrompt(words="" if points else noun(segmenter), points=points)
    try:
        masks = segmenter(garment, prompt)
    except Refused as refusal:
        return None, Step(stage="segment", data={"refused": refusal.reason}, why=str(refusal))
    choice = choose(masks, prompt=prompt)
    data = {
        "asked": f"{len(points)} points" if points else prompt.words or "whatever stands apart",
        "masks": len(masks),
    }
    if choice.index is None:
        return None, Step(stage="segment", data=data, why=choice.why)
    chosen = masks[choice.index]
    data |= {"label": chosen.label, "totals": list(choice.totals)}
    step = Step(
        stage="segment", made={"mask": chosen.image}, scores=measured(pixels(chosen)), data=data, why=choice.why
    )
    return chosen.image, step


def refined(
    garment: Image.Image, mask: Image.Image, refinement: MaskRefinement, by_hand: bool = False
) -> tuple[Image.Image, Step]:
    """The mask cleaned, its holes filled and its boundary laid to the picture's edges; a person's is taken as it is.

    mask     of the garment's picture, at its size or another of the same shape
    raises   Refused for a mask of another shape, and where nothing is in it
    """
    mask_HW = _of_picture(mask, garment.size)
    data: dict[str, Any] = {}
    why = "a person drew this mask: it is taken as it is"
    if not by_hand:
        clean = cleaned(mask_HW, np.asarray(garment), refinement)
        mask_HW, data = clean.mask_HW, {change.step: change.sentence for change in clean.changes}
        why = "; ".join(change.sentence for change in clean.changes if change.added_px or change.removed_px)
    if not mask_HW.any():
        raise Refused("no_garment_mask", f"nothing is in the garment's mask{'' if by_hand else ' when it is cleaned'}")
    image = Image.fromarray(mask_HW.astype(np.uint8) * 255)
    data |= {"mask_check": said} if (said := _warnings(judged(mask_HW))) else {}
    return image, Step(stage="refine_mask", made={"mask": image}, scores=measured(mask_HW), data=data, why=why)


def _of_picture(mask: Image.Image, size: tuple[int, int]) -> np.ndarray:
    """bool (H, W): a mask at its picture's size (width, height). raises Refused for one of another shape"""
    scale = max(size) / max(mask.size)
    if any(abs(side - part * scale) > max(1.0, scale) for side, part in zip(size, mask.size, strict=True)):
        sizes = f"{mask.width} x {mask.height} px, the garment's picture {size[0]} x {size[1]}"
        raise Refused("no_garment_mask", f"a mask has the shape of its picture; this one has {sizes}")
    return pixels(Mask(image=mask.resize(size, Image.Resampling.NEAREST)))


def described(garment: Image.Image, mask: Image.Image) -> tuple[GarmentFeatures, Step]:
    """Colours, pattern and texture of the cloth inside the mask; the step's picture is the garment cut out on white."""
    features = describe(np.asarray(garment), pixels(Mask(image=mask)))
    cut_out = Image.composite(garment, Image.new("RGB", garment.size, "white"), mask)
    pattern = features.pattern.kind if features.pattern else "not measured"
    data = {"colours": [f"{swatch.name} {swatch.share:.0%}" for swatch in features.palette], "pattern": pattern}
    data |= {"unmeasured": list(features.unmeasured.values())} if features.unmeasured else {}
    data |= {"features": features.model_dump(mode="json")}
    return features, Step(stage="features", image=cut_out, data=data, why=features.words)
