"""What the toys have alike: the words they know, the tokenizers of CLIP and Qwen, weights spread wider."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

WORDS = 32  # width of a word
KNOWN = """
a an the of on in with and or no not to its is as at by from for same other this that one two person woman man model
wearing wears wear given garment everything else stays it cloth clothes clothing outfit fashion photo photograph picture
studio light lighting soft natural white plain background high quality detailed sharp focus professional catalogue
front view standing full body pose face hands hair skin shirt tee top blouse dress skirt trousers jeans jacket coat
sweater hoodie vest tank sleeve sleeves sleeveless long short collar neck neckline hem waist button buttons zip pocket
logo text print printed pattern solid stripes striped horizontal vertical diagonal checks checked dots dotted floral
complex texture smooth fine coarse woven knitted cotton denim wool silk linen leather fabric red orange yellow green
blue navy teal purple violet pink brown beige grey gray black dark pale light bright vivid muted cream ivory gold silver
low worst blurry distorted deformed bad anatomy extra limbs fingers watermark cropped duplicate ugly artefacts jpeg
make more less longer shorter wider narrower darker lighter keep remove add change
"""
_CHAT = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{% if message.content is string %}{{ message.content }}{% else %}{% for item in message.content %}"
    "{% if item.type == 'image' %}<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ item.text }}{% endif %}"
    "{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_SPECIAL = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
)


def clip_tokenizer() -> Any:
    """CLIP's own class. A word of KNOWN is one token, as for the true one; any other is spelt."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
    from transformers import CLIPTokenizer

    raw = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    raw.normalizer, raw.pre_tokenizer = normalizers.Lowercase(), pre_tokenizers.ByteLevel(add_prefix_space=False)
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=3000,
        initial_alphabet=letters,
        end_of_word_suffix="</w>",
        special_tokens=["<|startoftext|>", "<|endoftext|>"],
        show_progress=False,
    )
    raw.train_from_iterator(KNOWN.split(), trainer)
    trained = json.loads(raw.to_str())["model"]
    vocabulary = dict(trained["vocab"])
    for letter in letters:
        vocabulary.setdefault(letter + "</w>", len(vocabulary))
    return CLIPTokenizer(vocab=vocabulary, merges=[tuple(merge) for merge in trained["merges"]], model_max_length=77)


def clip_config(tokenizer: Any) -> Any:
    """Of a CLIP text encoder for the words of `tokenizer`."""
    from transformers import CLIPTextConfig

    return CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=WORDS,
        intermediate_size=37,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=77,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )


def qwen_tokenizer() -> Any:
    """A byte-level tokenizer of Qwen's class, trained on a few words here; every text can be written with it."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import Qwen2Tokenizer

    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    corpus = ["The person wears the given garment; everything else stays as it is. Make the sleeves longer."] * 4
    trainer = trainers.BpeTrainer(
        vocab_size=455,
        special_tokens=list(_SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    raw.train_from_iterator([*corpus, *"0123456789"], trainer)
    trained = json.loads(raw.to_str())["model"]
    tokenizer = Qwen2Tokenizer(
        vocab=trained["vocab"],
        merges=[tuple(merge) for merge in trained["merges"]],
        eos_token=_SPECIAL[2],
        pad_token=_SPECIAL[0],
        unk_token=None,
        additional_special_tokens=list(_SPECIAL[3:]),
        model_max_length=4096,
    )
    tokenizer.chat_template = _CHAT
    return tokenizer


def as_sure_as_the_true_one(last: Any) -> None:
    """Latents as large as the noise, and hardly any doubt about them: of the encoder's last layer the first half is the
    mean, the rest the logarithm of the variance."""
    import torch

    half = len(last.weight) // 2
    with torch.no_grad():
        last.weight[:half].mul_(25)
        last.weight[half:].zero_()
        last.bias[half:].fill_(-30)


def spread(model: Any, factor: float) -> None:
    """Weights so many times as wide: with their usual start random ones hardly look at anything."""
    import torch

    with torch.no_grad():
        for weight in model.parameters():
            if weight.ndim > 1:
                weight.mul_(factor)


@contextmanager
def torch_seeded(seed: int) -> Iterator[None]:
    """Random numbers of their own while it lasts."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield
