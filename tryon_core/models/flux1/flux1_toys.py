"""The toy of FLUX.1's control models: see models.toy.

Its transformer's weights are spread, because with their usual start it hardly looks at words and map, and what the map
adds is small.
"""

from pathlib import Path

from ..diffusion.toy_words import KNOWN, as_sure_as_the_true_one, clip_config, clip_tokenizer

SPREAD = 2.0
WORDS = 32


def build_flux1_control(folder: Path) -> None:
    """FluxControlPipeline, whose transformer takes 32 channels: the picture's 16 and the map's."""
    import torch
    from diffusers import AutoencoderKL, FlowMatchEulerDiscreteScheduler, FluxControlPipeline, FluxTransformer2DModel
    from transformers import CLIPTextModel, T5Config, T5EncoderModel

    transformer = FluxTransformer2DModel(
        patch_size=1,
        in_channels=32,
        out_channels=16,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=WORDS,
        pooled_projection_dim=WORDS,
        axes_dims_rope=(4, 4, 8),
        guidance_embeds=True,
    )
    with torch.no_grad():
        for weight in transformer.parameters():
            if weight.ndim > 1:
                weight.mul_(SPREAD)
    vae = AutoencoderKL(
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
    tokenizer, tokenizer_2 = clip_tokenizer(), t5_tokenizer()
    text = clip_config(tokenizer)
    text_2 = T5Config(
        vocab_size=len(tokenizer_2),
        d_model=WORDS,
        d_kv=8,
        d_ff=37,
        num_layers=2,
        num_heads=4,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
    )
    FluxControlPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True, shift=3.0),
        vae=vae.eval(),
        text_encoder=CLIPTextModel(text).eval(),
        tokenizer=tokenizer,
        text_encoder_2=T5EncoderModel(text_2).eval(),
        tokenizer_2=tokenizer_2,
        transformer=transformer.eval(),
    ).save_pretrained(folder, safe_serialization=True)


def t5_tokenizer():
    """T5's own class: a word of KNOWN is one token, any other is spelt."""
    from transformers import T5Tokenizer

    special = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    words = [(f"\u2581{word}", -2.0) for word in sorted(set(KNOWN.split())) if len(word) > 1]
    letters = [(chr(number), -9.0) for number in range(33, 127)]
    return T5Tokenizer(vocab=[*special, *words, ("\u2581", -9.0), *letters], extra_ids=0, model_max_length=512)
