"""A comparer made of a judge."""

import pytest
from doubles import Lottery, Scripted, a_sample, card, picture, scores

from tryon_core import models
from tryon_core.errors import BadInput, Refused, UnknownName
from tryon_core.models.vlm.verifying.judged_pairs import JUDGED, JudgedPairs
from tryon_core.records import Judgement
from tryon_core.roles import Answer, answers
from tryon_core.rubrics.rules import rank
from tryon_core.rubrics.shipped import RUBRICS
from tryon_core.steps import Spent

RUBRIC = RUBRICS["default"]
RED, BLUE = picture("red"), picture("blue")


def compared(*judgements):
    return JudgedPairs(Scripted(*judgements), RUBRIC)(a_sample(), RED, BLUE)


@pytest.mark.parametrize(
    ("better", "worse", "reason"),
    [
        (scores(), scores(realism=7), "accepted: yes against no"),
        (scores(realism=3), scores(realism=0), "without a score of 0: yes against no"),
        (scores(realism=5), scores(identity=7), "critical constraints met: yes against no"),
        (scores(realism=5), scores(realism=4.5), "lowest score: 5 against 4.5"),
        (scores(realism=5), scores(realism=5, scene_kept=6), "constraints failed: 1 against 2"),
        (scores(realism=9.5), scores(), "mean score: 9.07 against 9"),
        (scores(realism=2), scores(realism=None), "judged: yes against no"),
    ],
)
def test_the_higher_rank_is_preferred(better, worse, reason):
    first, second = compared(better, worse), compared(worse, better)
    assert (first.preferred, second.preferred) == ("first", "second") and first.reason == reason


def test_equal_ranks_are_a_tie():
    assert compared(scores(realism=5), scores(realism=5)).preferred == "tie"


def test_any_judgements_are_preferred_as_ranked():
    judge, choices = Lottery(), {"first": 0, "second": 0, "tie": 0}
    pictures = [picture((17 * number, 5, 9)) for number in range(12)]
    for first, second in zip(pictures, pictures[1:], strict=False):
        ranks = [rank(judge(a_sample(), image), RUBRIC) for image in (first, second)]
        choice = JudgedPairs(judge, RUBRIC)(a_sample(), first, second).preferred
        assert choice == ("tie" if ranks[0] == ranks[1] else "first" if ranks[0] > ranks[1] else "second")
        choices[choice] += 1
    assert min(choices.values()) > 0


def test_two_unjudged_pictures_are_not_compared():
    with pytest.raises(Refused, match="neither picture could be judged: the script says so") as caught:
        compared(scores(realism=None), scores(identity=None))
    assert caught.value.reason == "not_judged"


def test_what_a_sample_lacks_is_not_compared():
    """A garment that is not there cannot have been seen, whatever the judge says of it."""
    comparer = JudgedPairs(Scripted(scores(garment_swap=1), scores(garment_swap=9)), RUBRIC)
    assert comparer(a_sample().without("garment"), RED, BLUE).preferred == "tie"


class Metered(Lottery):
    """With tokens; may vary."""

    def __init__(self, **has):
        super().__init__()
        vars(self).update(has)

    def metered(self, calls):
        return [Answer(self(*call), Spent(calls=1, seconds=1.0, tokens=100)) for call in calls]


def test_a_picture_is_judged_once():
    judge = Metered()
    comparer, sample = JudgedPairs(judge, RUBRIC), a_sample()
    calls = [(sample, RED, BLUE), (sample, BLUE, RED), (sample, RED, picture("green"))]
    assert [answer.spent.tokens for answer in answers(comparer, calls)] == [200, None, 100] and judge.calls == 3
    assert [answer.spent.calls for answer in answers(comparer, calls)] == [1, 1, 1] and judge.calls == 3
    comparer(a_sample(init=RED), RED, BLUE)
    assert judge.calls == 5  # another sample


def test_a_judge_that_varies_is_asked_anew():
    judge = Metered(varies=True)
    comparer = JudgedPairs(judge, RUBRIC)
    answers(comparer, [(a_sample(), RED, BLUE), (a_sample(), BLUE, RED)])
    assert comparer.varies and judge.calls == 4
    assert not JudgedPairs(Metered(), RUBRIC).varies


def test_only_so_many_judgements_are_kept():
    judge = Metered()
    comparer = JudgedPairs(judge, RUBRIC)
    many = [picture((number, 0, 0)) for number in range(JUDGED + 1)]
    answers(comparer, [(a_sample(), image, BLUE) for image in many])
    assert judge.calls == JUDGED + 2 and comparer.judged.held == JUDGED


class Declines:
    """Judges the first picture and declines the others."""

    card = card("declines")

    def metered(self, calls):
        declined = [Refused("unseen", "no person")] * (len(calls) - 1)
        return [Answer(value, Spent(calls=1)) for value in (scores(), *declined)]


def test_what_the_judge_declines_is_declined():
    with pytest.raises(Refused, match="no person"):
        JudgedPairs(Declines(), RUBRIC)(a_sample(), RED, BLUE)


def test_an_answer_to_another_rubric_is_refused():
    with pytest.raises(BadInput, match="the judge answered"):
        compared(Judgement(scores={}), Judgement(scores={}))


def test_the_card_holds_the_judge_and_the_rubric():
    one, other = (JudgedPairs(Lottery(), RUBRICS[name]).card for name in ("default", "classic"))
    assert one != other and one.kind == "scripted" and one.settings["judge"]["name"] == "lottery"


@pytest.mark.parametrize("options", [[1], "x", {"rubric": RUBRIC}])
def test_bad_options_of_the_judge_are_a_sentence(options):
    with pytest.raises(BadInput, match="judge_options of judged-pairs is a mapping"):
        models.load("judged-pairs", judge_options=options)


def test_an_unknown_judge_names_the_nearest():
    with pytest.raises(UnknownName, match="no judge is called 'mesure'. Did you mean 'measure'"):
        models.load("judged-pairs", judge="mesure")
