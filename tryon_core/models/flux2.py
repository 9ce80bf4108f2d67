"""FLUX.2 Klein draws: person and garment as references, four steps, different pairs in one batch.

The pipeline's own parts are called one after the other instead of its `__call__`, which shares one reference list over
a batch and encodes it at every call. What depends on the references alone outlives a call here: their latents and, for
the KV checkpoint, their keys and values in every layer (references attend to references only, at a fixed timestep 0).

Shapes: B samples; L text tokens; R reference tokens; N tokens of the drawn picture; C channels of a token; D of a word.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from ..errors import BadInput
from ..images import digest
from ..records import EditRequest, ModelCard
from .frame import MULTIPLE_PX, cropped, fitted, padded
from .kept import Kept, tensor_bytes
from .latent_noise import latent_noise
from .memory import drawing_bytes, parts_of
from .placing import pipeline_quantization, place_pipeline
from .redraw import literal, opened, program
from .residency import DTYPES, decide, placed
from .specs import SPECS, TOY
from .weights import find

STEPS, GUIDANCE = 4, 1.0  # the distilled checkpoints' own; model card of FLUX.2-klein
TEXT_TOKENS = 512  # the encoder always pads to it, and the transformer sees the padding: it is part of the model
_GIB = 2**30


@dataclass(frozen=True)
class References:
    """The references of a batch, as the transformer takes them.

    latents_BRC, ids_BR4  tokens and their positions
    key                   one a sample: digests and sizes, in order
    """

    latents_BRC: Any
    ids_BR4: Any
    keys: tuple


class Flux2Klein:
    """Draws images[0]'s person with the other images as references; any number of requests in one batch.

    The picture has the size of images[0], or of settings.size; over 1 megapixel it is scaled down, its aspect ratio
    kept. Sides that are no multiples of 16 are continued at the border for the model and cut again.

    pipe        Flux2KleinPipeline, or Flux2KleinKVPipeline for the KV checkpoint
    keep_bytes  how much of references and words may be kept between calls, on the pipeline's device
    """

    def __init__(self, pipe: Any, card: ModelCard, *, steps: int = STEPS, keep_bytes: int = 8 * _GIB):
        self.pipe, self.card, self.steps = pipe, card, steps
        self.keeps_keys = type(pipe).__name__ == "Flux2KleinKVPipeline"
        self.words = Kept(keep_bytes // 8, tensor_bytes)
        self.latents = Kept(keep_bytes // 8, tensor_bytes)
        self.keys = Kept(keep_bytes * 3 // 4, tensor_bytes)

    def __call__(self, request: EditRequest) -> Image.Image:
        """RGB. raises BadInput for what cannot be honoured."""
        return self.batch([(request,)])[0]

    def batch(self, calls: Sequence[tuple[EditRequest]]) -> list[Image.Image]:
        """One picture a request; requests whose pictures have the same sizes are drawn together."""
        import torch

        requests = [request for (request,) in calls]
        buckets: defaultdict[tuple, list[int]] = defaultdict(list)
        for number, request in enumerate(requests):
            self.check(request)
            buckets[_layout(request)].append(number)
        drawn: dict[int, Image.Image] = {}
        with torch.inference_mode():
            for (size, *_), numbers in buckets.items():
                pictures = self._draw([requests[number] for number in numbers], size)
                drawn |= dict(zip(numbers, pictures, strict=True))
        return [drawn[number] for number in range(len(requests))]

    def check(self, request: EditRequest) -> None:
        """raises BadInput for what this model cannot honour, before a weight is touched"""
        settings, name = request.settings, self.card.name
        asked = [
            word
            for word, given in (
                ("guidance", settings.guidance not in (None, GUIDANCE)),
                ("strength", settings.strength is not None),
                ("negative_prompt", bool(settings.negative_prompt)),
                ("mask", request.mask is not None),
                ("control", request.control is not None),
            )
            if given
        ]
        if asked:
            raise BadInput(f"{name} is distilled and cannot honour {', '.join(asked)}; leave them out")
        if not request.images:
            raise BadInput(f"{name} needs a picture to edit, and got none")
        for image in request.images:
            if max(image.size) > 8 * min(image.size):
                raise BadInput(
                    f"{name} takes pictures up to 8 times as long as wide, got {image.width} x {image.height}"
                )
        if (tokens := self._tokens(request.prompt)) > TEXT_TOKENS:
            raise BadInput(f"{name} reads {TEXT_TOKENS} tokens of words and got {tokens}; say less")

    # ---- one bucket --------------------------------------------------------------------------------------------------

    def _draw(self, requests: Sequence[EditRequest], size: tuple[int, int]) -> list[Image.Image]:
        """All of one layout: words, references, noise, denoising, decoding."""
        import torch

        pipe, transformer = self.pipe, self.pipe.transformer
        width, height = (side + -side % MULTIPLE_PX for side in size)
        words_BLD = torch.cat([self._words(request.prompt) for request in requests])
        references = self._references(requests)
        shape = (1, transformer.config.in_channels, height // MULTIPLE_PX, width // MULTIPLE_PX)
        noise = torch.cat([latent_noise(request.noise, shape) for request in requests])
        latents_BNC, ids_BN4 = pipe.prepare_latents(
            batch_size=len(requests),
            num_latents_channels=transformer.config.in_channels // 4,
            height=height,
            width=width,
            dtype=words_BLD.dtype,
            device=pipe._execution_device,
            generator=None,
            latents=noise,
        )
        steps = requests[0].settings.steps or self.steps
        latents_BNC = self._denoised(latents_BNC, ids_BN4, words_BLD, references, steps)
        return [cropped(picture, size) for picture in self._decoded(latents_BNC, (width, height))]

    def _denoised(self, latents_BNC, ids_BN4, words_BLD, references: References, steps: int):
        """Flow matching by the pipeline's scheduler, the references beside the picture at every step."""
        import numpy as np
        from diffusers.pipelines.flux2.pipeline_flux2_klein import compute_empirical_mu, retrieve_timesteps

        scheduler, told = self.pipe.scheduler, {"encoder_hidden_states": words_BLD, "guidance": None}
        told["txt_ids"] = self.pipe._prepare_text_ids(words_BLD).to(latents_BNC.device)
        mu = compute_empirical_mu(image_seq_len=latents_BNC.shape[1], num_steps=steps)
        timesteps, _ = retrieve_timesteps(
            scheduler, steps, latents_BNC.device, sigmas=np.linspace(1.0, 1 / steps, steps), mu=mu
        )
        scheduler.set_begin_index(0)
        predict = self._with_keys(references, told) if self.keeps_keys else self._beside(references, told)
        for t in timesteps:
            flow_BNC = predict(latents_BNC, ids_BN4, t.expand(len(latents_BNC)).to(latents_BNC.dtype) / 1000)
            latents_BNC = scheduler.step(flow_BNC, t, latents_BNC, return_dict=False)[0]
        return latents_BNC

    def _beside(self, references: References, told: dict[str, Any]):
        """The plain checkpoints: references are tokens behind the picture's own, at every step."""
        import torch

        def predict(latents_BNC, ids_BN4, timestep_B):
            tokens = torch.cat([latents_BNC, references.latents_BRC], dim=1).to(self.pipe.transformer.dtype)
            ids = torch.cat([ids_BN4, references.ids_BR4], dim=1)
            flow = self.pipe.transformer(
                hidden_states=tokens, img_ids=ids, timestep=timestep_B, return_dict=False, **told
            )[0]
            return flow[:, : latents_BNC.shape[1]]

        return predict

    def _with_keys(self, references: References, told: dict[str, Any]):
        """The KV checkpoint: keys and values of the references were computed once, the picture attends to them."""
        cache = self._joined([self._keys_of(references, row, told) for row in range(len(references.keys))], references)

        def predict(latents_BNC, ids_BN4, timestep_B):
            return self.pipe.transformer(
                hidden_states=latents_BNC.to(self.pipe.transformer.dtype),
                img_ids=ids_BN4,
                timestep=timestep_B,
                kv_cache=cache,
                kv_cache_mode="cached",
                return_dict=False,
                **told,
            )[0]

        return predict

    def _keys_of(self, references: References, row: int, told: dict[str, Any]) -> list:
        """(key, value) of one sample's references in every layer, kept by what they show.

        They are always extracted alone and beside one empty token, so that the same references give the same bytes
        whatever they are drawn with."""
        import torch

        def extract():
            latents_1RC, ids_1R4 = references.latents_BRC[row : row + 1], references.ids_BR4[row : row + 1]
            one = {name: value[:1] if value is not None else None for name, value in told.items()}
            _, cache = self.pipe.transformer(
                hidden_states=torch.cat([latents_1RC, torch.zeros_like(latents_1RC[:, :1])], dim=1),
                img_ids=torch.cat([ids_1R4, torch.zeros_like(ids_1R4[:, :1])], dim=1),
                timestep=torch.zeros(1, dtype=latents_1RC.dtype, device=latents_1RC.device),
                kv_cache_mode="extract",
                num_ref_tokens=latents_1RC.shape[1],
                return_dict=False,
                **one,
            )
            return [(layer.k_ref, layer.v_ref) for layer in (*cache.double_block_caches, *cache.single_block_caches)]

        return self.keys.get(references.keys[row], extract)

    def _joined(self, rows: Sequence[list], references: References):
        """The samples' keys and values as one cache of the transformer's own class."""
        import torch
        from diffusers.models.transformers.transformer_flux2 import Flux2KVCache

        config = self.pipe.transformer.config
        cache = Flux2KVCache(config.num_layers, config.num_single_layers)
        cache.num_ref_tokens = references.latents_BRC.shape[1]
        for number, layer in enumerate((*cache.double_block_caches, *cache.single_block_caches)):
            layer.store(*(torch.cat([row[number][part] for row in rows]) for part in (0, 1)))
        return cache

    # ---- words, references, pictures ---------------------------------------------------------------------------------

    def _tokens(self, prompt: str) -> int:
        messages = [{"role": "user", "content": prompt}]
        text = self.pipe.tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=True, enable_thinking=False
        )
        return len(self.pipe.tokenizer(text)["input_ids"])

    def _words(self, prompt: str):
        """(1, L, D), kept by the text."""
        return self.words.get(
            prompt, lambda: self.pipe.encode_prompt(prompt=[prompt], max_sequence_length=TEXT_TOKENS)[0]
        )

    def _references(self, requests: Sequence[EditRequest]) -> References:
        import torch

        keys = [tuple((digest(image), image.size) for image in request.images) for request in requests]
        rows = [
            self.latents.get(key, lambda request=request: self._encoded(request))
            for key, request in zip(keys, requests, strict=True)
        ]
        return References(torch.cat([row[0] for row in rows]), torch.cat([row[1] for row in rows]), tuple(keys))

    def _encoded(self, request: EditRequest) -> tuple:
        """Tokens (1, R, C) and positions (1, R, 4) of one request's references, by the VAE."""
        pipe = self.pipe
        pictures = [padded(fitted(image)) for image in request.images]
        pixels = [pipe.image_processor.preprocess(one, height=one.height, width=one.width) for one in pictures]
        return pipe.prepare_image_latents(
            images=pixels,
            batch_size=1,
            generator=None,
            device=pipe._execution_device,
            dtype=pipe.vae.dtype,
        )

    def _decoded(self, latents_BNC, size: tuple[int, int]) -> list[Image.Image]:
        """Latents to RGB pictures; the VAE's own batch normalisation is undone first."""
        pipe, (width, height) = self.pipe, size
        rows, columns = height // MULTIPLE_PX, width // MULTIPLE_PX
        latents = latents_BNC.transpose(1, 2).unflatten(2, (rows, columns))  # tokens lie row by row
        norm = pipe.vae.bn
        mean, std = (one.view(1, -1, 1, 1).to(latents) for one in (norm.running_mean, _std(norm, pipe.vae.config)))
        latents = pipe._unpatchify_latents(latents * std + mean)
        pixels = pipe.vae.decode(latents.to(pipe.vae.dtype), return_dict=False)[0]
        return pipe.image_processor.postprocess(pixels, output_type="pil")


