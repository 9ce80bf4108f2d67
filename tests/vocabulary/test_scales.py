import pytest
from pydantic import ValidationError

from tryon_core.scales import Metric


def metric(**changes):
    known = dict(name="lpips", unit="LPIPS", better="lower", model="none", licence="none", protocol="256 x 256")
    return Metric(**known | changes)


def test_a_metric_may_be_open_at_an_end():
    assert metric(low=0.0).high is None and metric(low=0.0, high=1.0).high == 1.0


def test_a_range_that_is_none_is_refused():
    with pytest.raises(ValidationError, match="lpips: a range needs low < high"):
        metric(low=1.0, high=1.0)
