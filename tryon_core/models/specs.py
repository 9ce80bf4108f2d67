"""What is known of each large model before anything is loaded: frozen data, with its source."""

from dataclasses import dataclass

TOY = "toy:"  # in front of a name: the same class with small random weights


@dataclass(frozen=True, kw_only=True)
class Spec:
    """A published checkpoint.

    repo        its name on the model hub; a local folder in the same layout works wherever it does
    revision    commit, tag or branch of the repository. 'main', since no commit was read when this was written: a run
                records the commit that 'main' was when it was downloaded, and `load(..., revision=COMMIT)` pins it
    weight_files  glob of the weights. A pipeline's lie in its components' folders; the repository may hold them again
                as one file beside those, which is not asked for
    family      which toy checkpoint stands in for it (models.toy), and what its folder must hold (LAYOUTS)
    parameters  of the whole pipeline, text encoder included, in billions
    source      where these facts were read
    """

    name: str
    repo: str
    licence: str
    commercial: bool
    family: str
    parameters: float
    source: str
    revision: str = "main"
    weight_files: str = "*.safetensors"


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


LAYOUTS = {
    "flux2-klein": Layout(
        files=(
            "model_index.json",
            "scheduler/scheduler_config.json",
            "tokenizer/tokenizer.json|tokenizer/vocab.json",
            *(
                f"{part}/{one}"
                for part in ("text_encoder", "transformer", "vae")
                for one in ("config.json", "*.safetensors")
            ),
        ),
        kind=("model_index.json", "_class_name", "Flux2Klein"),
    ),
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
}

_KLEIN = "model card and facts of black-forest-labs/FLUX.2-klein; sizes from its public configuration"
_IN_FOLDERS = "*/*.safetensors"
_NON_COMMERCIAL = "FLUX Non-Commercial License"

SPECS = {
    spec.name: spec
    for spec in (
        Spec(
            name="flux2-klein-9b",
            repo="black-forest-labs/FLUX.2-klein-9B",
            licence=_NON_COMMERCIAL,
            commercial=False,
            family="flux2-klein",
            weight_files=_IN_FOLDERS,
            parameters=17.0,
            source=_KLEIN,
        ),
        Spec(
            name="flux2-klein-4b",
            repo="black-forest-labs/FLUX.2-klein-4B",
            licence="Apache-2.0",
            commercial=True,
            family="flux2-klein",
            weight_files=_IN_FOLDERS,
            parameters=8.0,
            source=_KLEIN,
        ),
        Spec(
            name="flux2-klein-9b-kv",
            repo="black-forest-labs/FLUX.2-klein-9b-kv",
            licence=_NON_COMMERCIAL,
            commercial=False,
            family="flux2-klein",
            weight_files=_IN_FOLDERS,
            parameters=17.0,
            source=_KLEIN,
        ),
        *(
            Spec(
                name=f"qwen3-vl-{size}b",
                repo=f"Qwen/Qwen3-VL-{size}B-Instruct",
                licence="Apache-2.0",
                commercial=True,
                family="qwen3-vl",
                parameters=float(size),
                source=f"model card of Qwen/Qwen3-VL-{size}B-Instruct",
            )
            for size in (32, 8, 4)
        ),
    )
}
