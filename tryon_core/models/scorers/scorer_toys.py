"""Toys of the scorers' networks: see models.toy. Weights are spread wider: numbers depend on pictures and words."""

from pathlib import Path

from ..diffusion.toy_words import clip_config, clip_tokenizer, spread

WIDTH = 32


def build_clip(folder: Path) -> None:
    """CLIPModel of two small towers, with its tokenizer and processor."""
    from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel

    tokenizer = clip_tokenizer()
    vision = {
        "hidden_size": WIDTH,
        "intermediate_size": WIDTH,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "image_size": 56,
        "patch_size": 14,
    }
    text = clip_config(tokenizer).to_dict()
    model = CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=WIDTH)).eval()
    spread(model, 3.0)
    model.save_pretrained(folder, safe_serialization=True)
    tokenizer.save_pretrained(folder)
    CLIPImageProcessorPil(size={"shortest_edge": 56}, crop_size={"height": 56, "width": 56}).save_pretrained(folder)
