"""Pictures of the demo people by role and name."""

from functools import cache
from pathlib import Path

from PIL import Image

PEOPLE = Path(__file__).parents[4] / "data_manifests" / "people"


@cache
def demo_picture(role: str, name: str) -> Image.Image:
    """A picture in RGB; role is 'persons', 'garments' or 'truth'."""
    with Image.open(PEOPLE / role / f"{name}.webp") as picture:
        return picture.convert("RGB")
