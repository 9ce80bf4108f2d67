"""What EditScore's replies come to, by hand; and the words it is asked."""

import json
import math

import pytest

from tryon_core.errors import BadInput, BadReply
from tryon_core.models.vlm.serving.server_replies import ServerReply
from tryon_core.models.vlm.verifying.editscore_words import Prompts, means, read_prompts, two_scores


def reply(score):
    return ServerReply('{"reasoning": "x", "score": ' + score + "}")


def test_the_numbers_are_the_paper_s():
    numbers = means([((8.0, 6.0), (9.0, 7.0)), ((4.0, 10.0), (5.0, 6.0))])
    assert numbers["prompt_following_vl"] == 6 and numbers["consistency_vl"] == 8
    assert numbers["perceptual_quality_vl"] == 6  # the mean of 7 and 5
    assert numbers["overall_vl"] == pytest.approx((math.sqrt(6 * 7) + math.sqrt(4 * 5)) / 2)


def test_without_an_original_only_quality_has_a_number():
    assert means([(None, (9.0, 7.0))]) == {"perceptual_quality_vl": 7} and means([]) == {}


@pytest.mark.parametrize(
    ("written", "given"), [("[25, 0]", (10, 0)), ("[12, 13]", (4.8, 5.2)), ("[7.5, 20]", (3.0, 8.0))]
)
def test_a_score_of_25_is_one_of_10(written, given):
    assert two_scores(reply(written), "") == pytest.approx(given)


@pytest.mark.parametrize(
    "written", ["[26, 3]", "[-1, 3]", "[3]", "[3, 4, 5]", "7", "[true, 3]", '["a", 3]', "[NaN, 3]"]
)
def test_what_is_no_pair_of_scores_is_unread(written):
    with pytest.raises(BadReply, match="the scores are not two numbers from 0 to 25"):
        two_scores(reply(written), "")


def test_a_reply_without_scores_is_unread():
    with pytest.raises(BadReply, match="cut off at 512"):
        two_scores(ServerReply('{"reasoning": "The hat'), "the reply was cut off at 512 tokens")


def test_the_wish_stands_in_its_place():
    assert Prompts().about("Give it a hat.").endswith("Editing instruction: Give it a hat.")


def test_other_words_come_from_a_file(tmp_path):
    path = tmp_path / "words.json"
    path.write_text(json.dumps({"editing": "Do: <instruction>!", "quality": "How good?"}))
    assert read_prompts("editscore", str(path)).about("a hat") == "Do: a hat!"
    assert read_prompts("editscore", "") == Prompts()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"editing": "Do it.", "quality": "How?"}', "lack <instruction>; put it where the wish goes"),
        ('{"other": "x"}', "is not a JSON file"),
        ("[]", "is not a JSON file"),
        ("{", "cannot be read"),
    ],
)
def test_a_bad_file_of_words_is_a_sentence(tmp_path, text, sentence):
    (tmp_path / "words.json").write_text(text)
    with pytest.raises(BadInput, match=f"prompts of editscore: .*{sentence}"):
        read_prompts("editscore", str(tmp_path / "words.json"))
    with pytest.raises(BadInput, match="cannot be read"):
        read_prompts("editscore", str(tmp_path / "none.json"))
    with pytest.raises(BadInput, match="is the path of"):
        read_prompts("editscore", 7)
