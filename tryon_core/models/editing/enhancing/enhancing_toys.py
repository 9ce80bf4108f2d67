"""The toy of Swin2SR: see models.toy. Its weights are spread wider, so that its answer depends on the picture."""

from pathlib import Path


def build_swin2sr(folder: Path) -> None:
    """Swin2SRForImageSuperResolution."""
    import torch
    from transformers import Swin2SRConfig, Swin2SRForImageSuperResolution

    config = Swin2SRConfig(
        image_size=16, embed_dim=8, depths=[2, 2], num_heads=[2, 2], window_size=8, upscale=2, upsampler="pixelshuffle"
    )
    model = Swin2SRForImageSuperResolution(config).eval()
    with torch.no_grad():
        for weight in model.parameters():
            if weight.ndim > 1:
                weight.mul_(2)  # of 3 on, black and white for the most part
    model.save_pretrained(folder, safe_serialization=True)
