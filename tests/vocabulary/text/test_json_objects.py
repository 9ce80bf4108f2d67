"""Objects inside the words of a language model: the outermost, whole or as far as they go, never for ever."""

import json
import time

import pytest

from tryon_core.text.json_objects import TWICE, json_objects


def values(text):
    return [found.value for found in json_objects(text)]


@pytest.mark.parametrize(
    "around", ["{}", "```json\n{}\n```", "Here {{it}} is: {} Bye {{}}!", 'A 5" hem {5" {} ok', "[{}]", "x}}{}"]
)
def test_an_object_is_found_in_words(around):
    inside = {"a": {"b": [1, {"c": 'a } and a { in "quotes" and a \\ behind'}]}}
    text = around.replace("{{", "\0").replace("}}", "\1").replace("{}", json.dumps(inside))
    assert inside in values(text.replace("\0", "{").replace("\1", "}"))


def test_objects_come_in_their_order():
    assert values('{"a": 1} and {"b": {"c": 2}} {}') == [{"a": 1}, {"b": {"c": 2}}, {}]


def test_control_characters_and_nan_are_read():
    (value,) = values('{"a": "x\n\x18y", "b": NaN, "c": -1' + "0" * 5000 + "}")
    assert value["a"] == "x\n\x18y" and value["b"] != value["b"] and value["c"] == float("-inf")


def test_a_key_with_two_values_has_none():
    (value,) = values('{"a": 1, "a": 2, "b": 3, "b": 3, "c": 1, "c": true}')
    assert value["a"] is TWICE and value["b"] == 3 and value["c"] is TWICE


WHOLE = '{"scores": {"a": 9, "b": 10}, "findings": [{"k": "a", "box": [1, 2]}, {"k": "b", "box": [3, 4]}], "z": 12}'


@pytest.mark.parametrize("end", range(1, len(WHOLE)))
def test_a_cut_object_holds_only_what_was_whole(end):
    found = list(json_objects(WHOLE[:end]))
    whole = json.loads(WHOLE)
    assert not any(each.whole for each in found) and len(found) <= 1
    for value in values(WHOLE[:end]):
        assert set(value) <= {"scores", "findings"}  # 12 was never followed by anything
        assert all(whole["scores"][key] == score for key, score in value.get("scores", {}).items())
        assert value.get("findings", []) == whole["findings"][: len(value.get("findings", []))]
    assert values(WHOLE[: WHOLE.index(', "b": 10')] + ",")[0] == {"scores": {"a": 9}}


def test_a_list_in_a_list_is_kept_whole_or_not():
    assert values('{"a": [[1, 2], [3, 4')[0] == {"a": [[1, 2]]}


def test_many_braces_of_prose_hide_nothing():
    assert values(r"\frac{a}{b} " * 5000 + '{"a": 1}') == [{"a": 1}]


@pytest.mark.parametrize(
    "text",
    ["{" * 10**6, '{"a":' * 10**5, '{"a":[' * 10**5, '{"' * 10**5, "{,}" * 10**5, '{"a": "' + "\\" * 10**6, "}" * 10**6]
    + ['{"a": 1, ' * 10**5],
)
def test_a_bomb_ends_soon(text):
    started = time.process_time()
    list(json_objects(text))
    assert time.process_time() - started < 5
