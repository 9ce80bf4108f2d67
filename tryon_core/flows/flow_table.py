"""The table of flows: a line for each, with the pictures, the shape and the models that it declares."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Shape = Literal["line", "tree", "stages"]


@dataclass(frozen=True, kw_only=True)
class Filling:
    """How an argument is filled where a run names no model for it, tried in this order.

    member     name of the member in the generator's family, such as 'fill'
    tool       what the generator itself must be able to do to fill it
    part_of    'judge.writer': an attribute of the model of another argument
    default    an embedded model
    only_with  the setting that asks for this argument; without it the argument stays empty
    only_taken what a model must take for it, such as 'control'; else the argument stays empty
    taken_by   the argument of that model
    """

    member: str = ""
    tool: str = ""
    part_of: str = ""
    default: str = ""
    only_with: str = ""
    only_taken: str = ""
    taken_by: str = "generator"


@dataclass(frozen=True, kw_only=True)
class FlowLine:
    """A flow in the table.

    function  'module:function'; a module that begins with a dot lies in this folder
    needs     roles of the pictures that a sample must have
    may       roles of pictures that it also uses
    shape     how its steps hang together: a line of attempts, a tree of candidates, or stages
    models    argument -> how it is filled by default
    rubric    the rubric where a run names none
    ends       'module:function' of the steps and settings: True where the flow will end without another call
    next_request  'module:function' that says how the flow would ask next, for a person who steps through it
    every_attempt  whether each judged picture goes to the folder of its verdict, or the chosen one alone
    """

    function: str | Callable[..., Any]
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    shape: Shape = "line"
    models: Mapping[str, Filling] = field(default_factory=dict)
    rubric: str = "default"
    ends: str | Callable[..., bool] = ""
    next_request: str | Callable[..., Any] = ""
    every_attempt: bool = False


FLOWS: dict[str, FlowLine] = {
    "closed_loop": FlowLine(
        function=".closed_loop:closed_loop",
        needs=("person", "garment"),
        models={
            "generator": Filling(default="warp"),
            "judge": Filling(default="measure"),
            "writer": Filling(part_of="judge.writer", only_with="rewrite"),
        },
        ends=".closed_loop:ends",
        next_request=".closed_loop:next_request",
        every_attempt=True,
    ),
    "judge_only": FlowLine(
        function=".judge_only:judge_only",
        needs=("result",),
        may=("person", "garment"),
        models={"judge": Filling(default="measure")},
        every_attempt=True,
    ),
    "garment": FlowLine(
        function=".garment:garment",
        needs=("garment",),
        may=("person",),
        shape="stages",
        models={
            "segmenter": Filling(default="cutout"),
            "generator": Filling(default="warp"),
            "judge": Filling(default="measure"),
            "mapper": Filling(member="mapper", default="pose", only_taken="control"),
            "inpainter": Filling(member="inpainter", tool="inpainter", default="fill"),
            "enhancer": Filling(default="sharpen"),
            "details": Filling(default="details"),
        },
    ),
    "dual_stream": FlowLine(
        function=".dual_stream:dual_stream",
        may=("person", "garment", "init", "mask"),
        shape="tree",
        models={
            "generator": Filling(default="warp"),
            "judge": Filling(default="measure"),
            "depth": Filling(member="depth"),
            "canny": Filling(member="canny"),
            "fill": Filling(member="fill"),
            "depth_mapper": Filling(member="depth_mapper", default="depth", only_taken="control", taken_by="depth"),
            "canny_mapper": Filling(member="canny_mapper", default="canny", only_taken="control", taken_by="canny"),
            "segmenter": Filling(default="cutout"),
            "writer": Filling(part_of="judge.writer", only_with="rewrite"),
        },
        ends=".dual_stream:ends",
        next_request=".dual_stream:next_request",
    ),
    "search": FlowLine(
        function=".search:search",
        may=("person", "garment", "init", "mask"),
        shape="tree",
        models={
            "generator": Filling(default="warp"),
            "scorer": Filling(default="classical", only_with="uses_scorer"),
            "clip": Filling(default="clip", only_with="uses_clip"),
            "lpips": Filling(default="lpips", only_with="uses_lpips"),
            "face": Filling(default="face", only_with="uses_face"),
            "judge": Filling(default="measure", only_with="uses_judge"),
            "comparer": Filling(default="judged-pairs", only_with="uses_comparer"),
            "writer": Filling(part_of="judge.writer", only_with="rewrite"),
        },
        ends=".search:ends",
    ),
    "inpaint": FlowLine(
        function=".inpaint:inpaint",
        needs=("init", "mask"),
        may=("character",),
        shape="tree",
        models={
            "generator": Filling(default="composite"),
            "face_swapper": Filling(default="classical-swap", only_with="uses_swapper"),
            "compositor": Filling(default="composite", only_with="uses_compositor"),
            "identity": Filling(default="face-identity"),
            "blend": Filling(default="blend"),
        },
        rubric="general",
    ),
    "face_swap": FlowLine(
        function=".face_swap:face_swap",
        needs=("init", "character"),
        may=("mask",),
        models={
            "face_swapper": Filling(default="classical-swap"),
            "identity": Filling(default="face-identity"),
        },
    ),
}
