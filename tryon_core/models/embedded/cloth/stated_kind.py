"""What a person says that a garment is, beside what its outline looks like: which of the two decides."""

from typing import Literal

from ....errors import Refused
from .keypoints import Keypoints
from .kind import Kind

Stated = Literal["upper", "dress", "trousers", "skirt", "lower"]  # lower: trousers or a skirt, as the outline says
# In the singular, in small letters, without spaces, '-' and '_'. A coat or a tunic may be as long as a dress, and a
# jumpsuit is none of these: what is not here says nothing, and the outline decides.
_WORDS: dict[Stated, str] = {
    "upper": "upper upperbody top shirt tshirt tee teeshirt blouse polo poloshirt tanktop tank camisole croptop "
    "sweater pullover jumper sweatshirt hoodie cardigan jacket blazer vest waistcoat longsleeve henley knitwear",
    "dress": "dress gown sundress maxidress minidress",
    "trousers": "trouser pant jean legging short chino slack jogger sweatpant",
    "skirt": "skirt miniskirt maxiskirt",
    "lower": "lower lowerbody bottom",
}
_KINDS: dict[str, Stated] = {word: kind for kind, words in _WORDS.items() for word in words.split()}


def stated_kind(garment_type: str) -> Stated | None:
    """The kind that a person's word names; None for a word that names none of them."""
    word = "".join(letter for letter in garment_type.lower() if letter.isalnum())
    return next(
        (_KINDS[form] for form in (word, word.removesuffix("s"), word.removesuffix("es")) if form in _KINDS), None
    )


def decided(seen: Kind, garment_type: str, keypoints: Keypoints) -> Kind:
    """The kind to take the garment for: the stated one wherever a garment of that outline could be one.

    A top can be as long as a dress and a dress as short as a top, a dress without sleeves has a skirt's outline, and
    legs that touch in the picture hide that a garment is a pair of trousers. What has sleeves is worn on no leg, and
    what is open between two legs is neither a top, a dress nor a skirt.

    seen         as the outline looks
    garment_type the person's word; '' where nothing is said
    raises       Refused 'garment_type_differs'
    """
    stated = stated_kind(garment_type)
    if stated is None or stated == seen or (stated == "lower" and seen in ("trousers", "skirt")):
        return seen
    sleeved = keypoints.sleeves != (None, None)
    if seen == "trousers" and stated != "lower":
        raise _differs(garment_type, "open from the hem up to its middle, as trousers are")
    if sleeved and stated in ("trousers", "skirt", "lower"):
        raise _differs(garment_type, f"of {'two sleeves' if all(keypoints.sleeves) else 'a sleeve'}, as {_A[seen]} has")
    return "skirt" if stated == "lower" else stated


_A = {"upper": "a top", "dress": "a dress", "skirt": "a top", "trousers": "a jacket"}


def _differs(garment_type: str, looks: str) -> Refused:
    return Refused(
        "garment_type_differs",
        f"garment_type says {garment_type!r}, but the outline of the garment is {looks}; correct garment_type, leave "
        "it out, or give a picture that shows the whole garment from the front",
    )
