"""Every change of one token that a file of Python allows: (comparison swapped, number moved, keyword dropped, ...)."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

SWAPPED = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: (r"is\s+not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: (r"not\s+in", "in"),
    ast.And: ("and", "or"),
    ast.Or: ("or", "and"),
    ast.Add: (r"\+", "-"),
    ast.Sub: ("-", "+"),
    ast.Div: ("/", "*"),
    ast.Mult: (r"\*", "/"),
}
OTHER_END = {"min": "max", "max": "min"}


@dataclass(frozen=True, kw_only=True)
class Change:
    """`old` at bytes start to end of a file becomes `new`; line and change name it where the file moves."""

    file: str
    number: int
    line: str
    kind: str
    old: str
    new: str
    start: int
    end: int
    nth: int = 1

    @property
    def change(self) -> str:
        return f"{self.old.strip() or '(nothing)'} -> {self.new.strip() or '(nothing)'}" + (
            f" ({self.nth})" if self.nth > 1 else ""
        )

    def __str__(self) -> str:
        return f"{self.file}:{self.number}: {self.change}   | {self.line}"

    def applied(self, source: bytes) -> bytes:
        return source[: self.start] + self.new.encode() + source[self.end :]


def changes_of(file: str, source: bytes) -> list[Change]:
    """All changes, in the order of the file; those that would not compile are left out."""
    found, seen = [], Counter()
    for change in sorted(set(_Finder(file, source).all()), key=lambda one: (one.start, one.end, one.new)):
        same = (change.number, change.change)
        seen[same] += 1
        found.append(replace(change, nth=seen[same]))
    return [change for change in found if _compiles(change.applied(source))]


def _compiles(source: bytes) -> bool:
    try:
        compile(source, "changed", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


class _Finder:
    """Walks a file's tree; annotations, docstrings, the sentences of errors and the insides of f-strings are let be."""

    def __init__(self, file: str, source: bytes):
        self.file, self.source = file, source
        self.lines = source.splitlines(keepends=True)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))

    def all(self) -> Iterator[Change]:
        yield from self.under(ast.parse(self.source))

    def under(self, node: ast.AST) -> Iterator[Change]:
        if isinstance(node, ast.Raise) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            return
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "TypeVar":
            return
        yield from self.here(node)
        if isinstance(node, ast.JoinedStr):
            return
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from self.under(child)

    def here(self, node: ast.AST) -> Iterator[Change]:  # noqa: PLR0912  one branch a kind
        match node:
            case ast.Compare():
                for left, operator, right in zip(
                    [node.left, *node.comparators], node.ops, node.comparators, strict=False
                ):
                    yield from self.between("comparison", left, operator, right)
            case ast.BoolOp():
                for left, right in zip(node.values, node.values[1:], strict=False):
                    yield from self.between("and or", left, node.op, right)
            case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div()):
                yield from self.between("sum", node.left, node.op, node.right)
            case ast.AugAssign(op=ast.Add()):
                yield from self.between("sum", node.target, node.op, node.value)
            case ast.UnaryOp(op=ast.Not()):
                yield self.made("not", self.at(node), self.at(node) + 3, "")
            case ast.UnaryOp(op=ast.USub()):
                yield self.made("minus", self.at(node), self.at(node) + 1, "")
            case ast.Constant(value=bool()):
                yield self.whole("true false", node, str(not node.value))
            case ast.Constant(value=int() | float()):
                for by in (1, -1):
                    yield self.whole("number", node, repr(node.value + by))
            case ast.JoinedStr() | ast.Constant(value=str()):
                yield from self.longer(node)
            case ast.Subscript(slice=ast.Constant(value=0)):
                yield self.whole("number", node.slice, "-1")
            case ast.Subscript(slice=ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=1))):
                yield self.whole("index", node.slice, "0")
            case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
                yield self.whole("returned", value, "None")
            case ast.Call():
                if isinstance(node.func, ast.Name) and node.func.id in OTHER_END:
                    yield self.whole("min max", node.func, OTHER_END[node.func.id])
                yield from self.without_keyword(node)
        for test in self.conditions(node):
            yield self.made("condition", self.at(test), self.at(test), "not ")

    def between(self, kind: str, left: ast.AST, operator: ast.AST, right: ast.AST) -> Iterator[Change]:
        pattern, new = SWAPPED[type(operator)]
        start, end = self.to(left), self.at(right)
        words = rf"\b{pattern}\b" if pattern[0].isalpha() else pattern
        if found := re.search(words.encode(), self.source[start:end]):
            yield self.made(kind, start + found.start(), start + found.end(), new)

    def longer(self, node: ast.expr) -> Iterator[Change]:
        text = self.source[self.at(node) : self.to(node)]
        if text.endswith((b'"', b"'")) and b"\n" not in text:
            yield self.whole("words", node, (text[:-1] + b"X" + text[-1:]).decode())

    def without_keyword(self, call: ast.Call) -> Iterator[Change]:
        for keyword in call.keywords:
            if keyword.arg is None:
                continue
            before = [self.to(one) for one in (*call.args, *call.keywords) if self.to(one) < self.at(keyword)]
            start = max(before) if before else self.at(keyword)
            after = re.match(rb"\s*,", self.source[self.to(keyword) :])
            end = self.to(keyword) + (after.end() if after and not before else 0)
            yield self.made("keyword", start, end, "")

    @staticmethod
    def conditions(node: ast.AST) -> list[ast.expr]:
        if isinstance(node, ast.If | ast.IfExp | ast.While):
            tests = [node.test]
        else:
            tests = node.ifs if isinstance(node, ast.comprehension) else []
        return [test for test in tests if isinstance(test, ast.Name | ast.Attribute | ast.Call)]

    # ---- places ------------------------------------------------------------------------------------------------------

    def at(self, node: ast.AST) -> int:
        return self.starts[node.lineno - 1] + node.col_offset

    def to(self, node: ast.AST) -> int:
        return self.starts[node.end_lineno - 1] + node.end_col_offset

    def whole(self, kind: str, node: ast.AST, new: str) -> Change:
        return self.made(kind, self.at(node), self.to(node), new)

    def made(self, kind: str, start: int, end: int, new: str) -> Change:
        number = self.source.count(b"\n", 0, start) + 1
        if kind == "keyword":  # it may begin behind the argument on the line before
            number = self.source.count(b"\n", 0, end - 1) + 1
        old = b" ".join(self.source[start:end].split()).decode()
        line = self.lines[number - 1].decode().strip()
        return Change(
            file=self.file, number=number, line=line, kind=kind, old=old, new=new.strip() and new, start=start, end=end
        )


def read(package: Path, file: str) -> list[Change]:
    return changes_of(file, (package / file).read_bytes())
