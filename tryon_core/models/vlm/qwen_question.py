"""Questions with pictures as tokens, and a batch of them read into the model, to be answered token by token.

Shapes: B questions, T tokens, V patches of all pictures, C numbers of a patch, n pictures, W words of the vocabulary.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...rubrics.rules import Rubric
from .asking import PART_SHARE, instructions, shared_of

WISH_TOKENS = 512  # left for the wish, which is not known when a model is loaded: about 2,000 characters of English
LONGEST_SHAPE = 8  # longer side over shorter; Klein draws none that is longer
KeysValues = list[tuple[Any, Any]]  # a layer's keys and values of what was read


@dataclass(frozen=True)
class Question:
    """One conversation as tokens.

    given   how many of the first pictures other questions share
    start   where the first picture behind those begins; what lies before it is read once and kept. 0: nothing is shared
    key     of what lies before `start`
    """

    ids_1T: Any
    types_1T: Any
    positions_31T: Any
    patches_VC: Any  # None where nothing is shown
    grids_n3: Any
    given: int = 0
    start: int = 0
    key: tuple = ()

    @property
    def given_patches(self) -> int:
        return int(self.grids_n3[: self.given].prod(-1).sum()) if self.given else 0


def as_question(
    model: Any, processor: Any, content: list[dict], *, given: int | None = None, key: tuple = ()
) -> Question:
    """The tokens of a user's message.

    content  of transformers' chat templates: {'type': 'image', 'image': ...} and {'type': 'text', 'text': ...}
    given    how many of the first pictures are shared, and the words before them; None: nothing is
    """
    inputs = processor.apply_chat_template(
        [{"role": "user", "content": content}],
        tokenize=True,
        add_generation_prompt=True,
        return_dict=True,
        return_tensors="pt",
    ).to(model.device)
    ids, grids, types = inputs["input_ids"], inputs.get("image_grid_thw"), inputs["mm_token_type_ids"]
    positions, _ = model.model.get_rope_index(
        ids, image_grid_thw=grids, attention_mask=inputs["attention_mask"], mm_token_type_ids=types
    )
    begins = (ids[0] == model.config.vision_start_token_id).nonzero().ravel()
    return Question(
        ids_1T=ids,
        types_1T=types,
        positions_31T=positions,
        patches_VC=None if grids is None else inputs["pixel_values"].to(model.dtype),
        grids_n3=grids,
        given=given or 0,
        start=0 if given is None else int(begins[given]),
        key=key,
    )


def read_given(model: Any, question: Question) -> KeysValues:
    """What the model makes of all that lies before `start`."""
    from transformers import DynamicCache

    cache, start = DynamicCache(config=model.config.get_text_config()), question.start
    model(
        input_ids=question.ids_1T[:, :start],
        mm_token_type_ids=question.types_1T[:, :start],
        position_ids=question.positions_31T[..., :start],
        pixel_values=question.patches_VC[: question.given_patches] if question.given else None,
        image_grid_thw=question.grids_n3[: question.given] if question.given else None,
        past_key_values=cache,
        logits_to_keep=1,
    )
    return [(layer.keys, layer.values) for layer in cache.layers]


class Reading:
    """A batch of questions as far as the model has read them.

    logits_BW  float (B, W), what it would write next
    """

    def __init__(self, model: Any, questions: Sequence[Question], given: Sequence[KeysValues] = ()):
        """Read the questions; those in one batch have the same `start`.

        given  what `read_given` made of each question's beginning, where it has one

        The rest of each question is padded on the left, between what is given and what is not; padding is masked.
        """
        import torch
        from transformers import DynamicCache

        self.model, start = model, questions[0].start
        self.cache = DynamicCache(config=model.config.get_text_config())
        for number, rows in enumerate(zip(*given, strict=True)):
            self.cache.update(*(torch.cat([row[part] for row in rows]) for part in (0, 1)), number)
        longest = max(question.ids_1T.shape[1] for question in questions)
        padded = [(question, longest - question.ids_1T.shape[1]) for question in questions]
        shown = [question for question in questions if question.patches_VC is not None]
        self.mask_BT = torch.stack([_mask(*row) for row in padded])
        self.next_B = torch.stack([question.positions_31T.max() + 1 for question in questions])
        self.logits_BW = model(
            input_ids=torch.cat([_behind(question.ids_1T, start, pad) for question, pad in padded]),
            mm_token_type_ids=torch.cat([_behind(question.types_1T, start, pad) for question, pad in padded]),
            position_ids=torch.cat([_behind(question.positions_31T, start, pad) for question, pad in padded], dim=1),
            attention_mask=self.mask_BT,
            pixel_values=torch.cat([question.patches_VC[question.given_patches :] for question in shown])
            if shown
            else None,
            image_grid_thw=torch.cat([question.grids_n3[question.given :] for question in shown]) if shown else None,
            past_key_values=self.cache,
            logits_to_keep=1,
        ).logits[:, -1]

    def repeat(self, times: int) -> None:
        """From here on each question has `times` rows, one behind the other, to be answered in as many ways."""
        self.cache.batch_repeat_interleave(times)
        self.mask_BT, self.next_B, self.logits_BW = (
            tensor.repeat_interleave(times, dim=0) for tensor in (self.mask_BT, self.next_B, self.logits_BW)
        )

    def write(self, tokens_B: Any) -> None:
        """Read one more token of each row."""
        self.logits_BW = self.if_written(tokens_B, keep=True)

    def if_written(self, tokens_B: Any, *, keep: bool = False) -> Any:
        """float (B, W): what would come after one more token of each row; nothing is read unless `keep`."""
        import torch

        mask_BT = torch.cat([self.mask_BT, torch.ones_like(self.mask_BT[:, :1])], dim=1)
        logits_BW = self.model(
            input_ids=tokens_B[:, None],
            position_ids=self.next_B.expand(3, len(self.next_B))[..., None],
            attention_mask=mask_BT,
            past_key_values=self.cache,
        ).logits[:, -1]
        if keep:
            self.mask_BT, self.next_B = mask_BT, self.next_B + 1
        else:
            self.cache.crop(-1)  # takes how many to drop, as a negative number
        return logits_BW


def _behind(values: Any, start: int, pad: int) -> Any:
    """What lies behind `start` along the last axis, `pad` zeros in front of it."""
    import torch

    return torch.nn.functional.pad(values[..., start:], (pad, 0))


def _mask(question: Question, pad: int) -> Any:
    """1 where there is a token, 0 on the padding between what is given and the rest."""
    import torch

    mask_T = torch.ones(pad + question.ids_1T.shape[1], dtype=torch.long, device=question.ids_1T.device)
    mask_T[question.start : question.start + pad] = 0
    return mask_T


def judged_tokens(processor: Any, rubric: Rubric, *, max_pixels: int, max_new_tokens: int) -> tuple[int, int]:
    """The most tokens of one question of a judge, for a sample with all pictures that the rubric shows: (what the
    attempts share, the rest with its reply).

    Words of the rubric are counted by the tokenizer, every picture at its largest with the two tokens around it; the
    rest also has WISH_TOKENS and max_new_tokens. A wish that is longer takes more.
    """
    roles = [shown.role for shown in rubric.shows]
    words = [{"type": "text", "text": instructions(rubric, roles)}]
    around = processor.apply_chat_template([{"role": "user", "content": words}], add_generation_prompt=True)
    whole, crop = (picture_tokens(processor.image_processor, int(max_pixels * share)) + 2 for share in (1, PART_SHARE))
    each = [whole + crop * len(shown.crops) for shown in rubric.shows]
    shared = len(shared_of(rubric, roles))
    counted = len(processor.tokenizer(around)["input_ids"])
    return counted + sum(each[:shared]), sum(each[shared:]) + WISH_TOKENS + max_new_tokens


def longest_question(processor: Any, words: str, shown: int, *, max_pixels: int, max_new_tokens: int) -> int:
    """The most tokens of a question of these words and `shown` pictures, with a wish of WISH_TOKENS, and its reply."""
    asked = [{"role": "user", "content": [{"type": "text", "text": words}]}]
    around = processor.apply_chat_template(asked, add_generation_prompt=True)
    each = picture_tokens(processor.image_processor, max_pixels) + 2
    return len(processor.tokenizer(around)["input_ids"]) + shown * each + WISH_TOKENS + max_new_tokens


def picture_tokens(looks: Any, max_pixels: int) -> int:
    """The most tokens of a picture with up to `max_pixels` and a shape up to LONGEST_SHAPE : 1.

    A token is f = patch_size x merge_size pixels wide and high. The processor rounds both sides to multiples of f,
    unless the area is then outside its bounds: (h/f + 1/2)(w/f + 1/2) tokens, at most longest_edge / f^2 of them; a
    small picture is enlarged until its area is shortest_edge, its sides rounded up (transformers' smart_resize).
    """
    side = looks.patch_size * looks.merge_size
    both = math.sqrt(LONGEST_SHAPE) + 1 / math.sqrt(LONGEST_SHAPE)  # (h + w) / sqrt(h w) of the longest shape
    rounded = max_pixels / side**2 + both / 2 * math.sqrt(max_pixels) / side + 1 / 4
    enlarged = looks.size["shortest_edge"] / side**2 + both * math.sqrt(looks.size["shortest_edge"]) / side + 1
    return math.floor(max(min(rounded, looks.size["longest_edge"] / side**2), enlarged))
