"""A toy of EditScore's adapter: random LoRA weights for the toy of its base, saved by peft."""

from pathlib import Path

BASE = "Qwen/Qwen3-VL-8B-Instruct"  # whose toy it is made for
SPREAD = 0.3  # of its random numbers: with peft's own start the toy hardly answers otherwise than its base


def build_editscore(folder: Path) -> None:
    """LoRA over the attention of Qwen3VLForConditionalGeneration's words."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import Qwen3VLForConditionalGeneration

    from ...toy import toy_folder

    base = Qwen3VLForConditionalGeneration.from_pretrained(toy_folder("qwen3-vl"))
    targets = r".*language_model.*\.(q_proj|k_proj|v_proj|o_proj)"
    config = LoraConfig(r=4, lora_alpha=8, target_modules=targets, task_type="CAUSAL_LM")
    model = get_peft_model(base, config)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "lora_" in name:
                weight.normal_(std=SPREAD)
    model.peft_config["default"].base_model_name_or_path = BASE
    model.save_pretrained(folder, safe_serialization=True, save_embedding_layers=False)
