"""Qwen3-VL's processor for pictures and words alone.

The library's own class also wants a video processor, which needs torchvision; nothing here shows a video.
"""

from functools import cache
from typing import Any


@cache
def qwen_processor() -> Any:
    """The class: Qwen3VLProcessor, with `from_pretrained` and its constructor, that neither loads nor saves a video
    processor. Folders it saves name the library's class, so that others load them as usual."""
    from transformers import Qwen3VLProcessor

    class PictureProcessor(Qwen3VLProcessor):
        @classmethod
        def get_attributes(cls) -> list[str]:
            return ["image_processor", "tokenizer"]

    PictureProcessor.__name__ = Qwen3VLProcessor.__name__  # which a saved folder names
    return PictureProcessor
