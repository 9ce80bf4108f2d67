"""Checkpoints of the true shapes with nothing in them: enough to plan by, and no disk is taken.

The weight files have their whole length; the file system keeps a hole in place of the numbers.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import UnknownName
from ..models.specs import SPECS
from ..models.toy import toy_folder
from .sizes import GENERATORS, JUDGES, generator_parts, made_on, random_judge, shape_of


def hollow_checkpoint(name: str, folder: Path) -> Path:
    """The published size of a model in the hub's layout, the small files from its toy; returns the folder.

    folder  is made; must not be there
    raises  UnknownName for a model whose shapes are not known here
    """
    if name not in SHAPES:
        raise UnknownName("model of known size", name, SHAPES)
    shutil.copytree(toy_folder(SPECS[name].family), folder)
    SHAPES[name](name, folder)
    return folder


def _generator(name: str, folder: Path) -> None:
    with made_on("meta", "bfloat16"):
        for part, model in generator_parts(shape_of(name)).items():
            _hollow(folder / part, model)


def _judge(name: str, folder: Path) -> None:
    model, processor = random_judge(name, "meta", "bfloat16")
    processor.save_pretrained(folder)
    _hollow(folder, model)


def _sd15(name: str, folder: Path) -> None:
    """As in the config.json files of stable-diffusion-v1-5; what is not told here is the classes' default."""
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel

    text = {"vocab_size": 49_408, "hidden_size": 768, "intermediate_size": 3072}
    blocks = {"down_block_types": ("DownEncoderBlock2D",) * 4, "up_block_types": ("UpDecoderBlock2D",) * 4}
    with made_on("meta", "bfloat16"):
        parts = {
            "text_encoder": CLIPTextModel(CLIPTextConfig(**text, num_hidden_layers=12, num_attention_heads=12)),
            "unet": UNet2DConditionModel(sample_size=64, cross_attention_dim=768),
            "vae": AutoencoderKL(
                block_out_channels=(128, 256, 512, 512), layers_per_block=2, sample_size=512, **blocks
            ),
        }
    for part, model in parts.items():
        _hollow(folder / part, model, "fp16")


def _sd15_control(name: str, folder: Path) -> None:
    """As in the config.json files of lllyasviel/control_v11p_sd15_*."""
    from diffusers import ControlNetModel

    with made_on("meta", "bfloat16"):
        _hollow(folder, ControlNetModel(cross_attention_dim=768), "fp16")


FLUX1_CHANNELS = {"flux1-dev": 64, "flux1-schnell": 64, "flux1-canny": 128, "flux1-depth": 128, "flux1-fill": 384}


def _flux1(name: str, folder: Path) -> None:
    """As in the config.json files of FLUX.1-dev, whose transformer has 64 channels; what stands beside them adds more:
    a map's 64, or the 64 of what lies outside a mask and the mask's 256."""
    from diffusers import AutoencoderKL, FluxTransformer2DModel
    from transformers import CLIPTextConfig, CLIPTextModel, T5Config, T5EncoderModel

    text = {"vocab_size": 49_408, "hidden_size": 768, "intermediate_size": 3072}
    t5 = {"d_model": 4096, "d_kv": 64, "d_ff": 10_240, "num_layers": 24, "num_heads": 64, "vocab_size": 32_128}
    blocks = {"down_block_types": ("DownEncoderBlock2D",) * 4, "up_block_types": ("UpDecoderBlock2D",) * 4}
    with made_on("meta", "bfloat16"):
        parts = {
            "text_encoder": CLIPTextModel(CLIPTextConfig(**text, num_hidden_layers=12, num_attention_heads=12)),
            "text_encoder_2": T5EncoderModel(T5Config(**t5, feed_forward_proj="gated-gelu")),
            "transformer": FluxTransformer2DModel(
                in_channels=FLUX1_CHANNELS[name], out_channels=64, guidance_embeds=name != "flux1-schnell"
            ),
            "vae": AutoencoderKL(
                block_out_channels=(128, 256, 512, 512),
                layers_per_block=2,
                latent_channels=16,
                sample_size=1024,
                use_quant_conv=False,
                use_post_quant_conv=False,
                **blocks,
            ),
        }
    for part, model in parts.items():
        _hollow(folder / part, model)


