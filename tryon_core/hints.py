"""What a person says of a sample's pictures so that they are read rightly: words and points, set by hand."""

from functools import partial
from itertools import combinations
from operator import eq
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Mark = Literal["cloth", "not_cloth", "top", "lower", "skin", "keep"]
PICTURE_OF: dict[Mark, Literal["garment", "person"]] = {  # where its points lie
    "cloth": "garment",
    "not_cloth": "garment",
    "top": "person",
    "lower": "person",
    "skin": "person",
    "keep": "person",
}
MOST_POINTS = 24  # of one mark: a picture that needs more is cut out by hand sooner in another program
_SAME_PLACE = 0.01  # of a side: nearer points of two marks cannot both be meant

Share = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]
Point = tuple[Share, Share]  # (x, y) of a picture's width and height, from its upper left corner
Marked = Annotated[tuple[Point, ...], Field(min_length=1, max_length=MOST_POINTS)]
SAID_BY_POINTS = (
    "set by hand where a picture is read wrongly: what lies there -> a list of [x, y], as shares of the picture's "
    "width and height; cloth and not_cloth on the garment, top, lower, skin and keep on the person"
)


def _agreeing(points: dict[str, tuple[Point, ...]]) -> dict[str, tuple[Point, ...]]:
    """The points; a ValueError where two of them say different things about one place of a picture."""
    for one, other in combinations(points, 2):
        if PICTURE_OF[one] != PICTURE_OF[other]:
            continue
        for x, y in points[one]:
            if any(abs(x - u) < _SAME_PLACE and abs(y - v) < _SAME_PLACE for u, v in points[other]):
                raise ValueError(f"({x:g}, {y:g}) is said to be {one!r} and {other!r}; keep one")
    return points


Points = Annotated[dict[Mark, Marked], AfterValidator(_agreeing)]


class Hints(BaseModel):
    """How a person helps to read the pictures. No secret: flows and models see it, as they see the wish.

    garment_type  what the garment is, in the person's own word; '' where nothing is said
    points        what lies where: 'cloth' and 'not_cloth' in the picture of the garment, 'top', 'lower', 'skin' and
                  'keep' (it stays as photographed) in that of the person
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    garment_type: str = ""
    points: Points = {}

    def about(self, role: Literal["garment", "person"]) -> "Hints":
        """What is said of one of the pictures."""
        points = {mark: points for mark, points in self.points.items() if PICTURE_OF[mark] == role}
        return Hints(garment_type=self.garment_type if role == "garment" else "", points=points)


NO_HINTS = Hints()
nothing_said = partial(eq, NO_HINTS)  # of Hints: then no key and no record speaks of them
