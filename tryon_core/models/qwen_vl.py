"""Qwen3-VL judges in process: JSON that is true to its schema, several samples in one batch."""

import importlib.util
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from ..constraints import Rubric
from ..errors import BadReply, MissingWeights
from ..images import digest
from ..records import Judgement, ModelCard, Sample
from ..rubrics import RUBRICS
from .kept import Kept, tensor_bytes
from .memory import judging_bytes, parts_of
from .placing import placed_model
from .reply import SAMPLE_PICTURES, instructions, pictures, read_reply, reply_model, unread, wish_of
from .residency import DTYPES, WHOLE, decide, placed
from .weights import find

MAX_NEW_TOKENS = 600  # all findings at their longest are about 500


@dataclass(frozen=True)
class Question:
    """One conversation as tokens. Shapes: T tokens, V patches of all pictures, n pictures.

    start   where the candidate begins: what lies before is the same for every attempt of a sample
    """

    ids_1T: Any
    types_1T: Any
    positions_31T: Any
    patches_VC: Any
    grids_n3: Any
    start: int
    key: tuple  # of what lies before `start`

    @property
    def given_patches(self) -> int:
        return int(self.grids_n3[:SAMPLE_PICTURES].prod(-1).sum())


class QwenVL:
    """Asks a Qwen-VL model about one picture or many; greedy, so the same question gets the same answer.

    Rubric, person and garment are read once a sample: their keys and values are kept for its later attempts.

    max_new_tokens  a reply is cut off there, and then unscored
    keep_gib        how much may be kept, on the model's device, in GiB
    """

    def __init__(
        self,
        model: Any,
        processor: Any,
        card: ModelCard,
        rubric: Rubric,
        *,
        max_new_tokens: int = MAX_NEW_TOKENS,
        keep_gib: float = 4.0,
    ):
        import xgrammar

        self.model, self.processor, self.card, self.rubric = model, processor, card, rubric
        self.max_new_tokens, self.given = max_new_tokens, Kept(int(keep_gib * 2**30), tensor_bytes)
        told = xgrammar.TokenizerInfo.from_huggingface(
            processor.tokenizer,
            vocab_size=model.config.get_text_config().vocab_size,  # padded: more than the tokenizer has
            stop_token_ids=[processor.tokenizer.eos_token_id],
        )
        self.grammar = xgrammar.GrammarCompiler(told).compile_json_schema(
            reply_model(rubric), any_whitespace=False, strict_mode=True
        )

    def __call__(self, sample: Sample, image: Image.Image) -> Judgement:
        """Judge one picture; what cannot be read is unscored with the reason, and the reply is kept."""
        return self.batch([(sample, image)])[0]

    def batch(self, calls: Sequence[tuple[Sample, Image.Image]]) -> list[Judgement]:
        """One judgement a call; calls whose given part has the same length are decoded together."""
        return [self._read(text) for text in self.replies(calls)]

    def replies(self, calls: Sequence[tuple[Sample, Image.Image]]) -> list[str]:
        """What the model writes, JSON of the reply's schema unless it was cut off."""
        import torch

        with torch.inference_mode():
            questions = [self._question(*call) for call in calls]
            buckets: defaultdict[int, list[int]] = defaultdict(list)
            for number, question in enumerate(questions):
                buckets[question.start].append(number)
            said: dict[int, str] = {}
            for numbers in buckets.values():
                said |= dict(zip(numbers, self._decoded([questions[number] for number in numbers]), strict=True))
        return [said[number] for number in range(len(calls))]

    def conversation(self, sample: Sample, image: Image.Image) -> list[dict]:
        """Rubric, then the sample's pictures, then the candidate's, then the wish."""
        shown = [{"type": "image", "image": picture} for picture in pictures(sample, image)]
        rubric, wish = ({"type": "text", "text": text} for text in (instructions(self.rubric), wish_of(sample)))
        return [{"role": "user", "content": [rubric, *shown, wish]}]

    def _question(self, sample: Sample, image: Image.Image) -> Question:
        inputs = self.processor.apply_chat_template(
            self.conversation(sample, image),
            tokenize=True,
            add_generation_prompt=True,
            return_dict=True,
            return_tensors="pt",
        ).to(self.model.device)
        ids, grids, types = inputs["input_ids"], inputs["image_grid_thw"], inputs["mm_token_type_ids"]
        positions, _ = self.model.model.get_rope_index(
            ids, image_grid_thw=grids, attention_mask=inputs["attention_mask"], mm_token_type_ids=types
        )
        begins = (ids[0] == self.model.config.vision_start_token_id).nonzero().ravel()
        return Question(
            ids_1T=ids,
            types_1T=types,
            positions_31T=positions,
            patches_VC=inputs["pixel_values"].to(self.model.dtype),
            grids_n3=grids,
            start=int(begins[SAMPLE_PICTURES]),
            key=tuple(digest(sample.images[role]) for role in ("person", "garment")),
        )

    def _read_given(self, question: Question) -> list[tuple]:
        """(keys, values) a layer of what lies before the candidate."""
        from transformers import DynamicCache

        cache, start = DynamicCache(config=self.model.config.get_text_config()), question.start
        self.model(
            input_ids=question.ids_1T[:, :start],
            mm_token_type_ids=question.types_1T[:, :start],
            position_ids=question.positions_31T[..., :start],
            pixel_values=question.patches_VC[: question.given_patches],
            image_grid_thw=question.grids_n3[:SAMPLE_PICTURES],
            past_key_values=cache,
            logits_to_keep=1,
        )
        return [(layer.keys, layer.values) for layer in cache.layers]

    def _decoded(self, questions: Sequence[Question]) -> list[str]:
        """Greedy replies under the grammar, to questions whose given parts have the same length.

        The rest of each question is padded on the left, between what is given and the candidate; padding is masked."""
        import torch
        from transformers import DynamicCache

        given = [self.given.get(one.key, lambda one=one: self._read_given(one)) for one in questions]
        cache = DynamicCache(config=self.model.config.get_text_config())
        for number, rows in enumerate(zip(*given, strict=True)):
            cache.update(*(torch.cat([row[part] for row in rows]) for part in (0, 1)), number)
        start = questions[0].start
        rests = [one.ids_1T.shape[1] - start for one in questions]
        padded = [(start, max(rests) - rest, one) for rest, one in zip(rests, questions, strict=True)]
        mask_BT = torch.stack([_mask(*row) for row in padded])
        positions_3BT = torch.cat([_behind(one.positions_31T, start, pad) for _, pad, one in padded], dim=1)
        logits_BV = self.model(
            input_ids=torch.cat([_behind(one.ids_1T, start, pad) for _, pad, one in padded]),
            mm_token_type_ids=torch.cat([_behind(one.types_1T, start, pad) for _, pad, one in padded]),
            position_ids=positions_3BT,
            attention_mask=mask_BT,
            pixel_values=torch.cat([one.patches_VC[one.given_patches :] for one in questions]),
            image_grid_thw=torch.cat([one.grids_n3[SAMPLE_PICTURES:] for one in questions]),
            past_key_values=cache,
            logits_to_keep=1,
        ).logits[:, -1]
        last_B = torch.stack([one.positions_31T.max() for one in questions])
        return self._written(logits_BV, cache, mask_BT, last_B)

    def _written(self, logits_BV: Any, cache: Any, mask_BT: Any, last_B: Any) -> list[str]:
        """One token a step for every row that has not ended; the grammar leaves only tokens that fit the schema."""
        import torch
        import xgrammar

        count, stop = len(last_B), self.processor.tokenizer.eos_token_id
        matchers = [xgrammar.GrammarMatcher(self.grammar) for _ in range(count)]
        allowed = xgrammar.allocate_token_bitmask(count, logits_BV.shape[-1])
        said: list[list[int]] = [[] for _ in range(count)]
        for step in range(1, self.max_new_tokens + 1):
            for row, matcher in enumerate(matchers):
                if not matcher.is_terminated():
                    matcher.fill_next_token_bitmask(allowed, row)
            xgrammar.apply_token_bitmask_inplace(logits_BV, allowed.to(logits_BV.device))
            tokens_B = logits_BV.argmax(-1)
            for row, (matcher, token) in enumerate(zip(matchers, tokens_B.tolist(), strict=True)):
                if not matcher.is_terminated():
                    matcher.accept_token(token)
                    said[row] += [token] if token != stop else []
            if step == self.max_new_tokens or all(matcher.is_terminated() for matcher in matchers):
                break
            mask_BT = torch.cat([mask_BT, torch.ones_like(mask_BT[:, :1])], dim=1)
            logits_BV = self.model(
                input_ids=tokens_B[:, None],
                position_ids=(last_B + step).expand(3, count)[..., None],
                attention_mask=mask_BT,
                past_key_values=cache,
            ).logits[:, -1]
        return self.processor.tokenizer.batch_decode(said, skip_special_tokens=True)

    def _read(self, text: str) -> Judgement:
        try:
            return read_reply(text, self.rubric)
        except BadReply as e:
            return unread(self.rubric, text, str(e))


