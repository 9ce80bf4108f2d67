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
    family      which toy checkpoint stands in for it (models.toy), and what its folder must hold (device.layouts)
    parameters  of the whole pipeline, text encoder included, in billions
    source      where these facts were read
    beside      checkpoints that are loaded with it where no others are asked for
    by_hand     where its user puts files that are on no hub; nothing is downloaded
    converted   the command that makes its folder out of what is published, where that is no safetensors; then `repo`
                says who publishes it, and nothing is downloaded
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
    beside: tuple[str, ...] = ()
    converted: str = ""
    by_hand: str = ""


_KLEIN = "model card and facts of black-forest-labs/FLUX.2-klein; sizes from its public configuration"
_IN_FOLDERS = "*/*.safetensors"
_HALF_IN_FOLDERS = "[tuv]*/*.fp16.safetensors"  # of text_encoder, unet and vae, not of the safety checker
_CONVERT = "python -m tryon_core.models.scorers.convert"
_OPENRAIL = "CreativeML OpenRAIL-M (commercial use within its use restrictions)"
_INSIGHTFACE = "~/.insightface/models"
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
        Spec(
            name="editscore",
            repo="EditScore/EditScore-Qwen3-VL-8B-Instruct",
            licence="as its model card says (not read when this was written); its base is Apache-2.0",
            commercial=False,
            family="editscore",
            parameters=8.0,
            source="README and evaluation scripts of VectorSpaceLab/EditScore; size of its base",
            beside=("qwen3-vl-8b",),
        ),
        *(
            Spec(
                name=name,
                repo=f"stable-diffusion-v1-5/{repo}",
                licence=_OPENRAIL,
                commercial=True,
                family=family,
                weight_files=_HALF_IN_FOLDERS,
                parameters=1.4,
                source=f"model card of stable-diffusion-v1-5/{repo}; size with one ControlNet",
                beside=("sd15-control-pose",),
            )
            for name, repo, family in (
                ("sd15-controlnet", "stable-diffusion-v1-5", "sd15"),
                ("sd15-inpainting-controlnet", "stable-diffusion-inpainting", "sd15-inpainting"),
            )
        ),
        *(
            Spec(
                name=f"sd15-control-{kind}",
                repo=f"lllyasviel/{repo}",
                licence=_OPENRAIL,
                commercial=True,
                family="controlnet-sd15",
                weight_files="*.fp16.safetensors",
                parameters=0.36,
                source=f"model card of lllyasviel/{repo}",
            )
            for kind, repo in (
                ("canny", "control_v11p_sd15_canny"),
                ("pose", "control_v11p_sd15_openpose"),
                ("depth", "control_v11f1p_sd15_depth"),
            )
        ),
        Spec(
            name="depth-anything-v2-small",
            repo="depth-anything/Depth-Anything-V2-Small-hf",
            licence="Apache-2.0",  # of this size alone; the larger ones are CC-BY-NC-4.0
            commercial=True,
            family="depth-anything",
            parameters=0.025,
            source="model card of depth-anything/Depth-Anything-V2-Small-hf",
        ),
        *(
            Spec(
                name=f"sam2.1-{size}",
                repo=f"facebook/sam2.1-hiera-{size}",
                licence="Apache-2.0",
                commercial=True,
                family="sam2",
                parameters=parameters,
                source="README of facebookresearch/sam2, SAM 2.1 checkpoints",
            )
            for size, parameters in (("tiny", 0.0389), ("small", 0.046), ("base-plus", 0.0808), ("large", 0.2244))
        ),
        Spec(
            name="sam3",
            repo="facebook/sam3",
            licence="SAM License (Meta's own; read it before commercial use)",
            commercial=False,
            family="sam3",
            parameters=0.848,
            source="README of facebookresearch/sam3",
        ),
        Spec(
            name="segformer-clothes",
            repo="mattmdjaga/segformer_b2_clothes",
            licence="MIT; its base nvidia/mit-b2: NVIDIA Source Code License (non-commercial)",
            commercial=False,
            family="segformer-clothes",
            parameters=0.0274,
            source="model card of mattmdjaga/segformer_b2_clothes; licence of NVlabs/SegFormer",
        ),
        *(
            Spec(
                name=name,
                repo=f"black-forest-labs/{repo}",
                licence=licence,
                commercial=licence != _NON_COMMERCIAL,
                family=family,
                weight_files=_IN_FOLDERS,
                parameters=16.9,
                source=f"model card of black-forest-labs/{repo}; with T5-XXL's encoder, CLIP and VAE",
                beside=beside,
            )
            for name, repo, family, licence, beside in (
                ("flux1-dev", "FLUX.1-dev", "flux1-dev", _NON_COMMERCIAL, ()),
                ("flux1-schnell", "FLUX.1-schnell", "flux1-schnell", "Apache-2.0", ()),
                ("flux1-canny", "FLUX.1-Canny-dev", "flux1-control", _NON_COMMERCIAL, ("flux1-redux",)),
                ("flux1-depth", "FLUX.1-Depth-dev", "flux1-control", _NON_COMMERCIAL, ("flux1-redux",)),
                ("flux1-fill", "FLUX.1-Fill-dev", "flux1-fill", _NON_COMMERCIAL, ("flux1-redux",)),
            )
        ),
        Spec(
            name="flux1-redux",
            repo="black-forest-labs/FLUX.1-Redux-dev",
            licence=_NON_COMMERCIAL,
            commercial=False,
            family="flux1-redux",
            weight_files=_IN_FOLDERS,
            parameters=0.49,
            source="model card of black-forest-labs/FLUX.1-Redux-dev; SigLIP so400m's vision model and the embedder",
        ),
        *(
            Spec(
                name=name,
                repo=f"Qwen/{repo}",
                licence="Apache-2.0",
                commercial=True,
                family=name,
                weight_files=_IN_FOLDERS,
                parameters=28.9,
                source=f"model card of Qwen/{repo}; with Qwen2.5-VL-7B, its text encoder, and VAE",
            )
            for name, repo in (
                ("qwen-image-edit", "Qwen-Image-Edit"),
                ("qwen-image-edit-2509", "Qwen-Image-Edit-2509"),
                ("qwen-image-edit-2511", "Qwen-Image-Edit-2511"),
            )
        ),
        Spec(
            name="swin2sr-x2",
            repo="caidas/swin2SR-classical-sr-x2-64",
            licence="Apache-2.0",
            commercial=True,
            family="swin2sr",
            parameters=0.0121,
            source="model card of caidas/swin2SR-classical-sr-x2-64; size of its model.safetensors",
        ),
        Spec(
            name="sd15-refine",
            repo="stable-diffusion-v1-5/stable-diffusion-v1-5",
            licence=_OPENRAIL,
            commercial=True,
            family="sd15",
            weight_files=_HALF_IN_FOLDERS,
            parameters=1.07,
            source="model card of stable-diffusion-v1-5/stable-diffusion-v1-5",
        ),
        Spec(
            name="clip",
            repo="openai/clip-vit-large-patch14",
            licence="MIT (openai/CLIP; the model's card on the hub names none)",
            commercial=True,
            family="clip",
            weight_files="model.safetensors",
            parameters=0.428,
            source="model card of openai/clip-vit-large-patch14; licence of openai/CLIP",
        ),
        *(
            Spec(
                name=name,
                repo="richzhang/PerceptualSimilarity on GitHub",
                licence="BSD-2-Clause; its backbone's weights, torchvision's: BSD-3-Clause, trained on ImageNet",
                commercial=True,
                family=name,
                parameters=parameters,
                converted=f"{_CONVERT} {name} --backbone {backbone} --heads {heads} --output FOLDER",
                source="README of richzhang/PerceptualSimilarity; lpips 0.1.4 on PyPI; counted",
            )
            for name, parameters, backbone, heads in (
                ("lpips", 0.0147, "vgg16-397923af.pth", "lpips/weights/v0.1/vgg.pth"),
                ("lpips-alex", 0.00247, "alexnet-owt-7be5be79.pth", "lpips/weights/v0.1/alex.pth"),
            )
        ),
        Spec(
            name="inception-fid",
            repo="mseitzer/pytorch-fid on GitHub",
            licence="Apache-2.0",
            commercial=True,
            family="inception-fid",
            parameters=0.0218,
            converted=f"{_CONVERT} inception-fid --backbone pt_inception-2015-12-05-6726825d.pth --output FOLDER",
            source="README of mseitzer/pytorch-fid; counted without the classifier",
        ),
        Spec(
            name="aesthetic",
            repo="christophschuhmann/improved-aesthetic-predictor on GitHub",
            licence="Apache-2.0; CLIP's weights: MIT",
            commercial=True,
            family="aesthetic",
            parameters=0.429,
            beside=("clip",),
            converted=f"{_CONVERT} aesthetic --heads sac+logos+ava1-l14-linearMSE.pth --output FOLDER",
            source="README of christophschuhmann/improved-aesthetic-predictor; with CLIP ViT-L/14",
        ),
        Spec(
            name="image-reward",
            repo="THUDM/ImageReward",
            licence="Apache-2.0",
            commercial=True,
            family="image-reward",
            parameters=0.446,
            converted=f"{_CONVERT} image-reward --backbone ImageReward.pt --vocabulary vocab.txt --output FOLDER",
            source="README of THUDM/ImageReward; counted without the two projections that it does not use",
        ),
        *(
            Spec(
                name=name,
                repo="deepinsight/insightface on GitHub",
                licence="non-commercial research only (InsightFace's models; its code is MIT)",
                commercial=False,
                family="insightface",
                weight_files="*.onnx",
                parameters=parameters,
                by_hand=by_hand,
                source="README, model_zoo and examples/in_swapper of deepinsight/insightface; sizes of fp32 files",
            )
            for name, parameters, by_hand in (
                ("inswapper", 0.186, f"{_INSIGHTFACE}/inswapper_128.onnx and {_INSIGHTFACE}/buffalo_l"),
                ("arcface", 0.0478, f"{_INSIGHTFACE}/buffalo_l"),
            )
        ),
    )
}
