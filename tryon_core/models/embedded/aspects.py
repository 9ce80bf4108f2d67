"""What the measuring judge may ask for and the classical generator can change: the `aspect` of a Fix, with its unit."""

ASPECTS = {
    "length": "share of torso length; + the hem ends lower",
    "sleeve": "share of arm length; + the sleeves end nearer the hand",
    "width": "share of shoulder width; + the body of the garment is wider",
    "neckline": "share of shoulder width; + the neckline is deeper",
    "shift_down": "share of shoulder width; + the garment sits lower",
    "shift_right": "share of shoulder width; + the garment sits further right in the picture",
    "lightness": "CIELAB L*; + lighter",
    "chroma": "CIELAB C*ab; + more colourful",
    "sharpness": "share of detail contrast; + sharper",
    "shading": "share of the carried shading; + stronger folds and shadows",
    "edge": "pixels of feathering; + softer edge",
    "cover": "share of the old garment's area; + cover or clear more of it",
}

# How far a word without an amount goes ("longer"): as far as the measuring judge's bars let a garment be off, so that a
# step is seen, and one too many is noticed (bars of measures: parts.PARTS and SLEEVE_BAR, pattern.PLACE, appearance's
# LIGHTNESS and HUE, its DETAIL of 0.7 octaves as a factor of 1.6, outline.SOFT). No bar is about shading or cover: half
# of all there is. Units as above.
STEPS = {
    "length": 0.11,
    "sleeve": 0.10,
    "width": 0.13,
    "neckline": 0.12,
    "shift_down": 0.11,
    "shift_right": 0.11,
    "lightness": 9.0,
    "chroma": 7.0,
    "sharpness": 0.6,
    "shading": 0.5,
    "edge": 2.0,
    "cover": 0.5,
}


def unit_of(aspect: str) -> str:
    return ASPECTS[aspect].split(";")[0]
