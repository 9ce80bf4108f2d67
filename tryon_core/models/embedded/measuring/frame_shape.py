"""body_and_pose, its part about the picture's own shape: a frame that is wider or higher shows a stretched person.

The candidate is looked at resized to the photograph, which takes any stretching back; so the two sizes are compared.
"""

from .scale import Bar, Reading, fix

# A generator that rounds both sides to whole multiples of MULTIPLE_PX is within half of one of each; all else beyond
# two in a hundred can be seen on a face. 2026-11.
ASPECT = Bar(unit="share of the aspect ratio", good=0.005, bar=0.02, bad=0.10)
MULTIPLE_PX = 16

Size = tuple[int, int]  # width, height in pixels


def frame_shape(photo: Size, drawn: Size) -> list[Reading]:
    """How far the drawn picture's width to height is from the photograph's; nothing where the sizes are the same."""
    if photo == drawn:
        return []
    wider = 1.0 if rounded_from(photo, drawn) else drawn[0] * photo[1] / (drawn[1] * photo[0])
    off, way = max(wider, 1 / wider) - 1, "wider for its height" if wider > 1 else "higher for its width"
    keep = f"keep the photograph's frame of {photo[0]} to {photo[1]}: no stretching, no cropping, no bars"
    return [
        Reading(
            name="frame_shape",
            value=off,
            bar=ASPECT,
            says=f"the frame is {off:.1%} {way} than the photograph's",
            fixes=(fix(keep),),
        )
    ]


def rounded_from(photo: Size, drawn: Size) -> bool:
    """Whether the sizes differ by a scale and by rounding both sides to whole multiples of MULTIPLE_PX alone."""
    if any(side % MULTIPLE_PX for side in drawn):
        return False
    half = MULTIPLE_PX / 2
    least = max((to - half) / of for of, to in zip(photo, drawn, strict=True))
    most = min((to + half) / of for of, to in zip(photo, drawn, strict=True))
    return least <= most
