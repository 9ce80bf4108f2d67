"""An attempt of FLUX.2 Klein as Python that draws it again with diffusers alone."""

from collections.abc import Mapping
from typing import Any

from ...errors import BadInput
from ..diffusion.redraw import literal, opened, program
from ..specs import SPECS, TOY
from .denoising import GUIDANCE, STEPS
from .flux2_masked import STRENGTH


def as_code(name: str, request: Mapping[str, Any], run_url: str) -> str:
    """The attempt again, drawn by diffusers alone; see models.as_code. A LoRA is not in it; beside a mask the pipeline
    crops several references to the first one's size, so those of other sizes draw another picture.

    raises   BadInput for noise with steps, which the pipeline itself does not take
    """
    if request["noise"]["steps"]:
        raise BadInput(f"attempts of {name} from noise with steps cannot be written with diffusers alone")
    spec, masked, keeps_keys = SPECS[name.removeprefix(TOY)], bool(request["mask"]), name.endswith("-kv")
    names = ["person", "garment", *(f"reference_{i}" for i in range(3, len(request["images"]) + 1))]
    shown = dict(zip(names, request["images"], strict=False))
    needed, lines = opened(shown | ({"mask": request["mask"]} if masked else {}), run_url)
    kind = _pipeline(masked, keeps_keys)
    where = f"toy_folder({literal(spec.family)})" if name.startswith(TOY) else literal(spec.repo)
    arguments = [
        *_pictures(list(shown), masked),
        f"prompt={literal(request['prompt'])}",
        *_settings(request["settings"], masked),
        *([] if keeps_keys else [f"guidance_scale={GUIDANCE}"]),
        f"generator=torch.Generator().manual_seed({int(request['noise']['seed'])})",
    ]
    lines += [
        'device, dtype = ("cuda", torch.bfloat16) if torch.cuda.is_available() else ("cpu", torch.float32)',
        f"pipe = {kind}.from_pretrained({where}, dtype=dtype).to(device)",
        f"# sides that are no multiples of 16 are {'scaled' if masked else 'cut'} here",
        "picture = pipe(\n    " + ",\n    ".join(arguments) + ",\n).images[0]",
    ]
    if masked:
        lines += ["picture = Image.composite(picture.resize(person.size), person, mask)  # outside it as it was"]
    imports = [*needed, "import torch", f"from diffusers import {kind}"]
    if name.startswith(TOY):
        imports += ["from tryon_core.models.toy import toy_folder"]
    if masked:
        imports += ["from PIL import Image"]
    return program(imports, lines)


def _pipeline(masked: bool, keeps_keys: bool) -> str:
    if masked:
        return "Flux2KleinInpaintPipeline"
    return "Flux2KleinKVPipeline" if keeps_keys else "Flux2KleinPipeline"


def _pictures(names: list[str], masked: bool) -> list[str]:
    if not masked:
        return [f"image=[{', '.join(names)}]"]
    references = [f"image_reference=[{', '.join(names[1:])}]"] if names[1:] else []
    return ["image=person", *references, "mask_image=mask"]


def _settings(settings: Mapping[str, Any], masked: bool) -> list[str]:
    """Steps, and what else was asked for: a size, and a mask's strength."""
    steps = f"num_inference_steps={settings['steps'] or STEPS}"
    if masked:
        strength = STRENGTH if settings["strength"] is None else settings["strength"]
        return [f"strength={strength}", steps]
    if settings["size"]:
        width, height = settings["size"]
        return [f"width={width}", f"height={height}", steps]
    return [steps]