def _redux(name: str, folder: Path) -> None:
    """As in the config.json files of FLUX.1-Redux-dev: SigLIP so400m at 384 pixels, and the embedder's defaults."""
    from diffusers import ReduxImageEncoder
    from transformers import SiglipVisionConfig, SiglipVisionModel

    shape = {"hidden_size": 1152, "intermediate_size": 4304, "num_hidden_layers": 27, "num_attention_heads": 16}
    with made_on("meta", "bfloat16"):
        _hollow(folder / "image_encoder", SiglipVisionModel(SiglipVisionConfig(**shape, image_size=384, patch_size=14)))
        _hollow(folder / "image_embedder", ReduxImageEncoder())


def _qwen_image(name: str, folder: Path) -> None:
    """As in the config.json files of Qwen-Image-Edit and of Qwen2.5-VL-7B-Instruct, its text encoder; transformer and
    VAE are the classes' defaults."""
    from diffusers import AutoencoderKLQwenImage, QwenImageTransformer2DModel
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    text = {"hidden_size": 3584, "intermediate_size": 18_944, "num_hidden_layers": 28, "num_attention_heads": 28}
    text |= {"num_key_value_heads": 4, "vocab_size": 152_064}
    vision = {"depth": 32, "hidden_size": 1280, "intermediate_size": 3420, "num_heads": 16, "out_hidden_size": 3584}
    config = Qwen2_5_VLConfig(text_config=text, vision_config=vision, tie_word_embeddings=False)
    with made_on("meta", "bfloat16"):
        parts = {
            "text_encoder": Qwen2_5_VLForConditionalGeneration(config),
            "transformer": QwenImageTransformer2DModel(zero_cond_t=name.endswith("2511")),
            "vae": AutoencoderKLQwenImage(),
        }
    for part, model in parts.items():
        _hollow(folder / part, model)


SHAPES: dict[str, Callable[[str, Path], None]] = {  # name -> writes its components over the toy's
    **dict.fromkeys(GENERATORS, _generator),
    **dict.fromkeys(JUDGES, _judge),
    "sd15-controlnet": _sd15,
    **dict.fromkeys(FLUX1_CHANNELS, _flux1),
    "flux1-redux": _redux,
    **dict.fromkeys(("qwen-image-edit", "qwen-image-edit-2509", "qwen-image-edit-2511"), _qwen_image),
    **{f"sd15-control-{kind}": _sd15_control for kind in ("canny", "pose", "depth")},
}


def _hollow(folder: Path, model: Any, variant: str = "") -> None:
    """A component's configuration, and its weights as a header of their true shapes with a hole behind it.

    variant  part of the published file's name: 'fp16' as in model.fp16.safetensors
    """
    tied = {"encoder.embed_tokens.weight"}  # of T5, whose files hold it as shared.weight
    tied |= {"lm_head.weight"} if getattr(model.config, "tie_word_embeddings", False) else set()
    header, end = {}, 0
    for name, weight in model.state_dict().items():
        if name not in tied:
            start, end = end, end + 2 * weight.numel()
            header[name] = {
                "dtype": "F16" if variant == "fp16" else "BF16",
                "shape": list(weight.shape),
                "data_offsets": [start, end],
            }
    data = json.dumps(header).encode()
    for old in folder.glob("*.safetensors*"):
        old.unlink()
    is_diffusers = not hasattr(model.config, "to_dict")
    stem = f"{'diffusion_pytorch_' if is_diffusers else ''}model"
    with (folder / f"{stem}{variant and f'.{variant}'}.safetensors").open("wb") as file:
        file.write(len(data).to_bytes(8, "little") + data)
        file.truncate(8 + len(data) + end)
    (folder / "config.json").write_text(model.to_json_string() if is_diffusers else model.config.to_json_string())
