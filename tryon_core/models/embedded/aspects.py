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
