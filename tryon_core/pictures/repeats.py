"""Whether a picture shows again what another shows: the same pixels, or the same within a pixel or two; or nearly."""

# Shapes: H, W rows and columns; 3 is RGB.
import numpy as np
from PIL import Image

_MOVED_PX = 2  # at most, at the picture's own size: what moved so little is seen by nobody
_LEVELS = 4  # of 255 that a pixel may lie beyond what is around it in the other picture: below what is seen as a shade
_THUMBNAIL_PX = 64  # longer side: what differs in less than one of its cells differs in detail
_LEAST_ALIKE = 99  # percentile of the cells: a few may differ more
_CHANGED_SHARE = 5e-4  # of the pixels: 400 of 768 x 1024; both sleeves 2 % of the arm longer change 1,000


def repeats(image: Image.Image, earlier: Image.Image) -> bool:
    """True where hardly a pixel of either picture is without its like within two pixels in the other."""
    if image.size != earlier.size:
        return False
    if image.tobytes() == earlier.tobytes():
        return True
    image_HW3, earlier_HW3 = np.array(image), np.array(earlier)
    return max(_new_share(image_HW3, earlier_HW3), _new_share(earlier_HW3, image_HW3)) < _CHANGED_SHARE


def _new_share(image_HW3: np.ndarray, earlier_HW3: np.ndarray) -> float:
    """Share of pixels that are lighter or darker, in any channel, than all that lies around them in the other."""
    import cv2

    around = np.ones((2 * _MOVED_PX + 1,) * 2, np.uint8)
    lighter_HW3 = cv2.subtract(image_HW3, cv2.dilate(earlier_HW3, around))
    darker_HW3 = cv2.subtract(cv2.erode(earlier_HW3, around), image_HW3)
    return float((cv2.max(lighter_HW3, darker_HW3).max(-1) > _LEVELS).mean())


def colour_apart(image: Image.Image, earlier: Image.Image) -> float:
    """How far two pictures lie apart, in Lab units (one is just noticeable): 99 % of a small copy's cells are nearer.

    Where something else is drawn, that is far more than what saving as JPEG or a shift by a pixel costs. Pictures of
    unlike size are compared at the size of the first one's small copy.
    """
    from .features import lab_distance, to_lab

    shrink = min(1.0, _THUMBNAIL_PX / max(image.size))
    size = (max(1, round(image.width * shrink)), max(1, round(image.height * shrink)))
    labs_HW3 = [to_lab(np.asarray(each.convert("RGB").resize(size, Image.Resampling.BOX))) for each in (image, earlier)]
    return float(np.percentile(lab_distance(*labs_HW3), _LEAST_ALIKE))
