"""Toys of Stable Diffusion 1.5, its ControlNets and Depth Anything: see models.toy.

With their usual start random weights hardly look at words and maps, and a ControlNet's outputs are zero; so they are
spread wider, and its zero convolutions begin with random numbers.
"""

from pathlib import Path
from typing import Any

from ..diffusion.toy_words import WORDS, as_sure_as_the_true_one, clip_config, clip_tokenizer, spread

WIDTHS = {"block_out_channels": (8, 16), "layers_per_block": 1, "norm_num_groups": 4, "attention_head_dim": 1}
SPREAD = 2.0


def build_sd15(folder: Path) -> None:
    """StableDiffusionPipeline, whose UNet takes 4 channels."""
    from diffusers import StableDiffusionPipeline

    _pipeline(StableDiffusionPipeline, channels=4).save_pretrained(folder, safe_serialization=True)


def build_sd15_inpainting(folder: Path) -> None:
    """StableDiffusionInpaintPipeline, whose UNet takes 9: the picture's 4, the mask, and 4 of what is outside it."""
    from diffusers import StableDiffusionInpaintPipeline

    _pipeline(StableDiffusionInpaintPipeline, channels=9).save_pretrained(folder, safe_serialization=True)


def build_controlnet(folder: Path) -> None:
    """ControlNetModel for the pipelines above."""
    import torch
    from diffusers import ControlNetModel

    net = ControlNetModel(
        in_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        cross_attention_dim=WORDS,
        conditioning_embedding_out_channels=(4, 4, 8, 8),
        **WIDTHS,
    )
    with torch.no_grad():
        zeros = (net.controlnet_down_blocks, net.controlnet_mid_block, net.controlnet_cond_embedding.conv_out)
        for part in zeros:
            for weight in part.parameters():
                weight.normal_(std=0.5)
    spread(net.controlnet_cond_embedding, 3.0)
    net.eval().save_pretrained(folder, safe_serialization=True)


def build_depth_anything(folder: Path) -> None:
    """DepthAnythingForDepthEstimation on a small DINOv2, and its processor."""
    from transformers import (
        DepthAnythingConfig,
        DepthAnythingForDepthEstimation,
        Dinov2Config,
        DPTImageProcessorPil,
    )

    backbone = Dinov2Config(
        hidden_size=16,
        num_hidden_layers=4,
        num_attention_heads=2,
        image_size=70,
        patch_size=14,
        out_features=["stage1", "stage2", "stage3", "stage4"],
        reshape_hidden_states=False,
    )
    config = DepthAnythingConfig(
        backbone_config=backbone,
        reassemble_hidden_size=16,
        neck_hidden_sizes=[8, 8, 16, 16],
        fusion_hidden_size=8,
        head_hidden_size=8,
    )
    model = DepthAnythingForDepthEstimation(config).eval()
    spread(model, 3.0)
    model.save_pretrained(folder, safe_serialization=True)
    DPTImageProcessorPil(
        size={"height": 70, "width": 70},
        keep_aspect_ratio=True,
        ensure_multiple_of=14,
        image_mean=[0.485, 0.456, 0.406],
        image_std=[0.229, 0.224, 0.225],
    ).save_pretrained(folder)


def _pipeline(kind: Any, channels: int) -> Any:
    from diffusers import AutoencoderKL, PNDMScheduler, UNet2DConditionModel
    from transformers import CLIPTextModel

    tokenizer = clip_tokenizer()
    unet = UNet2DConditionModel(
        in_channels=channels,
        out_channels=4,
        sample_size=16,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=WORDS,
        **WIDTHS,
    )
    spread(unet, SPREAD)
    vae = AutoencoderKL(
        block_out_channels=(8, 8, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=4,
        sample_size=64,
    )
    as_sure_as_the_true_one(vae.quant_conv)
    text = clip_config(tokenizer)
    scheduler = PNDMScheduler(  # as in the published pipeline's folder
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", skip_prk_steps=True, steps_offset=1
    )
    return kind(
        vae=vae.eval(),
        text_encoder=CLIPTextModel(text).eval(),
        tokenizer=tokenizer,
        unet=unet.eval(),
        scheduler=scheduler,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
