"""What the folder of each kind of large model must hold, before anything of it is loaded."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What a folder in the hub's layout must hold: for some of it the libraries would quietly take something else.

    files  globs, each with at least one match; '|' between two of which one will do
    kind   (file, key in it, what its value begins with): which class the weights are for
    others  values that begin like it and are of other classes
    """

    files: tuple[str, ...]
    kind: tuple[str, str, str]
    others: tuple[str, ...] = ()


_TOKENIZER = "tokenizer/tokenizer.json|tokenizer/vocab.json"
_TOKENIZER_2 = "tokenizer_2/tokenizer.json|tokenizer_2/spiece.model"


def _pipeline(kind: str, *parts: str, tokenizers: tuple[str, ...] = (_TOKENIZER,)) -> Layout:
    """Of a pipeline with these components; those of Stable Diffusion 1.5 are without the safety checker, which is not
    loaded."""
    weights = (f"{part}/{one}" for part in parts for one in ("config.json", "*.safetensors"))
    return Layout(
        files=("model_index.json", "scheduler/scheduler_config.json", *tokenizers, *weights),
        kind=("model_index.json", "_class_name", kind),
    )


def _flux1(kind: str) -> Layout:
    parts = ("text_encoder", "text_encoder_2", "transformer", "vae")
    return _pipeline(kind, *parts, tokenizers=(_TOKENIZER, _TOKENIZER_2))


def _model(kind: str, *more: str, key: str = "model_type", others: tuple[str, ...] = ()) -> Layout:
    """Of one model, which its configuration calls `kind`."""
    return Layout(files=("config.json", "*.safetensors", *more), kind=("config.json", key, kind), others=others)


LAYOUTS = {
    "flux2-klein": _pipeline("Flux2Klein", "text_encoder", "transformer", "vae"),
    "qwen3-vl": Layout(
        files=(
            "config.json",
            "*.safetensors",
            "tokenizer.json|vocab.json",
            "processor_config.json|preprocessor_config.json",
        ),
        kind=("config.json", "model_type", "qwen3_vl"),
        others=("qwen3_vl_moe", "qwen3_vl_text"),
    ),
    "editscore": Layout(
        files=("adapter_config.json", "adapter_model.safetensors"), kind=("adapter_config.json", "peft_type", "LORA")
    ),
    "sam2": _model("sam2", others=("sam2_vision_model", "sam2_hiera_det_model")),
    "sd15": _pipeline("StableDiffusionPipeline", "text_encoder", "unet", "vae"),
    "sd15-inpainting": _pipeline("StableDiffusionInpaintPipeline", "text_encoder", "unet", "vae"),
    "controlnet-sd15": _model("ControlNetModel", key="_class_name"),
    "depth-anything": _model("depth_anything", "preprocessor_config.json"),
    "sam3": _model(
        "sam3", "tokenizer.json|vocab.json", others=("sam3_tracker", "sam3_tracker_video", "sam3_lite_text")
    ),
    "segformer-clothes": _model("segformer"),
    "flux1-dev": _flux1("FluxPipeline"),
    "flux1-schnell": _flux1("FluxPipeline"),
    "flux1-control": _flux1("FluxControl"),
    "flux1-fill": _flux1("FluxFillPipeline"),
    "flux1-redux": Layout(
        files=(
            "model_index.json",
            "feature_extractor/preprocessor_config.json",
            *(f"image_{part}/{file}" for part in ("encoder", "embedder") for file in ("config.json", "*.safetensors")),
        ),
        kind=("model_index.json", "_class_name", "FluxPriorReduxPipeline"),
    ),
    "swin2sr": _model("swin2sr"),
}
