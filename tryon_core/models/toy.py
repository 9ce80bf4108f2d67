"""Toy checkpoints: the true classes of the large models, a few hundred kilobytes of random weights, in the hub's folder
layout. The code that loads and runs them is the code that loads and runs the large ones; their pictures mean nothing.

    python -m tryon_core.models.toy        builds all of them into the user's cache
"""

import functools
import hashlib
import inspect
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from ..errors import UnknownName
from .device.quiet_loading import without_bars
from .diffusion import toy_words
from .diffusion.toy_words import qwen_tokenizer
from .hub.cache_folder import cache_folder

SHARPER = 8.0  # factor on the toy judge's attention logits
TEXT_LAYERS = 28  # the pipeline reads hidden states 9, 18 and 27


def toy_folder(family: str) -> Path:
    """The folder of a toy checkpoint, built where it is not there yet; a changed builder builds anew.

    raises   UnknownName for a family that has no toy
    """
    if family not in BUILDERS:
        raise UnknownName("toy checkpoint", family, BUILDERS)
    module, _, function = BUILDERS[family].partition(":")
    build = getattr(import_module(module, __package__), function)
    folder = cache_folder() / "toy" / f"{family}-{_revision(build)}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as beside:
            make = build if family in SEEDED_BY_THEMSELVES else functools.partial(_seeded, build)
            make(Path(beside) / "new")
            try:
                (Path(beside) / "new").rename(folder)
            except OSError:
                if not folder.exists():  # else another process was first, with the same weights
                    raise
    return folder


def _seeded(build: Callable[[Path], None], folder: Path) -> None:
    """The same weights every time; the caller's own random numbers go on as if nothing had been drawn."""
    import torch

    with torch.random.fork_rng(devices=[]), without_bars():
        torch.manual_seed(0)
        build(folder)


def _revision(build: Callable[[Path], None]) -> str:
    """Of the source of the module that builds, and of what toys have alike, so that a changed toy is built anew."""
    together = "".join(inspect.getsource(module) for module in (sys.modules[build.__module__], toy_words))
    return hashlib.sha256(together.encode()).hexdigest()[:12]


def build_flux2_klein(folder: Path) -> None:
    """Flux2KleinPipeline. Weights of the transformer and the text encoder are scaled, because with their usual start a
    random transformer hardly looks at its references and words."""
    import torch
    from diffusers import (
        AutoencoderKLFlux2,
        FlowMatchEulerDiscreteScheduler,
        Flux2KleinPipeline,
        Flux2Transformer2DModel,
    )
    from transformers import Qwen3Config, Qwen3ForCausalLM

    tokenizer = qwen_tokenizer()
    text_encoder = Qwen3ForCausalLM(
        Qwen3Config(
            vocab_size=len(tokenizer),
            hidden_size=16,
            intermediate_size=16,
            num_hidden_layers=TEXT_LAYERS,
            num_attention_heads=2,
            num_key_value_heads=1,
            head_dim=8,
            max_position_embeddings=1024,
            tie_word_embeddings=True,
        )
    )
    transformer = Flux2Transformer2DModel(
        patch_size=1,
        in_channels=16,  # 4 x latent channels
        num_layers=2,
        num_single_layers=2,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=3 * 16,  # three hidden states of the text encoder
        timestep_guidance_channels=32,
        axes_dims_rope=(4, 4, 4, 4),
        guidance_embeds=False,
    )
    with torch.no_grad():
        for weight in transformer.parameters():
            if weight.ndim > 1:
                weight.mul_(3)
    vae = AutoencoderKLFlux2(
        block_out_channels=(8, 8, 8, 8), layers_per_block=1, latent_channels=4, norm_num_groups=4, sample_size=64
    )
    Flux2KleinPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, shift=3.0),
        vae=vae.eval(),
        text_encoder=text_encoder.eval(),
        tokenizer=tokenizer,
        transformer=transformer.eval(),
        is_distilled=True,
    ).save_pretrained(folder, safe_serialization=True)


