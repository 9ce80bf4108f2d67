"""`judged-pairs` over `measure`: a true picture against one with a planted defect."""

import pytest
from planted import planted, sample, truth

from tryon_core import models


@pytest.mark.parametrize(
    ("garment", "defect"), [("lab", "a blurred face"), ("loop", "a white rim"), ("cropped", "the hem cut off")]
)
def test_the_true_picture_is_preferred(garment, defect):
    comparer, spoiled = models.load("judged-pairs"), planted(garment, defect)
    assert comparer(sample(garment), truth(garment), spoiled).preferred == "first"
    assert comparer(sample(garment), spoiled, truth(garment)).preferred == "second"
    assert comparer(sample(garment), spoiled, spoiled).preferred == "tie" and not comparer.varies
