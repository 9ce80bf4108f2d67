"""The worn cloth against the garment's picture: colours and texture."""

from ....pictures.describing.cloth_distance import COLOURS, palette_distance, texture_distance
from ....pictures.describing.cloth_texture import SIDE_PX, Texture, texture_of
from ....pictures.features import to_lab
from ....scales import Metric
from ...embedded.cloth.flat_garment import Garment
from ...embedded.measuring.areas import inner, picked
from ...embedded.measuring.case import Case
from ...embedded.measuring.surface.cloth import enough_worn, fabric_above_hem, worn_cloth
from ...embedded.seeing.recall import once_each

_PIXELS = 6000  # whose colours are compared
_LEAST_PX = 400  # of cloth in sight; fewer have neither shares of colours nor a texture
MODEL, LICENCE = "none for the cloth; the wearer is found by MediaPipe's pose and face landmarks", "Apache-2.0"
NOT_WORN = "no garment of this kind is worn in the picture"
METRICS = (
    Metric(
        name="garment_colour",
        unit="CIEDE2000",
        low=0.0,
        better="lower",
        model=MODEL,
        licence=LICENCE,
        protocol=f"earth mover's distance between {COLOURS} colours of equal share of the garment's picture, as far "
        "down as it is worn, and of the worn area",
    ),
    Metric(
        name="garment_texture",
        unit="1 - Bhattacharyya coefficient",
        low=0.0,
        high=1.0,
        better="lower",
        model=MODEL,
        licence=LICENCE,
        protocol=f"Gabor energies of L* by 4 periods and 4 angles, each cloth at {SIDE_PX} px for the root of its area",
    ),
)


def worn_alike(case: Case) -> dict[str, float | str]:
    """The numbers of METRICS, or why there are none."""
    worn = worn_cloth(case)
    if not enough_worn(case) or worn.mask_HW.sum() < _LEAST_PX:
        return {metric.name: NOT_WORN for metric in METRICS}
    shown_HW = fabric_above_hem(case)
    asked_N3, got_N3 = picked(case.garment_lab_HW3, shown_HW, _PIXELS), picked(worn.lab_HW3, worn.mask_HW, _PIXELS)
    texture = texture_of(worn.lab_HW3[..., 0], worn.mask_HW)
    return {
        "garment_colour": palette_distance(asked_N3, got_N3),
        "garment_texture": texture_distance(texture_of_photo(case.garment), texture),
    }


@once_each
def texture_of_photo(garment: Garment) -> Texture:
    """The texture of all the cloth in a garment's picture."""
    return texture_of(to_lab(garment.image_HW3)[..., 0], inner(garment.alpha_HW > 0.9, 4))
