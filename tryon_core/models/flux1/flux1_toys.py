"""The toys of FLUX.1's models: see models.toy.

Their transformers' weights are spread, because with their usual start they hardly look at words and map, and what a map
adds is small.
"""

from pathlib import Path
from typing import Any

from ..diffusion.toy_words import (
    KNOWN,
    WORDS,
    as_sure_as_the_true_one,
    clip_config,
    clip_tokenizer,
    spread,
    torch_seeded,
)

SPREAD = 2.0


def build_flux1_dev(folder: Path) -> None:
    """FluxPipeline, whose transformer takes the picture's 16 channels alone."""
    _pipeline("FluxPipeline", channels=16).save_pretrained(folder, safe_serialization=True)


def build_flux1_schnell(folder: Path) -> None:
    """FluxPipeline with a transformer that is told no guidance, and the published scheduler's even steps."""
    pipe = _pipeline("FluxPipeline", channels=16, guidance_embeds=False, max_tokens=256, use_dynamic_shifting=False)
    pipe.save_pretrained(folder, safe_serialization=True)


def build_flux1_control(folder: Path) -> None:
    """FluxControlPipeline, whose transformer takes 32 channels: the picture's 16 and the map's."""
    _pipeline("FluxControlPipeline", channels=32).save_pretrained(folder, safe_serialization=True)


def build_flux1_fill(folder: Path) -> None:
    """FluxFillPipeline, whose transformer takes 288: the picture's 16, what is outside the mask, and its 16 x 16."""
    _pipeline("FluxFillPipeline", channels=288).save_pretrained(folder, safe_serialization=True)


def build_flux1_redux(folder: Path) -> None:
    """FluxPriorReduxPipeline without text encoders, as it is published: 256 words a picture."""
    from diffusers import FluxPriorReduxPipeline, ReduxImageEncoder
    from transformers import SiglipImageProcessor, SiglipVisionConfig, SiglipVisionModel

    vision = SiglipVisionConfig(
        hidden_size=16, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2, image_size=64, patch_size=4
    )
    encoder, embedder = SiglipVisionModel(vision).eval(), ReduxImageEncoder(redux_dim=16, txt_in_features=WORDS).eval()
    spread(encoder, SPREAD)
    spread(embedder, SPREAD)
    FluxPriorReduxPipeline(
        image_encoder=encoder,
        feature_extractor=SiglipImageProcessor(
            size={"height": 64, "width": 64}, image_mean=[0.5] * 3, image_std=[0.5] * 3
        ),
        image_embedder=embedder,
    ).save_pretrained(folder, safe_serialization=True)


def _pipeline(
    kind: str, *, channels: int, guidance_embeds: bool = True, max_tokens: int = 512, use_dynamic_shifting: bool = True
) -> Any:
    import diffusers
    from transformers import CLIPTextModel, T5Config, T5EncoderModel

    with torch_seeded(1):  # text encoders and VAE are the same in all of the family, as the published ones are
        vae = diffusers.AutoencoderKL(
            block_out_channels=(8,) * 4,
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            layers_per_block=1,
            latent_channels=4,
            norm_num_groups=4,
            use_quant_conv=False,
            use_post_quant_conv=False,
            shift_factor=0.1159,
            scaling_factor=0.3611,
            sample_size=64,
        )
        as_sure_as_the_true_one(vae.encoder.conv_out)
        tokenizer, tokenizer_2 = clip_tokenizer(), t5_tokenizer(max_tokens)
        text = CLIPTextModel(clip_config(tokenizer))
        text_2 = T5EncoderModel(
            T5Config(
                vocab_size=len(tokenizer_2),
                d_model=WORDS,
                d_kv=8,
                d_ff=37,
                num_layers=2,
                num_heads=4,
                feed_forward_proj="gated-gelu",
                tie_word_embeddings=False,
            )
        )
    transformer = diffusers.FluxTransformer2DModel(
        patch_size=1,
        in_channels=channels,
        out_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=WORDS,
        pooled_projection_dim=WORDS,
        axes_dims_rope=(4, 4, 8),
        guidance_embeds=guidance_embeds,
    )
    spread(transformer, SPREAD)
    return getattr(diffusers, kind)(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(
            use_dynamic_shifting=use_dynamic_shifting, shift=3.0 if use_dynamic_shifting else 1.0
        ),
        vae=vae.eval(),
        text_encoder=text.eval(),
        tokenizer=tokenizer,
        text_encoder_2=text_2.eval(),
        tokenizer_2=tokenizer_2,
        transformer=transformer.eval(),
    )


def t5_tokenizer(max_tokens: int) -> Any:
    """T5's own class: a word of KNOWN is one token, any other is spelt."""
    from transformers import T5Tokenizer

    special = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    words = [(f"\u2581{word}", -2.0) for word in sorted(set(KNOWN.split())) if len(word) > 1]
    letters = [(chr(number), -9.0) for number in range(33, 127)]
    return T5Tokenizer(vocab=[*special, *words, ("\u2581", -9.0), *letters], extra_ids=0, model_max_length=max_tokens)
