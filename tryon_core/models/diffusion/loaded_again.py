"""An attempt of a model that takes whole requests as Python that loads it by name and draws it again."""

from collections.abc import Mapping
from typing import Any

from .redraw import by_request, literal


def as_code(name: str, request: Mapping[str, Any], run_url: str) -> str:
    """See models.as_code. With the model's own defaults: options of its builder stand in the card of the run."""
    pictures = request.get("images", ())
    names = ["picture", *(f"reference_{number}" for number in range(2, len(pictures) + 1))][: len(pictures)]
    maker = f'load({literal(name)}, role="generator")'
    return by_request(maker, ["from tryon_core import load"], request, run_url, names)