def build_qwen3_vl(folder: Path) -> None:
    """Qwen3VLForConditionalGeneration and its processor. With their usual start random weights write one token for
    ever, so they are spread wider and the output layer has weights of its own."""
    import torch
    from transformers import Qwen2VLImageProcessorPil, Qwen3VLConfig, Qwen3VLForConditionalGeneration

    from .vlm.qwen_processor import qwen_processor

    tokenizer = qwen_tokenizer()
    token = tokenizer.convert_tokens_to_ids
    config = Qwen3VLConfig(
        text_config={
            "vocab_size": len(tokenizer),
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "head_dim": 8,
            "max_position_embeddings": 16384,
            "initializer_range": 0.4,
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": 5e6,
                "mrope_section": [2, 1, 1],
                "mrope_interleaved": True,
            },
        },
        vision_config={
            "depth": 2,
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_heads": 2,
            "patch_size": 16,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "out_hidden_size": 32,
            "num_position_embeddings": 64,
            "deepstack_visual_indexes": [0, 1],
        },
        image_token_id=token("<|image_pad|>"),
        video_token_id=token("<|video_pad|>"),
        vision_start_token_id=token("<|vision_start|>"),
        vision_end_token_id=token("<|vision_end|>"),
        tie_word_embeddings=False,
    )
    model = Qwen3VLForConditionalGeneration(config).eval()
    with torch.no_grad():  # else it answers null to everything: a toy that scores shows more
        for text, number in tokenizer.get_vocab().items():
            if text.startswith("n"):
                model.lm_head.weight[number] = 0
        for layer in model.model.language_model.layers:  # else it attends to everything alike, and pictures drown
            layer.self_attn.q_norm.weight.mul_(SHARPER)
    model.save_pretrained(folder, safe_serialization=True)
    looks = Qwen2VLImageProcessorPil(
        patch_size=16,
        merge_size=2,
        temporal_patch_size=2,
        size={"shortest_edge": 32 * 32, "longest_edge": 128 * 128},  # areas in pixels
        image_mean=[0.5] * 3,
        image_std=[0.5] * 3,
    )
    processor = qwen_processor()(image_processor=looks, tokenizer=tokenizer, chat_template=tokenizer.chat_template)
    processor.save_pretrained(folder)


# family -> "module:function"; a module that begins with a dot lies beside this file
BUILDERS: dict[str, str] = {
    "flux2-klein": ".toy:build_flux2_klein",
    "qwen3-vl": ".toy:build_qwen3_vl",
    "editscore": ".vlm.verifying.editscore_toys:build_editscore",
    "sd15": ".editing.editing_toys:build_sd15",
    "sd15-inpainting": ".editing.editing_toys:build_sd15_inpainting",
    "controlnet-sd15": ".editing.editing_toys:build_controlnet",
    "depth-anything": ".editing.editing_toys:build_depth_anything",
    "sam2": ".segment.segment_toys:build_sam2",
    "sam3": ".segment.segment_toys:build_sam3",
    "segformer-clothes": ".segment.segment_toys:build_segformer",
    "flux1-dev": ".flux1.flux1_toys:build_flux1_dev",
    "flux1-schnell": ".flux1.flux1_toys:build_flux1_schnell",
    "flux1-control": ".flux1.flux1_toys:build_flux1_control",
    "flux1-fill": ".flux1.flux1_toys:build_flux1_fill",
    "flux1-redux": ".flux1.flux1_toys:build_flux1_redux",
    "clip": ".scorers.scorer_toys:build_clip",
    "lpips": ".scorers.scorer_toys:build_lpips",
    "lpips-alex": ".scorers.scorer_toys:build_lpips_alex",
    "inception-fid": ".scorers.scorer_toys:build_inception",
    "aesthetic": ".scorers.scorer_toys:build_aesthetic",
    "image-reward": ".scorers.scorer_toys:build_image_reward",
    "qwen-image-edit": ".qwen_image.qwen_image_toys:build_edit",
    "qwen-image-edit-2509": ".qwen_image.qwen_image_toys:build_2509",
    "qwen-image-edit-2511": ".qwen_image.qwen_image_toys:build_2511",
    "swin2sr": ".editing.enhancing.enhancing_toys:build_swin2sr",
    "insightface": ".faces.insight_toys:build_insightface",
}
SEEDED_BY_THEMSELVES = ("insightface",)  # made without torch

if __name__ == "__main__":
    for name in BUILDERS:
        print(toy_folder(name))
