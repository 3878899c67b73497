"""Rule 6: every loop, batch, retry, queue and timeout has a named limit, its unit last."""

import ast
import re
from collections.abc import Iterator

from tests.tidy.source import Source, called, functions

LIMITING_CALLS = frozenset({
    "sleep", "wait_for", "timeout", "timeout_at", "wait", "islice", "batched", "getmany",
    "Queue", "Semaphore", "BoundedSemaphore", "deque", "acquire", "settimeout",
    "ThreadPoolExecutor",
})  # fmt: skip
LIMITING_KEYWORD = re.compile(
    r"timeout|delay|interval|period|linger|backoff|retries|attempts|tries|limit|grace"
    r"|maxsize|maxlen|max_|_max|_ms$|_s$|_bytes$"
)
DECLARING_CALLS = frozenset({
    "Field", "StringConstraints", "Query", "Header", "Path", "Body", "Option", "Argument", "Limits",
})  # fmt: skip
"""They describe a value's shape, or are a set of limits: the field is the name of the limit."""

TIMES = frozenset({
    "timeout", "delay", "interval", "pause", "wait", "backoff", "linger", "ttl", "grace",
    "deadline", "lease", "period", "heartbeat", "poll", "age",
})  # fmt: skip
UNITS = frozenset({
    "ns", "us", "ms", "s", "minutes", "hours", "days", "bytes", "kib", "mib", "records", "orders",
})  # fmt: skip
ENDLESS = re.compile(r"#\s*bounded by: \S")
OBVIOUS_MAX = 1
"""0 and 1 (and -1) need no name: do not wait, once, one at a time."""


def nameless_limits(source: Source) -> Iterator[str]:
    """Numbers that bound something and have no name."""
    for node in ast.walk(source.tree):
        match node:
            case ast.Call() if called(node) not in DECLARING_CALLS:
                yield from _nameless(source, node, _bounds(node))
            case ast.For(iter=ast.Call() as call) if called(call) == "range":
                yield from _nameless(source, call, call.args)


def _nameless(source: Source, call: ast.Call, bounds: list[ast.expr]) -> Iterator[str]:
    for bound in bounds:
        if _number(bound) > OBVIOUS_MAX:
            yield source.at(bound, f"{called(call)}(…): a limit without a name")


def _bounds(call: ast.Call) -> list[ast.expr]:
    named = [word.value for word in call.keywords if LIMITING_KEYWORD.search(word.arg or "")]
    return [*call.args, *named] if called(call) in LIMITING_CALLS else named


def endless_loops(source: Source) -> Iterator[str]:
    """Loops without an end whose bound is not said beside them."""
    for node in ast.walk(source.tree):
        match node:
            case ast.While(test=ast.Constant(value=value)) if value:
                pass
            case ast.For(iter=ast.Call() as call) if called(call) in {"count", "cycle", "repeat"}:
                pass
            case _:
                continue
        beside = source.lines[max(0, node.lineno - 2) : node.lineno]
        if not any(ENDLESS.search(line) for line in beside):
            yield source.at(node, "a loop without an end: say `# bounded by: …` beside it")


def badly_named_limits(source: Source) -> Iterator[str]:
    """Names of numbers whose unit, or whose max, is missing or does not stand last."""
    for name, node in _named_numbers(source.tree):
        words = name.lower().strip("_").split("_")
        if {"max", "min"} & set(words[:-1]):
            yield source.at(node, f"{name}: max or min stands last")
        if TIMES & set(words) and not UNITS & set(words[-2:]):
            yield source.at(node, f"{name}: which unit?")


def _named_numbers(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(tree):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ) if _number(value) and not isinstance(value, ast.UnaryOp):  # -1 stands for none
                yield name, value
    for function in functions(tree):
        for argument, default in _defaults(function.args):
            if default is not None and _number(default):
                yield argument.arg, default


def _defaults(arguments: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    placed = [*arguments.posonlyargs, *arguments.args]
    yield from zip(reversed(placed), reversed(arguments.defaults), strict=False)
    yield from zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)


def _number(node: ast.expr) -> float:
    """How large a literal is, reckoned through its operators; 0 for what is not a literal."""
    match node:
        case ast.Constant(value=int(value) | float(value)) if not isinstance(value, bool):
            return abs(value)
        case ast.UnaryOp(operand=operand):
            return _number(operand)
        case ast.BinOp(left=left, right=right) if _number(left) and _number(right):
            return max(_number(left), _number(right))
        case _:
            return 0
