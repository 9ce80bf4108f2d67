"""Whether a picture shows again what another shows: the same pixels, or the same within a pixel or two."""

# Shapes: H, W rows and columns; 3 is RGB.
import numpy as np
from PIL import Image

_MOVED_PX = 2  # at most, at the picture's own size: what moved so little is seen by nobody
_LEVELS = 4  # of 255 that a pixel may lie beyond what is around it in the other picture: below what is seen as a shade
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
