"""A noise recipe as the latent noise a diffusion model starts from."""

from ...errors import BadInput
from ...records import Noise


def latent_noise(noise: Noise, shape: tuple[int, ...]):
    """float32 tensor of `shape` on the CPU, so that a seed means the same on every device.

    A step (seed, t) keeps the norm: y = |x| (t u + sqrt(1 - t^2) w), u = x/|x|, w a unit vector orthogonal to u drawn
    from the step's seed (tt-scale-flux's zero-order search; arXiv 2501.09732).

    raises   BadInput for a step with t outside -1 to 1
    """
    import torch

    x = torch.randn(shape, generator=torch.Generator().manual_seed(noise.seed))
    for seed, t in noise.steps:
        if not -1 <= t <= 1:
            raise BadInput(f"a noise step keeps a share t of the old direction, between -1 and 1; got {t}")
        norm = x.norm()
        u = x / norm
        w = torch.randn(shape, generator=torch.Generator().manual_seed(seed))
        w = w - (w * u).sum() * u
        x = norm * (t * u + (1 - t * t) ** 0.5 * w / w.norm())
    return x
