"""Rule 1: who may import whom. The contracts of pyproject.toml, broken one at a time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shared.contracts.matrix import SERVICES
from tests.tidy.source import ROOT

LINT = Path(sys.executable).with_name("lint-imports")
ROOMS = ("app", "settings", "api", "handlers", "projections", "process", "scoring", "domain")
SHARED = tuple(
    f"shared.{room}"
    for room in ("kernel", "contracts", "shards", "security", "runtime", "replay", "testing")
)

ORDERLY = {
    "services.orders.app": ["services.orders.settings", "services.orders.api", "shared.shards"],
    "services.orders.api": ["services.orders.projections"],
    "services.orders.handlers": ["services.orders.domain", "shared.contracts"],
    "services.orders.process": ["services.orders.domain", "shared.kernel"],
    "shared.shards": ["shared.contracts", "psycopg"],
    "deploy": ["services.orders.app", "shared.contracts"],
}


def build(home: Path, imports: dict[str, list[str]]) -> None:
    """A small house of empty rooms, with these imports."""
    rooms = [f"services.{service}.{room}" for service in SERVICES for room in ROOMS]
    for module in ["services.__init__", *SHARED, *rooms, *imports, "deploy.__init__"]:
        file = home / (module.replace(".", "/") + ".py")
        file.parent.mkdir(parents=True, exist_ok=True)
        (file.parent / "__init__.py").touch()
        others = imports.get(module.removesuffix(".__init__"), [])
        file.write_text("".join(f"import {other}\n" for other in others))


def lint(home: Path) -> subprocess.CompletedProcess[str]:
    """The contracts of the house, held against the packages in this folder."""
    command = [str(LINT), "--no-cache", str(ROOT / "pyproject.toml")]
    here = os.environ | {"PYTHONPATH": str(home)}
    return subprocess.run(command, cwd=home, env=here, capture_output=True, text=True, check=False)


def test_the_house_keeps_its_contracts() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout


def test_an_orderly_house_keeps_them(tmp_path: Path) -> None:
    build(tmp_path, ORDERLY)
    result = lint(tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "imports", "contract"),
    [
        ("services.orders.domain", "services.risk.domain", "services never import each other"),
        ("services.orders.app", "services.risk.app", "services never import each other"),
        ("shared.shards", "services.orders.domain", "deploy stands on services"),
        ("shared.runtime", "deploy", "deploy stands on services"),
        ("services.orders.app", "deploy", "deploy stands on services"),
        ("services.orders.domain", "services.orders.process", "the rooms of a service"),
        ("services.orders.process", "services.orders.handlers", "the rooms of a service"),
        ("services.orders.handlers", "services.orders.api", "the rooms of a service"),
        ("services.orders.api", "services.orders.app", "the rooms of a service"),
        ("services.orders.attic", "services.orders.domain", "the rooms of a service"),
        ("services.orders.handlers", "services.orders.settings", "only app.py imports settings"),
        ("services.orders.scoring", "services.orders.settings", "only app.py imports settings"),
        ("shared.contracts", "shared.shards", "shared: from the pure kernel"),
        ("shared.shards", "shared.runtime", "shared: from the pure kernel"),
        ("services.orders.domain", "psycopg", "what is pure reaches no IO"),
        ("services.orders.domain", "shared.shards", "what is pure reaches no IO"),
        ("shared.kernel", "asyncio", "what is pure reaches no IO"),
    ],
)
def test_a_broken_contract_is_named(
    tmp_path: Path, module: str, imports: str, contract: str
) -> None:
    build(tmp_path, ORDERLY | {module: [*ORDERLY.get(module, []), imports]})
    _, _, broken = lint(tmp_path).stdout.partition("Broken contracts")
    assert contract in broken
