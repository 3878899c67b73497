"""Rule 2: what decides is pure; time and ids come in with the command.

The core of the engine and of the replay keep the rule too: that is what lets them be simulated.
"""

import ast
import re
from collections.abc import Iterator

from tests.tidy.source import Source

PURE = re.compile(
    r"services/\w+/(domain|process|scoring|handlers)(\.py|/.*\.py)"
    r"|services/audit/(examination/.*|incidents)\.py"
    r"|shared/(kernel|contracts)/.*\.py"
    r"|shared/shards/(admission|codec|deciding|draft|folding|ledger|outbox|service)\.py"
    r"|shared/replay/(causes|chain|entry|finding|fold|merge|remembered)\.py"
)
ALLOWED_ROOTS = frozenset({
    "__future__", "abc", "annotated_types", "array", "base64", "binascii", "bisect", "collections",
    "contextlib", "copy", "dataclasses", "datetime", "decimal", "enum", "functools", "hashlib",
    "heapq", "hmac", "ipaddress", "itertools", "json", "math", "msgspec", "operator", "pydantic",
    "pydantic_core", "re", "services", "shared", "string", "struct", "types", "typing",
    "typing_extensions", "unicodedata", "uuid",
})  # fmt: skip
"""Libraries that compute and nothing else; whatever is not here needs a reason to be added."""

IMPURE_NAMES = frozenset({
    "now", "utcnow", "today", "time_ns", "monotonic", "perf_counter", "uuid1", "uuid4", "uuid6",
    "uuid7", "getenv", "environ", "urandom", "token_bytes", "token_hex", "open", "print", "input",
    "float",
})  # fmt: skip


def is_pure(path: str) -> bool:
    """Whether rule 2 is about this file."""
    return PURE.fullmatch(path) is not None


def impurities(source: Source) -> Iterator[str]:
    """Everything in a pure file that is not a function of its arguments, or is inexact."""
    for node in ast.walk(source.tree):
        match node:
            case ast.Import(names=names):
                yield from _imports(source, node, *(alias.name for alias in names))
            case ast.ImportFrom(module=str(module), level=0):
                yield from _imports(source, node, module)
            case ast.Await() | ast.AsyncFor() | ast.AsyncWith() | ast.AsyncFunctionDef():
                yield source.at(node, "awaits")
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in IMPURE_NAMES:
                yield source.at(node, f"uses {name}")
            case ast.Constant(value=float(value)):
                yield source.at(node, f"holds the float {value}")
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                yield source.at(node, "divides with /, which gives a float")


def _imports(source: Source, node: ast.stmt, *modules: str) -> Iterator[str]:
    for module in modules:
        if module.partition(".")[0] not in ALLOWED_ROOTS:
            yield source.at(node, f"imports {module}, which is not known to be pure")
        if module.endswith(".settings"):
            yield source.at(node, "imports settings")
