"""Pictures of the demo people by role and name."""

from functools import lru_cache
from pathlib import Path

from PIL import Image

PEOPLE = Path(__file__).parents[4] / "data_manifests" / "people"


@lru_cache(32)  # of 2.4 MB each
def demo_picture(role: str, name: str) -> Image.Image:
    """A picture in RGB; role is 'persons', 'garments' or 'truth'."""
    with Image.open(PEOPLE / role / f"{name}.webp") as picture:
        return picture.convert("RGB")
