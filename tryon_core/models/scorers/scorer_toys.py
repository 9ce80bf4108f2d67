"""Toys of the scorers' networks: see models.toy. Weights are spread wider: numbers depend on pictures and words."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..diffusion.toy_words import KNOWN, clip_config, clip_tokenizer, spread
from .deep.image_reward_files import HEAD_PX, save_parts
from .deep.inception_net import shapes
from .deep.lpips_net import BACKBONES
from .deep.net_folder import write_net
from .linear_head import LAYERS

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


def build_lpips(folder: Path) -> None:
    """LPIPS on a narrow VGG16."""
    _lpips(folder, "vgg", widths=(4, 4, 8, 8, 8))


def build_lpips_alex(folder: Path) -> None:
    """LPIPS on a narrow AlexNet."""
    _lpips(folder, "alex", widths=(4, 8, 8, 8, 8))


def _lpips(folder: Path, kind: str, widths: Sequence[int]) -> None:
    """Weights of the heads are positive, as the published ones are."""
    import torch

    backbone, tensors, inputs = BACKBONES[kind], {}, 3
    for number, (stage, width) in enumerate(zip(backbone.stages, widths, strict=True)):
        for layer in stage:
            side = {0: 11, 3: 5}.get(layer, 3) if kind == "alex" else 3
            tensors |= random_conv(f"features.{layer}", inputs, width, (side, side))
            inputs = width
        tensors[f"lin{number}.weight"] = torch.rand(1, width, 1, 1)
    write_net(folder, {"model_type": "lpips", "net": kind}, tensors)


def build_inception(folder: Path) -> None:
    """InceptionV3 with an eighth of its channels."""
    convolutions = {name: random_conv(name, *shape) for name, shape in shapes(narrower=8).items()}
    tensors = {key: tensor for each in convolutions.values() for key, tensor in each.items()}
    write_net(folder, {"model_type": "inception-fid"}, tensors)


def build_aesthetic(folder: Path) -> None:
    """The head, for pictures of the toy CLIP."""
    write_net(folder, {"model_type": "laion-aesthetic"}, _head(WIDTH))


def build_image_reward(folder: Path) -> None:
    """BLIP's two encoders with two layers each, a head, and a tokenizer of words and letters."""
    from transformers import BlipTextConfig, BlipTextModel, BlipVisionConfig, BlipVisionModel

    letters = [chr(code) for code in range(33, 127) if not chr(code).isupper()]
    known = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters))
    words = tuple(dict.fromkeys((*known, *KNOWN.split())))
    layers = {"hidden_size": HEAD_PX, "intermediate_size": HEAD_PX, "num_hidden_layers": 2, "num_attention_heads": 1}
    vision = BlipVisionModel(BlipVisionConfig(**layers, image_size=48, patch_size=16, initializer_range=0.2))
    text = BlipTextModel(
        BlipTextConfig(
            **layers,
            vocab_size=len(words),
            encoder_hidden_size=HEAD_PX,
            max_position_embeddings=40,
            initializer_range=0.2,
            bos_token_id=None,
            sep_token_id=None,
        ),
        add_pooling_layer=False,
    )
    save_parts(folder, vision, text, words=words, head=_head(HEAD_PX), sources={})


def _head(width: int) -> dict[str, Any]:
    """Five linear layers, wide enough that points differ."""
    import torch

    widths, tensors = (width, 16, 8, 8, 8, 1), {}
    for name, inputs, outputs in zip(LAYERS, widths, widths[1:], strict=False):
        layer = torch.nn.Linear(inputs, outputs)
        tensors |= {f"{name}.weight": 2 * layer.weight.detach(), f"{name}.bias": layer.bias.detach()}
    return tensors


def random_conv(name: str, inputs: int, outputs: int, kernel: tuple[int, int]) -> dict[str, Any]:
    """Weight and bias of a convolution that keeps about the size of its values before a ReLU."""
    import torch

    std = (2 / (inputs * kernel[0] * kernel[1])) ** 0.5
    return {f"{name}.weight": std * torch.randn(outputs, inputs, *kernel), f"{name}.bias": 0.1 * torch.randn(outputs)}
