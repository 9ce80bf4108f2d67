"""A toy Qwen3-VL that was taught a few answers by heart, each to one question with its pictures.

Its body stays random: only the output layer is fitted, to what the body makes of each question and answer. So a whole
answer it was taught shows that the question, pictures included, reached it as it was asked.
"""

import base64
from pathlib import Path

from tryon_core.images import from_png
from tryon_core.models.toy import toy_folder
from tryon_core.models.vlm.qwen_processor import qwen_processor

STEPS, RATE = 600, 0.1  # of Adam; the loss is then about 0.01


def taught_folder(folder: Path, dialogues: list[tuple[list[dict], str]]) -> Path:
    """The toy's folder with its output layer fitted.

    dialogues  (messages as a judge sends them to a server, the answer to the last of them)
    """
    import torch
    from transformers import Qwen3VLForConditionalGeneration

    model = Qwen3VLForConditionalGeneration.from_pretrained(toy_folder("qwen3-vl"), dtype=torch.float32)
    processor = qwen_processor().from_pretrained(toy_folder("qwen3-vl"))
    with torch.no_grad():
        learned = [_hidden_and_next(model, processor, *dialogue) for dialogue in dialogues]
    hidden_TD, next_T = (torch.cat(parts) for parts in zip(*learned, strict=True))
    weight_WD = torch.nn.Parameter(model.lm_head.weight.detach().clone())
    adam = torch.optim.Adam([weight_WD], lr=RATE)
    for _ in range(STEPS):
        adam.zero_grad()
        torch.nn.functional.cross_entropy(hidden_TD @ weight_WD.T, next_T).backward()
        adam.step()
    model.lm_head.weight.data = weight_WD.data
    model.generation_config.eos_token_id = processor.tokenizer.eos_token_id  # where `generate` ends; the toy never ends
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def _hidden_and_next(model, processor, messages, answer):
    """float (T, D) of the body before each token of the answer, and int (T,) those tokens."""
    import torch

    template = {"tokenize": True, "add_generation_prompt": True, "return_dict": True, "return_tensors": "pt"}
    inputs = processor.apply_chat_template([_with_pictures(one) for one in messages], **template)
    said_1T = torch.tensor([[*processor.tokenizer(answer)["input_ids"], processor.tokenizer.eos_token_id]])
    for key, tail in (("input_ids", said_1T), ("attention_mask", said_1T * 0 + 1), ("mm_token_type_ids", said_1T * 0)):
        inputs[key] = torch.cat([inputs[key], tail], dim=1)
    return model.model(**inputs).last_hidden_state[0, -said_1T.shape[1] - 1 : -1], said_1T[0]


def _with_pictures(message: dict) -> dict:
    """A message as the library's chat templates take it, its pictures decoded from what goes over the wire."""
    if isinstance(message["content"], str):
        return message
    return {**message, "content": [_part(part) for part in message["content"]]}


def _part(part: dict) -> dict:
    if part["type"] != "image_url":
        return part
    return {"type": "image", "image": from_png(base64.b64decode(part["image_url"]["url"].partition(",")[2]))}
