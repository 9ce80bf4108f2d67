"""Pictures to a network's numbers and a network's masks back to pictures, without the library's processors.

Those of SAM 2 and SAM 3 load only where torchvision is installed. What they publish is done here, as read in
transformers 5.23 (models/sam2 and models/sam3: image_processing_*.py, processing_*.py) and in SegFormer's
(image_processing_pil_segformer.py): a picture is resized to a square without its aspect ratio, bilinear with
antialiasing; scaled to 0-1; normalised by channel. A point in fractions of the picture is `fraction * side`; the model
itself adds half a pixel. Logits go back to the picture's size bilinear, corners not aligned, and are inside above 0.
"""

# Shapes: H, W rows and columns of the picture; h, w of the network's masks; 3 is RGB.
from typing import Any

import cv2
import numpy as np
from PIL import Image

Channels = tuple[float, float, float]

IMAGENET_MEAN: Channels = (0.485, 0.456, 0.406)  # SAM 2 and SegFormer; image_utils.IMAGENET_DEFAULT_MEAN
IMAGENET_STD: Channels = (0.229, 0.224, 0.225)
HALF: Channels = (0.5, 0.5, 0.5)  # SAM 3's mean and deviation; image_utils.IMAGENET_STANDARD_MEAN


def pixel_values(image: Image.Image, side: int, mean: Channels, std: Channels) -> Any:
    """float32 tensor (1, 3, side, side) of a picture of any mode and size."""
    import torch

    resized = image.convert("RGB").resize((side, side), Image.Resampling.BILINEAR)  # which antialiases
    scaled_HW3 = (np.asarray(resized, np.float32) / 255 - np.float32(mean)) / np.float32(std)
    return torch.from_numpy(np.ascontiguousarray(scaled_HW3.transpose(2, 0, 1)))[None]


def mask_picture(logits_hw: Any, size: tuple[int, int], above: float = 0.0) -> Image.Image:
    """Mode L, 0 and 255, of a picture's size = (width, height), from a tensor (h, w)."""
    import torch

    resized = torch.nn.functional.interpolate(logits_hw[None, None].float(), size[::-1], mode="bilinear")
    return Image.fromarray((resized[0, 0] > above).to(torch.uint8).mul(255).cpu().numpy())


def full_size(mask_HW: np.ndarray, size: tuple[int, int]) -> Image.Image:
    """Mode L, 0 and 255, of a picture's size = (width, height), from bool (H, W)."""
    if mask_HW.shape[::-1] == size:
        return Image.fromarray(mask_HW.astype(np.uint8) * 255)
    soft_HW = cv2.resize(mask_HW.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    return Image.fromarray((soft_HW > 0.5).astype(np.uint8) * 255)