def _std(norm: Any, config: Any):
    return (norm.running_var + config.batch_norm_eps).sqrt()


def _layout(request: EditRequest) -> tuple:
    """What must be equal for requests to share a batch: drawn size, steps, and the references' sizes in order."""
    size = request.settings.size or fitted(request.images[0]).size
    return (size, request.settings.steps, *(fitted(image).size for image in request.images))


# ---- building --------------------------------------------------------------------------------------------------------


def build(
    name: str,
    *,
    weights: str = "",
    revision: str = "",
    device: str = "",
    dtype: str = "",
    memory_gb: float = 0,
    policy: str = "",
    at_once: int = 1,
    keep_gib: float = 8.0,
    tiling: bool = False,
    compile: bool = False,
    attention: str = "",
) -> Flux2Klein:
    """A Klein pipeline on a device.

    weights, revision  as weights.find takes them
    device, dtype  as residency.placed takes them
    memory_gb, policy  as residency.decide takes them: a bound, and how to keep it
    at_once   samples of a batch that room is left for
    keep_gib  what may be kept between calls of words and references, in GiB; less where there is less room
    tiling, compile, attention  as placing.place_pipeline takes them
    raises    MissingWeights; BadInput
    """
    import diffusers
    import torch

    device, dtype = placed(name, device, dtype)
    checkpoint = find(name, weights, revision)
    keeps_keys = name.endswith("-kv")
    working = drawing_bytes(
        checkpoint.folder, at_once=at_once, dtype_bytes=DTYPES[dtype], keeps_keys=keeps_keys, tiling=tiling
    )
    plan = decide(
        name,
        parts_of(checkpoint.folder),
        working,
        device=device,
        dtype=dtype,
        policy=policy,
        memory_gb=memory_gb,
        keep_bytes=int(keep_gib * _GIB),
    )
    kind = diffusers.Flux2KleinKVPipeline if keeps_keys else diffusers.Flux2KleinPipeline
    pipe = kind.from_pretrained(
        checkpoint.folder, dtype=getattr(torch, dtype), use_safetensors=True, **pipeline_quantization(plan)
    )
    place_pipeline(pipe, plan, tiling=tiling, compile=compile, attention=attention)
    pipe.set_progress_bar_config(disable=True)
    chosen = {"tiling": tiling, "compile": compile, "attention": attention}
    card = checkpoint.card(
        steps=STEPS,
        guidance=GUIDANCE,
        dtype=dtype,
        policy=plan.policy,
        **{key: told for key, told in chosen.items() if told},
    )
    return Flux2Klein(pipe, card, keep_bytes=plan.keep_bytes)


