"""What is said about masks: a score, and what cleaning did."""

from ....pictures.masking.mask_cleaning import CleanedMask
from ....roles import Mask


def score_words(mask: Mask) -> str:
    """The segmenter's name for it, where it has one, and its own estimate."""
    return ", ".join(filter(None, (mask.label, "no score" if mask.score is None else f"score {mask.score:.2f}")))


def cleaned_words(clean: CleanedMask) -> list[str]:
    """A sentence for the whole and one for each step that changed something."""
    changed = [change for change in clean.changes if change.added_px or change.removed_px]
    return [
        f"Refined, the mask covers {clean.mask_HW.mean():.1%} of the picture.",
        *(f"{one.step}: {one.sentence} (+{one.added_px:,}, -{one.removed_px:,} pixels)" for one in changed),
    ]
