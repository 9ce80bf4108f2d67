"""Random weights in the layouts that are published: what scorers.convert is given. RandomState never changes."""

import numpy as np
import torch

from tryon_core.models.scorers.deep.inception_net import shapes
from tryon_core.models.scorers.linear_head import LAYERS

VGG = {0: 64, 2: 64, 5: 128, 7: 128, 10: 256, 12: 256, 14: 256, 17: 512, 19: 512, 21: 512, 24: 512, 26: 512, 28: 512}
ALEX = {0: 64, 3: 192, 6: 384, 8: 256, 10: 256}
WIDTHS = {"vgg": (64, 128, 256, 512, 512), "alex": (64, 192, 384, 256, 256)}


def random_tensors(shapes_by_key, seed):
    """float32; of a weight with two axes or more so wide that values keep about their size."""
    random = np.random.RandomState(seed)
    tensors = {}
    for key, shape in shapes_by_key.items():
        wide = np.sqrt(2 / np.prod(shape[1:])) if len(shape) > 1 else 0.1
        tensors[key] = torch.from_numpy((wide * random.standard_normal(shape)).astype(np.float32))
    return tensors


def backbone(kind, seed=1):
    """torchvision's VGG16 or AlexNet with a bit of a classifier, which LPIPS has no use for."""
    layers, inputs, found = (VGG if kind == "vgg" else ALEX), 3, {}
    for number, outputs in layers.items():
        side = {0: 11, 3: 5}.get(number, 3) if kind == "alex" else 3
        found |= {f"features.{number}.weight": (outputs, inputs, side, side), f"features.{number}.bias": (outputs,)}
        inputs = outputs
    return random_tensors({**found, "classifier.0.weight": (2, 2)}, seed)


def heads(kind, seed=2):
    """Those of the lpips wheel: positive."""
    keys = {f"lin{number}.model.1.weight": (1, width, 1, 1) for number, width in enumerate(WIDTHS[kind])}
    return {key: tensor.abs() for key, tensor in random_tensors(keys, seed).items()}


def inception(seed=3):
    """pytorch-fid's state dict: convolutions, their batch norms, the classifier."""
    keys = {}
    for layer, (inputs, outputs, kernel) in shapes().items():
        keys[f"{layer}.conv.weight"] = (outputs, inputs, *kernel)
        keys |= {f"{layer}.bn.{part}": (outputs,) for part in ("weight", "bias", "running_mean", "running_var")}
    tensors = random_tensors({**keys, "fc.weight": (1008, 2048), "fc.bias": (1008,)}, seed)
    for key, tensor in tensors.items():
        if key.endswith(("bn.weight", "running_var")):
            tensor.add_(1).abs_()
    return tensors


def aesthetic(width=768, seed=4):
    """LAION's head."""
    widths, keys = (width, 1024, 128, 64, 16, 1), {}
    for layer, inputs, outputs in zip(LAYERS, widths, widths[1:], strict=False):
        keys |= {f"{layer}.weight": (outputs, inputs), f"{layer}.bias": (outputs,)}
    return random_tensors(keys, seed)


def image_reward(vision=128, text=128, depth=2, words=60, seed=5):
    """BLIP's two encoders and the head, two attention heads each; pictures of 48 pixels."""
    keys = {"cls_token": (1, 1, vision), "pos_embed": (1, 10, vision)}
    keys |= _linear("patch_embed.proj", (vision, 3, 16, 16)) | _norm("norm", vision)
    for number in range(depth):
        block = f"blocks.{number}"
        keys |= _norm(f"{block}.norm1", vision) | _norm(f"{block}.norm2", vision)
        keys |= _linear(f"{block}.attn.qkv", (3 * vision, vision)) | _linear(f"{block}.attn.proj", (vision, vision))
        keys |= _linear(f"{block}.mlp.fc1", (4 * vision, vision)) | _linear(f"{block}.mlp.fc2", (vision, 4 * vision))
    found = {f"blip.visual_encoder.{key}": shape for key, shape in keys.items()}
    keys = {"embeddings.word_embeddings.weight": (words, text), "embeddings.position_embeddings.weight": (40, text)}
    keys |= _norm("embeddings.LayerNorm", text)
    for number in range(depth):
        layer = f"encoder.layer.{number}"
        for attention, seen in (("attention", text), ("crossattention", vision)):
            keys |= _linear(f"{layer}.{attention}.self.query", (text, text))
            keys |= _linear(f"{layer}.{attention}.self.key", (text, seen))
            keys |= _linear(f"{layer}.{attention}.self.value", (text, seen))
            keys |= _linear(f"{layer}.{attention}.output.dense", (text, text))
            keys |= _norm(f"{layer}.{attention}.output.LayerNorm", text)
        keys |= _linear(f"{layer}.intermediate.dense", (2 * text, text))
        keys |= _linear(f"{layer}.output.dense", (text, 2 * text)) | _norm(f"{layer}.output.LayerNorm", text)
    found |= {f"blip.text_encoder.{key}": shape for key, shape in keys.items()}
    tensors = random_tensors({**found, "blip.text_proj.weight": (4, text)}, seed)
    for key, tensor in tensors.items():
        if "norm" in key.lower() and key.endswith("weight"):
            tensor.add_(1)
    return tensors | {f"mlp.{key}": tensor for key, tensor in aesthetic(text, seed + 1).items()}


def _linear(name, shape):
    return {f"{name}.weight": shape, f"{name}.bias": shape[:1]}


def _norm(name, width):
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}


def vocabulary():
    """Words of a tokenizer for `image_reward`, 60 of them."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    pieces = (*letters, *(f"##{letter}" for letter in letters))
    return ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *pieces, "red", "shirt", "."]
