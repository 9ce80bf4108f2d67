"""Decoding under a grammar, all rows of a batch together; and what the digits of a score were worth.

Shapes: B rows, W words of the vocabulary.
"""

from collections.abc import Callable, Sequence
from typing import Any

from ...errors import BadInput
from .qwen_question import Reading
from .qwen_sampling import Choose, most_probable

NEGLIGIBLE = 1e-5  # probability of a first digit 1 below which no 10 is looked for: at most 9 x this is lost
_DIGITS = [str(digit) for digit in range(10)]
_OF_NUMBERS = set(b'0123456789 ":,{}')  # what stands in and around a score in the reply


class Grammars:
    """Compiles schemas for one tokenizer."""

    def __init__(self, model: Any, tokenizer: Any):
        import xgrammar

        self.stop = tokenizer.eos_token_id
        self.tokenizer_info = xgrammar.TokenizerInfo.from_huggingface(
            tokenizer,
            vocab_size=model.config.get_text_config().vocab_size,  # padded: more than the tokenizer has
            stop_token_ids=[self.stop],
        )
        self._compiler = xgrammar.GrammarCompiler(self.tokenizer_info)

    def of(self, schema: Any, spaces: int = 0) -> Any:
        """The grammar of a pydantic class: JSON with one space after each colon and comma, nothing else around.

        spaces   over 0: in place of that, up to so many spaces or line breaks between any two marks
        """
        between = {"any_whitespace": True, "max_whitespace_cnt": spaces} if spaces else {"any_whitespace": False}
        return self._compiler.compile_json_schema(schema, strict_mode=True, **between)


Watch = Callable[[Reading, Sequence[Any], Sequence[Sequence[int]]], None]


def write(
    reading: Reading,
    grammar: Any,
    *,
    stop: int,
    max_new_tokens: int,
    watch: Watch | None = None,
    choose: Choose = most_probable,
) -> list[list[int]]:
    """One token a step, of those the grammar leaves, for every row that has not ended.

    choose   among them
    watch    called before each step with the reading, each row's matcher and its tokens so far
    returns  tokens of each row without `stop`; a row that needs more than `max_new_tokens` is cut off there
    """
    import xgrammar

    count, words = reading.logits_BW.shape
    matchers = [xgrammar.GrammarMatcher(grammar) for _ in range(count)]
    allowed = xgrammar.allocate_token_bitmask(count, words)
    rows: list[list[int]] = [[] for _ in range(count)]
    for step in range(1, max_new_tokens + 1):
        if watch:
            watch(reading, matchers, rows)
        for row, matcher in enumerate(matchers):
            if not matcher.is_terminated():
                matcher.fill_next_token_bitmask(allowed, row)
        xgrammar.apply_token_bitmask_inplace(reading.logits_BW, allowed.to(reading.logits_BW.device))
        tokens_B = choose(reading.logits_BW)
        for row, (matcher, token) in enumerate(zip(matchers, tokens_B.tolist(), strict=True)):
            if not matcher.is_terminated():
                matcher.accept_token(token)
                rows[row] += [token] if token != stop else []
        if step == max_new_tokens or all(matcher.is_terminated() for matcher in matchers):
            break
        reading.write(tokens_B)
    return rows


class Digits:
    """The tokens of a score's digits.

    raises   BadInput for a tokenizer that writes 10 or ' 7' as one token, since digits then have no odds of their own
    """

    def __init__(self, name: str, grammars: Grammars):
        self.text_of = grammars.tokenizer_info.decoded_vocab
        single = {text: token for token, text in enumerate(self.text_of) if len(text) == 1}
        merged = [text for text in self.text_of if len(text) > 1 and _holds_a_digit(text)]
        if merged or not all(digit.encode() in single for digit in _DIGITS):
            reason = f"has the token {merged[0].decode()!r}" if merged else "has no token for each digit"
            raise BadInput(f"{name} writes no digit on its own ({reason}); leave scores='written'")
        self.tokens = [single[digit.encode()] for digit in _DIGITS]


def _holds_a_digit(text: bytes) -> bool:
    return set(text) <= _OF_NUMBERS and any(48 <= byte <= 57 for byte in text)


class ExpectedScores:
    """Watches replies being written and works out the expected score of each constraint, E = sum of d x P(d), d 0-10,
    from the odds of the digits that the grammar allows (G-Eval, arXiv 2303.16634, section 2.2). Null has no part in it:
    P is of the numbers alone. 10 begins as 1 does: P(10) = P(1) P(0|1), read from what would follow a 1.

    values  of each row: constraint -> expected score; empty for one whose null was written in one token
    """

    def __init__(self, digits: Digits, keys: Sequence[str], count: int):
        self.digits, self.ends = digits, {key: f'"{key}": '.encode() for key in keys}
        self.longest = max(map(len, self.ends.values()))  # in tokens it is no longer than in bytes
        self.values: list[dict[str, float]] = [{} for _ in range(count)]

    def __call__(self, reading: Reading, matchers: Sequence[Any], written: Sequence[Sequence[int]]) -> None:
        at = {row: key for row, tokens in enumerate(written) if (key := self._about_to_score(tokens))}
        if not at:
            return
        odds = {row: reading.logits_BW[row, self.digits.tokens].float().softmax(-1) for row in at}
        tens = [row for row in at if odds[row][1] > NEGLIGIBLE]
        after_one = dict.fromkeys(at, 0.0) | self._zero_after_one(reading, matchers, tens)
        for row, key in at.items():
            one_digit = sum(digit * float(share) for digit, share in enumerate(odds[row]))
            self.values[row][key] = one_digit + 9 * float(odds[row][1]) * after_one[row]

    def _about_to_score(self, tokens: Sequence[int]) -> str:
        """The constraint whose score comes next; '' at any other place. No string in a reply can hold a quote, so a
        constraint's name in quotes, a colon and a space stand only there."""
        text = b"".join(self.digits.text_of[token] for token in tokens[-self.longest :])
        return next((key for key, end in self.ends.items() if text.endswith(end)), "")

    def _zero_after_one(self, reading: Reading, matchers: Sequence[Any], rows: Sequence[int]) -> dict[int, float]:
        """P(0|1) of the rows: one more step with a 1 in every row, taken back afterwards."""
        import torch
        import xgrammar

        if not rows:
            return {}
        one, zero = self.digits.tokens[1], self.digits.tokens[0]
        logits_BW = reading.if_written(torch.full_like(reading.next_B, one)).float()
        allowed = xgrammar.allocate_token_bitmask(*logits_BW.shape)
        for row in rows:
            matchers[row].accept_token(one)
            matchers[row].fill_next_token_bitmask(allowed, row)
            matchers[row].rollback(1)
        xgrammar.apply_token_bitmask_inplace(logits_BW, allowed.to(logits_BW.device))
        return {row: float(logits_BW[row].softmax(-1)[zero]) for row in rows}