def _behind(values: Any, start: int, pad: int) -> Any:
    """What lies behind `start` along the last axis, `pad` zeros in front of it."""
    import torch

    return torch.nn.functional.pad(values[..., start:], (pad, 0))


def _mask(start: int, pad: int, question: Question) -> Any:
    """1 where there is a token, 0 on the padding between what is given and the rest."""
    import torch

    mask_T = torch.ones(pad + question.ids_1T.shape[1], dtype=torch.long, device=question.ids_1T.device)
    mask_T[start : start + pad] = 0
    return mask_T


def build(
    name: str,
    *,
    rubric: Rubric = RUBRICS["default"],
    weights: str = "",
    revision: str = "",
    device: str = "",
    dtype: str = "",
    memory_gb: float = 0,
    policy: str = "",
    at_once: int = 1,
    max_new_tokens: int = MAX_NEW_TOKENS,
    keep_gib: float = 4.0,
    attention: str = "",
) -> QwenVL:
    """A Qwen3-VL judge on a device.

    weights, revision  as weights.find takes them
    device, dtype  as residency.placed takes them
    memory_gb, policy  as residency.decide takes them: a bound, and how to keep it
    at_once  samples of a batch that room is left for
    max_new_tokens, keep_gib  as for QwenVL; less is kept where there is less room
    attention  of transformers: 'sdpa', 'eager', 'flash_attention_2'
    raises   MissingWeights; BadInput
    """
    from transformers import AutoProcessor, Qwen3VLForConditionalGeneration

    if importlib.util.find_spec("xgrammar") is None:
        raise MissingWeights(f"{name} needs xgrammar for replies that are true to their schema; run `make setup`")
    device, dtype = placed(name, device, dtype)
    without_video()
    checkpoint = find(name, weights, revision)
    plan = decide(
        name,
        parts_of(checkpoint.folder),
        judging_bytes(checkpoint.folder, at_once=at_once, dtype_bytes=DTYPES[dtype]),
        device=device,
        dtype=dtype,
        policies=WHOLE,
        policy=policy,
        memory_gb=memory_gb,
        keep_bytes=int(keep_gib * 2**30),
    )
    model = placed_model(Qwen3VLForConditionalGeneration, checkpoint.folder, plan, attention=attention)
    processor = AutoProcessor.from_pretrained(checkpoint.folder)
    chosen = {"attention": attention} if attention else {}
    card = checkpoint.card(dtype=dtype, max_new_tokens=max_new_tokens, policy=plan.policy, **chosen)
    return QwenVL(model, processor, card, rubric, max_new_tokens=max_new_tokens, keep_gib=plan.keep_bytes / 2**30)


def without_video() -> None:
    """Let the Qwen-VL processors load without torchvision: they want a video processor, which needs it; we have none.

    The class stays the same, so that AutoProcessor and saved folders work."""
    if importlib.util.find_spec("torchvision") is not None:
        return
    from transformers import Qwen3VLProcessor

    Qwen3VLProcessor.get_attributes = classmethod(lambda cls: ["image_processor", "tokenizer"])
