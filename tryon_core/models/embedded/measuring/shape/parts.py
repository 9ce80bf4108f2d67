"""The parts of a garment's fit: how each is judged, what is said of it, and what would mend it."""

from dataclasses import dataclass

from .....records import Region
from ..scale import Bar, Reading, fix


@dataclass(frozen=True, kw_only=True)
class Part:
    """How one part of the fit is judged and mended.

    says    a sentence with places for the size of the difference and for one of `ways`
    ways    (too little, too much)
    mend    (what to ask for where it is too little, and where it is too much)
    aspect  the parameter that moves it
    part    which of several things that this parameter moves: 'left', 'right', 'hem'
    """

    bar: Bar
    says: str
    ways: tuple[str, str]
    mend: tuple[str, str]
    aspect: str
    part: str = ""

    def reading(self, name: str, off: float, region: Region | None, mended: float | None = None) -> Reading:
        """A signed difference (positive is too much) as a reading of its size.

        mended  the part of it that a correction takes back, where that is not all
        """
        much = bool(off > 0)
        return Reading(
            name=name,
            value=abs(off),
            bar=self.bar,
            region=region,
            says=self.says.format(f"{abs(off):.1%}", self.ways[much]),
            fixes=(fix(self.mend[much], self.aspect, -(off if mended is None else mended), self.part),),
        )


# Bars above the largest differences of the 49 tuning true pictures of upper garments, all of the wearer's size: hem
# 0.072, neckline 0.107, width 0.119, width at the hem 0.116, middle 0.019, sleeves 0.084; and of the 6 of dresses,
# trousers and skirts: hem or legs 0.076, hips 0.098, width at the hem 0.125; with room for real garments, whose
# photographs do not tell their size; 2026-11.
SHOULDERS, TORSO, ARM = "share of shoulder width", "share of torso length", "share of arm length"
_LENGTH = ("make the garment longer, as in its photograph", "make the garment shorter, as in its photograph")
_WIDTH = Bar(unit=SHOULDERS, good=0.06, bar=0.13, bad=0.45)
PARTS = {
    "hem": Part(
        bar=Bar(unit=TORSO, good=0.05, bar=0.11, bad=0.40),
        aspect="length",
        says="the hem ends {} of the torso length too {}",
        ways=("high", "low"),
        mend=_LENGTH,
    ),
    "neckline": Part(
        bar=Bar(unit=SHOULDERS, good=0.05, bar=0.12, bad=0.42),
        aspect="neckline",
        says="the neckline ends {} of the shoulder width too {}",
        ways=("high", "low"),
        mend=(
            "make the neckline deeper, as in the garment photograph",
            "make the neckline shallower, as in the garment photograph",
        ),
    ),
    "width": Part(
        bar=_WIDTH,
        aspect="width",
        says="the body of the garment is {} of the shoulder width too {}",
        ways=("narrow", "wide"),
        mend=("make the body of the garment wider", "make the body of the garment narrower"),
    ),
    "hem_width": Part(
        bar=_WIDTH,
        aspect="width",
        part="hem",
        says="at the hem the garment is {} of the shoulder width too {}",
        ways=("narrow", "wide"),
        mend=("make the garment wider at the hem", "make the garment narrower at the hem"),
    ),
    "middle": Part(
        bar=Bar(unit=SHOULDERS, good=0.015, bar=0.04, bad=0.20),
        aspect="shift_right",
        says="the garment sits {} of the shoulder width too far to the {}",
        ways=("left", "right"),
        mend=("move the garment to the right", "move the garment to the left"),
    ),
}
SLEEVE_BAR = Bar(unit=ARM, good=0.05, bar=0.10, bad=0.40)
LOWER_PARTS = {
    "waist": Part(
        bar=Bar(unit=SHOULDERS, good=0.08, bar=0.16, bad=0.5),
        aspect="shift_down",
        says="the waistband sits {} of the shoulder width too {}",
        ways=("high", "low"),
        mend=("let the waistband sit lower", "let the waistband sit higher"),
    ),
    "hem": PARTS["hem"],
    "width": Part(
        bar=_WIDTH,
        aspect="width",
        says="at the hips the garment is {} of the shoulder width too {}",
        ways=("narrow", "wide"),
        mend=("make the garment wider at the hips", "make the garment narrower at the hips"),
    ),
    "hem_width": PARTS["hem_width"],
    "middle": PARTS["middle"],
}


def sleeve_part(side: str) -> Part:
    """One sleeve; `side` is the wearer's: right or left."""
    return Part(
        bar=SLEEVE_BAR,
        aspect="sleeve",
        part=side,
        ways=("short", "long"),
        says=f"the {side} sleeve is {{}} of the arm length too {{}}",
        mend=(
            f"make the {side} sleeve longer, as in the garment photograph",
            f"make the {side} sleeve shorter, as in the garment photograph",
        ),
    )


def bare_arm_part(side: str) -> Part:
    """The same for a garment without sleeves, which leaves nothing to lengthen or shorten."""
    bare = f"leave the {side} arm bare: the garment has no sleeves"
    return Part(
        bar=SLEEVE_BAR,
        aspect="",
        part=side,
        ways=("", ""),
        mend=(bare, bare),
        says=f"the garment has no sleeves and covers {{}} of the {side} arm{{}}",
    )


def leg_part(side: str) -> Part:
    """One leg of trousers; `side` is the wearer's: right or left."""
    return Part(
        bar=PARTS["hem"].bar,
        aspect="length",
        part=side,
        ways=("high", "low"),
        says=f"the {side} leg ends {{}} of the torso length too {{}}",
        mend=(
            f"make the {side} leg longer, as in the photograph",
            f"make the {side} leg shorter, as in the photograph",
        ),
    )
