"""Which model is where: device and number format of what is loaded."""

from ..errors import BadInput

DTYPES = ("bfloat16", "float32")


def placed(name: str, device: str = "", dtype: str = "") -> tuple[str, str]:
    """(device, dtype) as told, else cuda and bfloat16 where there is a GPU, cpu and float32 where there is none.

    raises   BadInput for another dtype, or for a GPU that is not there
    """
    import torch

    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    dtype = dtype or ("float32" if device == "cpu" else "bfloat16")
    if dtype not in DTYPES:
        raise BadInput(f"{name} runs in {' or '.join(DTYPES)}, got {dtype!r}")
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise BadInput(f"{name} was to be loaded on {device} and torch sees no GPU; leave device out or give 'cpu'")
    return device, dtype
