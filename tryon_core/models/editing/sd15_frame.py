"""The size at which Stable Diffusion 1.5 draws pictures, masks and maps: never stretched, whole latents."""

from PIL import Image

from ..diffusion.latent_frame import LATENT_PX, padded

MAX_SIDE_PX, LEAST_SIDE_PX = 768, 512  # it was trained at 512; beyond about 768 bodies repeat


def drawn_size(size: tuple[int, int], max_side: int) -> tuple[int, int]:
    """(width, height) in which a picture of `size` is drawn: its longer side between LEAST_SIDE_PX and max_side."""
    longer = max(size)
    scale = min(max(longer, LEAST_SIDE_PX), max_side) / longer
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def framed(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Resized to `size`, its last row and column repeated until both sides are whole latents."""
    resized = picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)
    return padded(resized, LATENT_PX)
