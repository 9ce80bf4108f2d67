"""The KV checkpoint of FLUX.2 Klein: keys and values of the references, which outlive a call.

References attend to references only, at a fixed time 0, so what they are in every layer depends on them alone.

Shapes: B samples; R reference tokens; N tokens of the drawn picture; C channels of a token.
"""

from collections.abc import Sequence
from typing import Any

from ..device.cache import Kept
from .denoising import Predict
from .latents import References


def with_keys(transformer: Any, ids_BN4: Any, references: References, arguments: dict[str, Any], keys: Kept) -> Predict:
    """Keys and values of the references are computed once and kept in `keys`; the picture attends to them."""
    rows = [
        keys.get(key, lambda row=row: _extracted(transformer, references, row, arguments))
        for row, key in enumerate(references.keys)
    ]
    cache = _joined(transformer.config, rows, references.latents_BRC.shape[1])

    def predict(latents_BNC, time_B):
        return transformer(
            hidden_states=latents_BNC.to(transformer.dtype),
            img_ids=ids_BN4,
            timestep=time_B,
            kv_cache=cache,
            kv_cache_mode="cached",
            **arguments,
        )[0]

    return predict


def _extracted(transformer: Any, references: References, row: int, arguments: dict[str, Any]) -> list[tuple]:
    """(key, value) of one sample's references in every layer.

    They are always extracted alone and beside one empty token, so that the same references give the same bytes whatever
    they are drawn with."""
    import torch

    latents_1RC, ids_1R4 = references.latents_BRC[row : row + 1], references.ids_BR4[row : row + 1]
    of_one = {name: value[:1] if torch.is_tensor(value) else value for name, value in arguments.items()}
    _, cache = transformer(
        hidden_states=torch.cat([latents_1RC, torch.zeros_like(latents_1RC[:, :1])], dim=1),
        img_ids=torch.cat([ids_1R4, torch.zeros_like(ids_1R4[:, :1])], dim=1),
        timestep=torch.zeros(1, dtype=latents_1RC.dtype, device=latents_1RC.device),
        kv_cache_mode="extract",
        num_ref_tokens=latents_1RC.shape[1],
        **of_one,
    )
    return [(layer.k_ref, layer.v_ref) for layer in (*cache.double_block_caches, *cache.single_block_caches)]


def _joined(config: Any, rows: Sequence[list[tuple]], reference_tokens: int) -> Any:
    """The samples' keys and values as one cache of the transformer's own class."""
    import torch
    from diffusers.models.transformers.transformer_flux2 import Flux2KVCache

    cache = Flux2KVCache(config.num_layers, config.num_single_layers)
    cache.num_ref_tokens = reference_tokens
    for number, layer in enumerate((*cache.double_block_caches, *cache.single_block_caches)):
        layer.store(*(torch.cat([row[number][part] for row in rows]) for part in (0, 1)))
    return cache