def as_code(name: str, request: Mapping[str, Any], run_url: str) -> str:
    """The attempt again, drawn by diffusers alone; see models.as_code.

    raises   BadInput for noise with steps, or several sizes of pictures, which the pipeline itself does not take
    """
    noise = request["noise"]
    if noise["steps"]:
        raise BadInput(f"attempts of {name} from noise with steps cannot be written with diffusers alone")
    spec, kind = SPECS[name.removeprefix(TOY)], "Flux2KleinKVPipeline" if name.endswith("-kv") else "Flux2KleinPipeline"
    where = f"toy_folder({literal(spec.family)})" if name.startswith(TOY) else literal(spec.repo)
    names = ["person", "garment", *(f"reference_{i}" for i in range(3, len(request["images"]) + 1))]
    needed, lines = opened(dict(zip(names, request["images"], strict=False)), run_url)
    shown, steps = ", ".join(names[: len(request["images"])]), request["settings"]["steps"] or STEPS
    told = [
        f"image=[{shown}]",
        f"prompt={literal(request['prompt'])}",
        "height=height",
        "width=width",
        f"num_inference_steps={steps}",
        *([] if name.endswith("-kv") else [f"guidance_scale={GUIDANCE}"]),
        "latents=latents",
    ]
    lines += [
        'device, dtype = ("cuda", torch.bfloat16) if torch.cuda.is_available() else ("cpu", torch.float32)',
        f"pipe = {kind}.from_pretrained({where}, dtype=dtype).to(device)",
        "width, height = (side // 16 * 16 for side in person.size)  # sides that are no multiples of 16 are cut here",
        "shape = (1, pipe.transformer.config.in_channels, height // 16, width // 16)",
        f"latents = torch.randn(shape, generator=torch.Generator().manual_seed({int(noise['seed'])}))",
        "picture = pipe(\n    " + ",\n    ".join(told) + ",\n).images[0]",
    ]
    toy = ["from tryon_core.models.toy import toy_folder"] if name.startswith(TOY) else []
    return program([*needed, "import torch", f"from diffusers import {kind}", *toy], lines)
