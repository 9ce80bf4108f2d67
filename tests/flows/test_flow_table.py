"""What the table of flows says: names, settings, models, for a person and for a run."""

import subprocess
import sys

import four_flows  # noqa: F401  adds its flows
import pytest

from tryon_core.errors import BadInput, UnknownName
from tryon_core.flows import FLOWS, Filling, FlowLine, named, spec_of
from tryon_core.flows.__main__ import described
from tryon_core.flows.closed_loop import ClosedLoop, closed_loop

OURS = ["closed_loop", "judge_only", "garment", "dual_stream", "search", "inpaint", "face_swap"]


def test_an_unknown_flow_suggests_the_nearest():
    with pytest.raises(UnknownName, match="no flow is called 'closedloop'. Did you mean 'closed_loop'"):
        named("closedloop")


def test_a_flow_of_the_table_keeps_its_name():
    assert spec_of(closed_loop).name == "closed_loop" and spec_of(closed_loop).line is FLOWS["closed_loop"]


def test_arguments_tell_their_roles():
    roles = {argument: role.name for argument, role in named("closed_loop").roles.items()}
    assert roles == {"generator": "generator", "judge": "judge", "writer": "writer"}
    assert named("closed_loop").can_do_without("writer") and not named("closed_loop").can_do_without("judge")


def test_settings_are_checked_where_they_come():
    assert named("closed_loop").checked({"max_iterations": 2}) == ClosedLoop(max_iterations=2)
    with pytest.raises(BadInput, match="max_iterations must be 1 or more, got 0"):
        named("closed_loop").checked({"max_iterations": 0})


def test_settings_within_a_setting_are_checked_too():
    options = named("garment").checked({"refinement": {"pinhole": 0.001}, "max_side": 768})
    assert (options.refinement.pinhole, options.refinement.mirror, options.max_side) == (0.001, False, 768)
    with pytest.raises(UnknownName, match="no entry of refinement is called 'pinhol'. Did you mean 'pinhole'"):
        named("garment").checked({"refinement": {"pinhol": 0.001}})
    for wrong in ({"max_side": {"px": 1}}, {"refinement": 3}):
        with pytest.raises(BadInput, match="option of garment"):
            named("garment").checked(wrong)
    with pytest.raises(BadInput, match="largest pinhole"):
        named("garment").checked({"refinement": {"pinhole": 5}})


@pytest.mark.parametrize("wrong", [{"guidance": "nan"}, {"budget": {"seconds": "inf"}}, {"weights": {"lpips": "-inf"}}])
def test_settings_are_finite_numbers(wrong):
    (name,) = wrong
    with pytest.raises(BadInput, match=f"option of search: {name} holds .*, which is no finite number"):
        named("search").checked(wrong)


def test_a_flow_without_settings_takes_none():
    with pytest.raises(UnknownName, match="no option of judge_only is called 'wide'"):
        named("judge_only").checked({"wide": 2})


@pytest.mark.parametrize("name", FLOWS)
def test_every_flow_describes_itself(name):
    text = described(named(name))
    assert all(word in text for word in (name, *named(name).roles, *named(name).setting_names()))


def test_fillings_are_told_in_their_order():
    line = FlowLine(function=closed_loop, models={"judge": Filling(member="critic", tool="judging", default="measure")})
    text = described(spec_of(lambda: None, line).__class__(name="own", line=line))
    assert "judge: 'critic' of the generator's family, else the generator where it can do judging, else measure" in text


def test_the_command_lists_flows_and_one():
    command = [sys.executable, "-m", "tryon_core.flows"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert [line.split()[0] for line in listed.splitlines()] == OURS
    wrong = subprocess.run([*command, "closed_lop"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 1 and "Did you mean 'closed_loop'" in wrong.stderr


def test_the_values_of_a_setting_are_listed():
    assert "arm            'streams' | 'no_tool' | 'new_noise' = 'streams'" in described(named("dual_stream"))
    assert "size           tuple[int, int] | None = None" in described(named("dual_stream"))


@pytest.mark.parametrize("name", OURS)
def test_settings_are_a_default_that_nobody_can_change(name):
    settings = named(name).settings
    assert settings is None or settings.__dataclass_params__.frozen
