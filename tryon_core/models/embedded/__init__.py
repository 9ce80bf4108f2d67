"""A try-on (`warp`), a judge that measures (`measure`), a segmenter (`cutout`): real, small, without torch."""

# Of what each has besides our own code; words and faces are read only where their packages are installed.
LICENCES = {
    "cutout": "Apache-2.0 (pose and face landmark models)",
    "warp": "Apache-2.0 (pose and face landmark models)",
    "measure": "Apache-2.0 (pose and face landmark models, PP-OCRv4), CC0-1.0 (dlib's face network)",
    "canny": "none: no model",
    "pose": "Apache-2.0 (pose landmark model)",
    "depth": "Apache-2.0 (pose landmark model)",
    "sharpen": "Apache-2.0 (pose and face landmark models)",
    "details": "Apache-2.0 (pose and face landmark models, PP-OCRv4)",
    "fill": "Apache-2.0 (OpenCV)",
    "classical-swap": "Apache-2.0 (pose and face landmark models), Boost (dlib's finder of faces)",
    "composite": "Apache-2.0 (pose and face landmark models), Boost (dlib's finder of faces)",
}
