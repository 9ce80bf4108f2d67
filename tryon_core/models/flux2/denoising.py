"""The denoising of FLUX.2 Klein: flow matching by the pipeline's scheduler, a few steps, no guidance.

Shapes: B samples; L text tokens; R reference tokens; N tokens of the drawn picture; C channels of a token; D of a word.
"""

from collections.abc import Callable
from typing import Any

from ..diffusion.held_outside import Held
from .latents import References

STEPS, GUIDANCE = 4, 1.0  # the distilled checkpoints' own; model card of FLUX.2-klein

Predict = Callable[[Any, Any], Any]  # (latents (B, N, C), time 0-1 (B,)) -> flow (B, N, C)


def denoised(pipe: Any, noise_BNC: Any, steps: int, predict: Predict, held: Held | None = None):
    """Latents (B, N, C) after all steps; with `held`, what lies outside the masks is put back after each."""
    import numpy as np
    from diffusers.pipelines.flux2.pipeline_flux2_klein import compute_empirical_mu, retrieve_timesteps

    scheduler, device, left_out = pipe.scheduler, noise_BNC.device, held.left_out if held else 0
    mu = compute_empirical_mu(image_seq_len=noise_BNC.shape[1], num_steps=steps)
    timesteps, _ = retrieve_timesteps(scheduler, steps, device, sigmas=np.linspace(1.0, 1 / steps, steps), mu=mu)
    timesteps = timesteps[left_out:]
    scheduler.set_begin_index(left_out)
    latents_BNC = held.noised(scheduler, noise_BNC, timesteps) if held else noise_BNC
    for number, t in enumerate(timesteps):
        flow_BNC = predict(latents_BNC, t.expand(len(latents_BNC)).to(latents_BNC.dtype) / 1000)
        latents_BNC = scheduler.step(flow_BNC, t, latents_BNC, return_dict=False)[0]
        if held:
            latents_BNC = held.put_back(scheduler, latents_BNC, noise_BNC, timesteps[number + 1 :])
    return latents_BNC


def word_arguments(pipe: Any, words_BLD: Any) -> dict[str, Any]:
    """Arguments of the transformer at every step beside its tokens."""
    ids = pipe._prepare_text_ids(words_BLD).to(words_BLD.device)
    return {"encoder_hidden_states": words_BLD, "txt_ids": ids, "guidance": None, "return_dict": False}


def beside(transformer: Any, ids_BN4: Any, references: References, arguments: dict[str, Any]) -> Predict:
    """The plain checkpoints: references are tokens behind the picture's own, at every step."""
    import torch

    def predict(latents_BNC, time_B):
        tokens = torch.cat([latents_BNC, references.latents_BRC], dim=1).to(transformer.dtype)
        ids = torch.cat([ids_BN4, references.ids_BR4], dim=1)
        flow = transformer(hidden_states=tokens, img_ids=ids, timestep=time_B, **arguments)[0]
        return flow[:, : latents_BNC.shape[1]]

    return predict
