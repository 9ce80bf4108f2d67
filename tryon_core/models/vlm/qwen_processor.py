"""The processors of Qwen's vision models for pictures and words alone.

The library's own classes also want a video processor, which needs torchvision; nothing here shows a video.
"""

from functools import cache
from pathlib import Path
from typing import Any

from ...errors import BadInput


@cache
def qwen_processor(kind: str = "Qwen3VLProcessor") -> Any:
    """A class of transformers, with `from_pretrained` and its constructor, that neither loads nor saves a video
    processor. Folders it saves name the library's class, so that others load them as usual."""
    import transformers

    library = getattr(transformers, kind)

    class PictureProcessor(library):
        @classmethod
        def get_attributes(cls) -> list[str]:
            return ["image_processor", "tokenizer"]

    PictureProcessor.__name__ = library.__name__  # which a saved folder names, and a saved pipeline its module
    PictureProcessor.__module__ = library.__module__
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
