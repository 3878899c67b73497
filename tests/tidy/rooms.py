"""The room plan: siblings with the same rooms, each room ending in its table."""

import ast
from collections.abc import Collection, Iterator

from shared.contracts.matrix import SERVICES
from tests.tidy.source import Source, called

ROOMS = ("README.md", "domain", "process.py", "handlers.py", "app.py")
"""What every service has. Other rooms of the plan are there where a service needs them; a room
that is not in the plan is refused by the import contracts."""

WITHOUT: dict[tuple[str, str], str] = {}
"""(service, room) → why this service has no such room."""

FRONT = (
    "README.md", "DECISIONS.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile",
    "pyproject.toml", "requirements.lock", ".ci/run",
)  # fmt: skip
TABLES = {
    "handlers.py": "SUBSCRIPTIONS", "handlers/__init__.py": "SUBSCRIPTIONS",
    "api.py": "ROUTES", "api/__init__.py": "ROUTES",
}  # fmt: skip
README_SAYS = ("owns", "key", "commands", "facts", "topics", "invariants")
IO_CALLS = frozenset({
    "open", "read_text", "read_bytes", "connect", "getenv", "run", "start", "basicConfig",
    "AIOKafkaProducer", "AIOKafkaConsumer", "KafkaBroker", "AsyncConnectionPool", "FastAPI",
})  # fmt: skip


def missing_rooms(paths: Collection[str]) -> Iterator[str]:
    """What the front of the house and each service lack."""
    for name in FRONT:
        if name not in paths:
            yield f"{name} is missing"
    for service in SERVICES:
        for room in ROOMS:
            if not _has(paths, f"services/{service}/{room}") and (service, room) not in WITHOUT:
                yield f"services/{service}/{room} is missing"


def shared_numbers(paths: Collection[str]) -> Iterator[str]:
    """Migrations of one service that have one number: which of them comes first is chance."""
    seen: dict[tuple[str, str], str] = {}
    for path in sorted(paths):
        folder, _, name = path.rpartition("/migrations/")
        if folder and name.endswith(".sql"):
            first = seen.setdefault((folder, name.partition("_")[0]), name)
            if first != name:
                yield f"{path} has the number of {first}"


def _has(paths: Collection[str], room: str) -> bool:
    return any(path in {room, f"{room}.py"} or path.startswith(f"{room}/") for path in paths)


def missing_table(source: Source) -> Iterator[str]:
    """A room that does not end in its table, which is the map of what it does."""
    _, _, room = source.path.removeprefix("services/").partition("/")
    table = TABLES.get(room)
    if table and not any(_assigns(last, table) for last in source.tree.body[-1:]):
        yield source.at(len(source.lines), f"does not end in {table}")


def _assigns(statement: ast.stmt, name: str) -> bool:
    match statement:
        case ast.Assign(targets=[ast.Name(id=target)]) | ast.AnnAssign(target=ast.Name(id=target)):
            return target == name
        case _:
            return False


def unsaid_in_readme(source: Source) -> Iterator[str]:
    """What the README of a service leaves out."""
    text = source.text.lower()
    for word in README_SAYS:
        if word not in text:
            yield source.at(1, f"does not say: {word}")


def work_at_import(source: Source) -> Iterator[str]:
    """What an import alone would set off: calls for their effect, files, connections, environ."""
    for statement in source.tree.body:
        match statement:
            case ast.Expr(value=ast.Call() as call):
                yield source.at(call, f"{called(call)}(…) runs at import")
            case ast.Assign(value=ast.expr() as value) | ast.AnnAssign(value=ast.expr() as value):
                yield from _io(source, value)


def _io(source: Source, value: ast.AST) -> Iterator[str]:
    match value:
        case ast.Lambda():
            return
        case ast.Call() as call if called(call) in IO_CALLS:
            yield source.at(call, f"{called(call)}(…) runs at import")
        case ast.Attribute(attr="environ"):
            yield source.at(value, "reads environ at import")
    for child in ast.iter_child_nodes(value):
        yield from _io(source, child)


def melting_settings(source: Source) -> Iterator[str]:
    """Settings that can change while a process runs."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and "frozen=True" not in ast.unparse(node):
            yield source.at(node, f"{node.name} is not frozen")


def imports_settings(source: Source) -> Iterator[str]:
    """A room of a service, other than app, that knows the settings."""
    if not source.path.startswith("services/") or source.name in {"app.py", "settings.py"}:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom):
            whole = f"{node.module or ''}.{'.'.join(alias.name for alias in node.names)}"
            if "settings" in whole.split("."):
                yield source.at(node, "only app.py knows the settings")
