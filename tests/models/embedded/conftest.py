"""The rendered demo people and garments, and the generator `warp`, for every test of the embedded models.

The two model files are needed: `python -m tryon_core.models.embedded.fetch` (a test without them says so).
"""

import pytest
from demo_pictures import demo_picture
from PIL import Image

from tryon_core.records import EditRequest


@pytest.fixture(scope="session")
def woman() -> Image.Image:
    """In a sleeveless white top, with long hair."""
    return demo_picture("persons", "p1")


@pytest.fixture(scope="session")
def man() -> Image.Image:
    """In a grey tee."""
    return demo_picture("persons", "p2")


@pytest.fixture(scope="session")
def red_tee() -> Image.Image:
    return demo_picture("garments", "cropped")


@pytest.fixture(scope="session")
def tank_top() -> Image.Image:
    """Sleeveless, dark blue with blossoms."""
    return demo_picture("garments", "blossoms")


@pytest.fixture(scope="session")
def warp():
    from tryon_core.models import load

    return load("warp")


@pytest.fixture(scope="session")
def red_on_man(man, red_tee) -> EditRequest:
    """The plain first request of the easiest pair."""
    return EditRequest(prompt="a red tee", images=(man, red_tee))


@pytest.fixture(scope="session")
def first_draft(warp, red_on_man) -> Image.Image:
    return warp(red_on_man)
