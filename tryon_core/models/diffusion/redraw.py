"""Python that draws an attempt again: what `as_code` of a model's module is put together from.

Everything that comes from a record goes in as a literal, never as text, and lines are laid out as a formatter would.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...errors import BadInput
from ...hints import Hints
from ...records import Fix, Noise, Record, Settings

LINE = 120  # characters


@dataclass(frozen=True)
class Call:
    """A call, or a tuple where `head` is empty or 'name=': what stands before the brackets, and what is in them."""

    head: str
    arguments: tuple["str | Call", ...]

    @property
    def is_tuple(self) -> bool:
        return not self.head or self.head.endswith("=")

    def flat(self) -> str:
        comma = "," if self.is_tuple and len(self.arguments) == 1 else ""
        return f"{self.head}({', '.join(map(_flat, self.arguments))}{comma})"

    def source(self, indent: int = 0, before: int = 0) -> str:
        """On one line, else with its arguments on one line, else one argument a line.

        indent, before  spaces in front of the line, and characters on it in front of the call
        """
        if indent + before + len(self.flat()) <= LINE:
            return self.flat()
        within = indent + 4
        together = " " * within + ", ".join(map(_flat, self.arguments))
        if self.is_tuple or len(together) > LINE:
            together = "\n".join(f"{' ' * within}{_source(each, within)}," for each in self.arguments)
        return f"{self.head}(\n{together}\n{' ' * indent})"


def _flat(part: str | Call) -> str:
    return part if isinstance(part, str) else part.flat()


def _source(part: str | Call, indent: int) -> str:
    return part if isinstance(part, str) else part.source(indent, before=1)  # the comma behind it


def assigned(name: str, call: Call) -> str:
    return f"{name} = {call.source(before=len(name) + 3)}"


def literal(value: Any) -> str:
    """Source of a plain value, what cannot be printed escaped; text in the quotes a formatter would choose."""
    if not isinstance(value, str):
        return repr(value)
    single = repr('"' + value)[2:-1]  # a double quote makes repr choose single ones, and escape those of the text
    if value.count('"') > value.count("'"):
        return f"'{single}'"
    return '"' + single.replace("\\'", "'").replace('"', '\\"') + '"'


def constructed(record: Record, head: str = "") -> Call:
    """The call that makes a record again, after `head`; what has its default is left out."""
    values = record.model_dump(exclude_defaults=True)
    return Call(head + type(record).__name__, tuple(f"{name}={literal(value)}" for name, value in values.items()))


def opened(digests: Mapping[str, str], run_url: str) -> tuple[list[str], list[str]]:
    """(imports, lines) that open pictures of a run: its files, or through a store where it lies under s3://.

    digests  name of the variable -> digest of the picture
    """
    keys = {name: f"pictures/{digest}.png" for name, digest in digests.items()}
    run_url = run_url.rstrip("/")
    if not run_url.startswith("s3://"):
        files = {name: Call("Image.open", (literal(f"{run_url}/{key}"),)) for name, key in keys.items()}
        return ["from PIL import Image"], [assigned(*file) for file in files.items()]
    imports = ["from tryon_core.images import from_png", "from tryon_core.storage.store import open_store"]
    read = {name: Call("from_png", (Call("run.read", (literal(key),)),)) for name, key in keys.items()}
    return imports, [f"run = open_store({literal(run_url)})", *(assigned(*picture) for picture in read.items())]


def by_request(
    maker: str, imports: Sequence[str], request: Mapping[str, Any], run_url: str, names: Sequence[str]
) -> str:
    """Code for a generator that takes an EditRequest: open the pictures, build the request, draw.

    maker    the expression that makes the generator, e.g. 'Warp()'; `imports` are the lines it needs
    request  as EditRequest.record() gives it
    names    what to call its pictures, in order
    raises   BadInput where the request is not one that can have been recorded
    """
    try:
        fixes = tuple(constructed(Fix.model_validate(fix)) for fix in request["fixes"])
        settings = constructed(Settings.model_validate(request["settings"]), "settings=")
        noise = constructed(Noise.model_validate(request["noise"]), "noise=")
        hints = constructed(Hints.model_validate(request.get("hints", {})), "hints=")
        digests = dict(zip(names, request["images"], strict=True))
        extra = {role: request[role] for role in ("mask", "control") if request[role]}
        arguments = [f"prompt={literal(request['prompt'])}", Call("images=", tuple(names))]
    except (KeyError, TypeError, ValueError) as e:
        raise BadInput(
            f"this attempt's request cannot be read ({str(e).splitlines()[0]}); its record is damaged"
        ) from e
    arguments += [f"{role}={role}" for role in extra]
    used = ["EditRequest"]
    for record, call in (("Fix", Call("fixes=", fixes)), ("Settings", settings), ("Noise", noise), ("Hints", hints)):
        if call.arguments:
            arguments.append(call)
            used.append(record)
    opening, lines = opened({**digests, **extra}, run_url)
    needed = [*opening, *imports, f"from tryon_core.records import {', '.join(sorted(used))}"]
    lines += [assigned("request", Call("EditRequest", tuple(arguments))), f"picture = {maker}(request)"]
    return program(needed, lines)


def program(imports: Sequence[str], lines: Sequence[str]) -> str:
    """Imports, the libraries' before our own, then the lines."""
    ours = sorted(each for each in imports if each.startswith("from tryon_core"))
    others = sorted(set(imports) - set(ours))
    return "\n\n".join("\n".join(part) for part in (others, ours, lines) if part) + "\n"
