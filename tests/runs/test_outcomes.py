"""How a flow's steps become a sample's outcome."""

import pytest
from doubles import scores

from tryon_core.records import Decision
from tryon_core.runs.sample_run import outcome_of
from tryon_core.steps import StepRecord

GOOD, BAD, UNREAD = scores(), scores(realism=5), scores(realism=None)
RETRY, STOP, ACCEPT, RESTART = Decision.RETRY, Decision.STOP, Decision.ACCEPT, Decision.RESTART


@pytest.mark.parametrize(
    ("judged", "chosen", "outcome"),
    [
        ([(BAD, RETRY), (BAD, STOP)], 1, "stopped"),
        ([(BAD, STOP), (BAD, RETRY)], 2, "not_accepted"),
        ([(GOOD, ACCEPT), (BAD, STOP)], 1, "accepted"),
        ([(GOOD, ACCEPT), (BAD, RETRY)], 2, "not_accepted"),
        ([(UNREAD, RESTART)], None, "not_judged"),
        ([(UNREAD, RESTART), (BAD, RETRY)], None, "not_accepted"),
        ([], None, "finished"),
    ],
)
def test_the_chosen_step_tells_the_outcome(judged, chosen, outcome):
    steps = [StepRecord(number=n, judgement=j, decision=d) for n, (j, d) in enumerate(judged, start=1)]
    assert outcome_of(steps, chosen) == outcome
