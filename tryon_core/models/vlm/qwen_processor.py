"""Qwen3-VL's processor for pictures and words alone.

The library's own class also wants a video processor, which needs torchvision; nothing here shows a video.
"""

from functools import cache
from pathlib import Path
from typing import Any

from ...errors import BadInput


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


def check_answers_at_once(name: str, folder: Path, processor: Any) -> None:
    """raises   BadInput for weights whose chat template opens a think block before the answer (-Thinking): held to the
    reply's schema they would answer without their thoughts"""
    hello = [{"role": "user", "content": [{"type": "text", "text": "Hello"}]}]
    asked = processor.apply_chat_template(hello, add_generation_prompt=True)
    if asked.rstrip().endswith("<think>"):
        raise BadInput(
            f"{name} answers at once and {folder} holds weights that think first (-Thinking); give the folder of an "
            "-Instruct checkpoint, or serve these weights and name them openai:MODEL@URL"
        )
