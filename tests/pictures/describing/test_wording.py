"""Words for a prompt say what was measured, and no more."""

import cloths
import numpy as np
import pytest

from tryon_core.pictures.describing.described import describe


def woven(cloth_HW3):
    """Threads of two pixels, a few units of L* apart."""
    return np.clip(cloth_HW3.astype(int) + np.where(np.indices((400, 400)).sum(0) // 2 % 2, 7, -7)[..., None], 0, 255)


def with_print():
    cloth = cloths.plain(cloths.RED)
    cloth[160:220, 160:240] = cloths.WHITE
    return cloth


def in_blocks():
    cloth = cloths.plain(cloths.RED)
    cloth[:130] = cloths.WHITE
    return cloth


@pytest.mark.parametrize(
    ("cloth", "words"),
    [
        (cloths.plain(cloths.BLACK), "a smooth black tee"),
        (woven(cloths.plain(cloths.NAVY)).astype(np.uint8), "a navy tee"),
        (cloths.stripes(8, 90, (cloths.NAVY, cloths.WHITE), share=0.6), "a navy tee with fine white vertical stripes"),
        (
            cloths.stripes(60, 45, (cloths.NAVY, cloths.WHITE), share=0.6),
            "a navy tee with broad white diagonal stripes",
        ),
        (cloths.dots(30, 0, (cloths.CREAM, cloths.RED)), "a cream tee with red dots"),
        (cloths.flowers(100, (cloths.NAVY, cloths.YELLOW, cloths.YELLOW)), "a navy tee with yellow floral pattern"),
        (with_print(), "a red tee with white details"),
        (in_blocks(), "a red tee with white blocks"),
        (cloths.plain((238, 128, 34)), "a smooth orange tee"),
        (woven(cloths.plain((238, 128, 34))).astype(np.uint8), "an orange tee"),
    ],
)
def test_a_tee_in_words(cloth, words):
    assert describe(*cloths.laid(cloth), noun="tee").words == words
