"""The demo pictures by role and name."""

from pathlib import Path

from PIL import Image

DEMO = Path(__file__).parents[3] / "data_manifests" / "demo"


def demo_picture(role: str, name: str) -> Image.Image:
    """A demo picture in RGB; role is 'persons', 'garments' or 'truth'."""
    with Image.open(DEMO / role / f"{name}.jpg") as picture:
        return picture.convert("RGB")
