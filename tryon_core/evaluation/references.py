"""What results are held against, by the field's two protocols, and how alike a result and its true picture are."""

import hashlib
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from ..images import digest
from ..records import Sample, canonical
from ..scales import Metric
from .protocol import Protocol

SSIM = Metric(
    name="ssim",
    unit="SSIM",
    low=-1,
    high=1,
    better="higher",
    model="none",
    licence="none",
    protocol="result against true picture; scikit-image's structural_similarity with Gaussian windows of 11 pixels, "
    "sigma 1.5, K1 .01, K2 .03, population covariance, range 255; per channel of RGB, mean of the channels, without 5 "
    "pixels at the picture's edge",
)
_FRAMED = ("person", "init", "truth", "mask")  # what lies over the result pixel for pixel
_AGNOSTIC = "the persons' pictures have the garment painted over; open the source without 'agnostic'"


@dataclass(frozen=True, kw_only=True)
class Scored:
    """One sample with its result, both at the size of comparison.

    reference  the true picture (paired), or the person's photograph (unpaired)
    identity   what the sample is, for the card
    person     who is shown: the fact person_id, else the digest of the person's picture
    shown      whether the true picture is the person's, which whoever drew was shown
    """

    sample: Sample
    result: Image.Image
    reference: Image.Image
    identity: tuple[str, str, str]
    person: str
    shown: bool


def reference_of(sample: Sample, protocol: Protocol) -> Image.Image | str:
    """The photograph that results of a protocol are held against; the reason where the sample has none."""
    if protocol.pairing == "paired":
        return sample.images.get("truth") or "the sample has no true picture; ask for pairing 'unpaired'"
    if sample.known.get("agnostic"):
        return _AGNOSTIC
    return sample.images.get("person") or sample.images.get("init") or "the sample has no picture of a person"


def at_one_size(sample: Sample, result: Image.Image, protocol: Protocol) -> Scored | str:
    """The sample and its result as the protocol compares them; the reason where they cannot be.

    The garment's picture stays as it is: nothing is compared with it pixel for pixel.
    """
    photograph = reference_of(sample, protocol)
    if isinstance(photograph, str):
        return photograph
    framed = {role: protocol.framed(sample.images[role]) for role in _FRAMED if role in sample.images}
    framed |= {"result": protocol.framed(result), "reference": protocol.framed(photograph)}
    for role, picture in framed.items():
        if isinstance(picture, str):
            return f"{role}: {picture}"
    drawn = protocol.repainted(framed.pop("result"), framed["reference"], framed.get("mask"))
    if isinstance(drawn, str):
        return drawn
    reference, garment, truth = framed.pop("reference"), sample.images.get("garment"), sample.images.get("truth")
    return Scored(
        sample=replace(sample, images={**sample.images, **framed}),
        result=drawn,
        reference=reference,
        identity=(sample.sample_id, digest(photograph), digest(garment) if garment else ""),
        person=str(sample.known.get("person_id") or digest(sample.images.get("person", photograph))),
        shown=truth is not None and "person" in sample.images and digest(truth) == digest(sample.images["person"]),
    )


def samples_digest(scored: list[tuple[str, str, str]]) -> str:
    """Hex SHA-256 over the identities of samples, in any order."""
    return hashlib.sha256(canonical(sorted(scored)).encode()).hexdigest()


def ssim(result: Image.Image, truth: Image.Image) -> float:
    """Mean SSIM of two RGB pictures of one size, at least 11 pixels a side; see SSIM for how."""
    from skimage.metrics import structural_similarity

    alike = structural_similarity(
        np.asarray(result),
        np.asarray(truth),
        channel_axis=2,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        data_range=255,
    )
    return float(alike)
