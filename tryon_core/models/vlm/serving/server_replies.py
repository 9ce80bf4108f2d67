"""What a model behind a server replied, and what that took of its tokens."""

from typing import NamedTuple

Price = float | dict[str, float] | None


class Tokens(NamedTuple):
    """What a server counted: tokens that its model read, and that it wrote; what it thought aloud was written too."""

    read: int
    written: int

    @property
    def total(self) -> int:
        return self.read + self.written

    def cost(self, price: Price) -> float | None:
        """Money, in the currency of the price per million tokens; None where there is no price.

        price   one number for both, or {"read": number, "written": number}
        """
        if price is None:
            return None
        each = price if isinstance(price, dict) else {"read": price, "written": price}
        return (self.read * each["read"] + self.written * each["written"]) / 1e6


class ServerReply(NamedTuple):
    """What a server answered.

    text     as the model wrote it; '' where it declined. What came as thinking alone stands behind '<think>'
    refusal  why it declined, '' where it did not
    cut_off  it used up its tokens
    tokens   None where the server does not say
    """

    text: str
    refusal: str = ""
    cut_off: bool = False
    tokens: Tokens | None = None


def total(*counts: Tokens | None) -> Tokens | None:
    """Of several questions; None where one of them was not counted."""
    if any(count is None for count in counts):
        return None
    return Tokens(sum(count.read for count in counts), sum(count.written for count in counts))


def is_count(value: object) -> bool:
    """Whether a server's word for a number of tokens is one."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53
