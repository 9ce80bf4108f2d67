"""The tool that looks for unnoticed changes finds one that was planted, and leaves the files as they are."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import mutants
from changes import changes_of

HERE = Path(__file__).parent
SPINE = "def biggest(numbers, empty=0):\n    return max(numbers) if len(numbers) > 0 else empty\n"
TESTS = """from little.spine import biggest


def test_the_biggest():
    assert biggest([1, 2]) == 2 and biggest([]) == 0
"""
SCRIPT = """
import sys
from pathlib import Path

sys.path.insert(0, {here!r})
import mutants

package = Path({package!r})
changes = mutants.chosen(package, ["spine.py"], 100, 1)
left, equivalent = mutants.survey(package, changes, near={{"spine.py": {near!r}}}, rest=[])
print(len(changes), equivalent, sorted(trial.change.change for trial in left))
"""


def changed(source):
    return {change.change for change in changes_of("x.py", source.encode())}


@pytest.fixture
def little(tmp_path):
    """A package of one file whose tests miss one change."""
    package = tmp_path / "little"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "spine.py").write_text(SPINE)
    (tmp_path / "test_little.py").write_text(TESTS)
    return package


def surveyed(package):
    near = [str(package.parent / "test_little.py")]
    script = SCRIPT.format(here=str(HERE), package=str(package), near=near)
    (package.parent / "pytest.ini").write_text("[pytest]\nmarkers =\n    none: at all\n")
    told = {"cwd": package.parent, "env": {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}}
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, **told)


def test_a_planted_unnoticed_change_is_found(little):
    done = surveyed(little)
    assert done.stdout.splitlines()[-1:] == ["7 0 ['0 -> 1']"], done.stdout + done.stderr
    assert (little / "spine.py").read_text() == SPINE


def test_an_equivalent_change_is_not_left(little):
    changes = mutants.chosen(little, ["spine.py"], 100, 1)
    same = {(change.file, change.line, change.change) for change in changes}
    assert mutants.survey(little, changes, near={}, rest=[], same=same) == ([], 7)


def test_tests_that_fail_anyway_are_told(little):
    (little.parent / "test_little.py").write_text("def test_wrong():\n    assert False\n")
    assert "without any change, test_little.py::test_wrong fails" in surveyed(little).stderr


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = a < b", {"< -> <="}),
        ("x = a is not b", {"is not -> is"}),
        ("x = a and b", {"and -> or"}),
        ("x = not a", {"not -> (nothing)"}),
        ("x = a[0]", {"0 -> 1", "0 -> -1"}),
        ("x = (a) + b", {"+ -> -"}),
        ("x = True", {"True -> False"}),
        ("x = 'é' + y", {"+ -> -", "'é' -> 'éX'"}),
        ("x = f(a, b=c)", {", b=c -> (nothing)"}),
        ("x = f(b=c, d=e)", {"b=c, -> (nothing)", ", d=e -> (nothing)"}),
        ("def f():\n    return a", {"a -> None"}),
        ("x = min(a)", {"min -> max"}),
        ("if a:\n    b()", {"(nothing) -> not"}),
        ("raise E('no' + a)", set()),
        ("'''a docstring'''", set()),
        ("x: 'A' = b", set()),
    ],
)
def test_each_kind_of_change_is_made(source, expected):
    assert changed(source) == expected
