"""The timesteps of a flow-matching pipeline of diffusers, whose scheduler shifts them by the size of the picture."""

import sys
from typing import Any


def shifted_timesteps(pipe: Any, steps: int, tokens: int):
    """Of a picture of so many tokens: the more, the longer at much noise."""
    import numpy as np

    library = sys.modules[type(pipe).__module__]  # each pipeline's module has its own copy of both functions
    usual = {"base_image_seq_len": 256, "max_image_seq_len": 4096, "base_shift": 0.5, "max_shift": 1.15}
    mu = library.calculate_shift(tokens, *(pipe.scheduler.config.get(name, value) for name, value in usual.items()))
    sigmas = np.linspace(1.0, 1 / steps, steps)
    return library.retrieve_timesteps(pipe.scheduler, steps, pipe._execution_device, sigmas=sigmas, mu=mu)[0]
