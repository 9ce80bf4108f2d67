"""Colours as the rest of the package expects them: sRGB, 8 bits, on white (a mask on black).

A colour profile (ICC) is followed by Little CMS, relative colorimetric with black point compensation, as browsers and
Photoshop do by default. A profile that is damaged, or made for another kind of picture, is left aside: the picture is
then taken for sRGB, as any without a profile is. PNG's gAMA, cHRM and cICP and what EXIF says of colours are not
looked at, as in most programs.
"""

import io
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

PROFILES_KEPT = 16  # transforms; the pictures of a run share a few profiles
SAME = 1  # of 255: a profile that changes no colour by more is sRGB written down by someone else


def on_ground(
    picture: Image.Image, profile: bytes, clear: bytes | None, bits: int, ground: str = "white"
) -> Image.Image:
    """A loaded picture of any mode as RGB in sRGB, what is transparent laid on a ground of one colour.

    profile  an ICC profile, or empty
    clear    PNG's tRNS chunk, or None; `bits` of a sample, as it counts them
    """
    colours, alpha = _separated(picture, clear, bits)
    srgb = in_srgb(colours, profile)
    if alpha is None or alpha.getextrema() == (255, 255):
        return srgb
    srgb.putalpha(alpha)
    return Image.alpha_composite(Image.new("RGBA", srgb.size, ground), srgb).convert("RGB")


def in_srgb(colours: Image.Image, profile: bytes) -> Image.Image:
    """RGB, L or CMYK as RGB in sRGB; pixel for pixel the same where the profile says nothing else."""
    transform = _transform(profile, colours.mode) if profile else None
    if transform is None:
        return colours.convert("RGB")
    seen = transform.apply(colours)
    seen.info.clear()
    return seen


def _separated(picture: Image.Image, clear: bytes | None, bits: int) -> tuple[Image.Image, Image.Image | None]:
    """(colours in 8 bits without alpha, mode RGB, L or CMYK; alpha in mode L, None where nothing is transparent)."""
    mode = picture.mode
    if mode in ("RGBA", "LA"):
        return picture.convert("RGB" if mode == "RGBA" else "L"), picture.getchannel("A")
    if mode == "P":
        return picture.convert("RGB"), _by_index(picture, clear) if clear else None
    if mode == "1":
        picture = picture.convert("L")
    alpha = _by_colour(np.asarray(picture), clear, bits) if clear else None
    return _in_8_bits(picture) if mode.startswith("I") else picture, alpha


def _in_8_bits(deep: Image.Image) -> Image.Image:
    """Greys of 16 bits, 0 to 65535, in mode L."""
    samples = np.asarray(deep).astype(np.uint32)
    return Image.fromarray(((samples * 255 + 32767) // 65535).astype(np.uint8))


def _by_index(picture: Image.Image, clear: bytes) -> Image.Image:
    """Alpha of a palette picture: `clear` holds it for the first colours, the others are opaque."""
    indices = Image.frombytes("L", picture.size, picture.tobytes())
    return indices.point(list(clear[:256].ljust(256, b"\xff")))


def _by_colour(samples: np.ndarray, clear: bytes, bits: int) -> Image.Image | None:
    """Alpha of a grey or RGB picture, of which one colour is transparent. RGB of 16 bits is compared in its upper 8."""
    channels = 1 if samples.ndim == 2 else samples.shape[2]
    if len(clear) < 2 * channels:
        return None
    wanted = np.frombuffer(clear, ">u2", channels).astype(np.int64) & (2**bits - 1)
    if channels == 3:
        matches = (samples == (wanted >> max(0, bits - 8))).all(axis=2)
    else:
        matches = samples == (wanted * 255 // (2**bits - 1) if bits <= 8 else wanted)
    return Image.fromarray(np.where(matches, 0, 255).astype(np.uint8))


# ---- profiles --------------------------------------------------------------------------------------------------------


@lru_cache(PROFILES_KEPT)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """From the profile to sRGB; None where it cannot be followed, for this mode or for any, or changes nothing."""
    try:
        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            _srgb(),
            mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        return None if mode != "CMYK" and _changes_nothing(transform, mode) else transform
    except Exception:  # noqa: BLE001  whatever Little CMS finds in a stranger's bytes
        return None


@lru_cache(1)
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Tried on all greys, and on colours all over the cube."""
    greys = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    cube = np.stack(np.meshgrid(*[np.linspace(0, 255, 9, dtype=np.uint8)] * 3), axis=-1).reshape(-1, 3)
    tried = Image.fromarray(np.concatenate([greys, cube])[None])
    tried = tried if mode == "RGB" else Image.fromarray(greys[None, :, 0])
    change = np.asarray(transform.apply(tried)).astype(int) - np.asarray(tried.convert("RGB"))
    return bool(np.abs(change).max() <= SAME)
