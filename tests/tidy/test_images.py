"""No container engine is needed to see that images and compose file fit the house."""

import ast
import importlib.metadata
import re
from dataclasses import fields
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy.images import leave_out, passwords
from deploy.local.kafka_settings import RECORD, SECURE
from deploy.local.postgres_setup import DATABASE, role_of
from deploy.local.units import UNITS
from shared.contracts.matrix import SERVICES
from shared.runtime.environment import Environment
from tests.tidy.source import ROOT, Source, house, python

LINUX = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
VARIABLE = re.compile(r'"(KAMENG_[A-Z_]+)"')


def text_of(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(text_of("deploy/compose.yaml"))["services"]
    return loaded


@pytest.fixture(scope="module")
def kept() -> set[str]:
    unwanted = leave_out.names(text_of("deploy/images/left-out.txt"))
    lines = leave_out.leave_out(text_of("requirements.lock").splitlines(), unwanted)
    found = (leave_out.ENTRY.match(line) for line in lines)
    return {canonicalize_name(entry[1]) for entry in found if entry}


def test_every_unit_of_the_system_runs_and_no_other(compose: dict[str, Any]) -> None:
    ours = {name: unit for name, unit in compose.items() if "KAMENG_PROCESS" in unit["environment"]}
    assert {
        name: (unit["build"]["args"]["SERVICE"], unit["command"]) for name, unit in ours.items()
    } == {unit.name: (unit.service, [unit.role]) for unit in UNITS}


def test_each_unit_signs_in_as_its_service_with_its_own_keys(compose: dict[str, Any]) -> None:
    for unit in UNITS:
        there, variable = compose[unit.name], passwords.variable(unit.service)
        settings = there["environment"]
        assert settings["KAMENG_KAFKA_USER"] == unit.service
        assert settings["KAMENG_KAFKA_PASSWORD"] == f"${{{variable}}}"
        login = f"{role_of(DATABASE, unit.service)}:${{{variable}}}"
        assert settings["KAMENG_DSN"] == f"postgresql://{login}@postgres:5432/{DATABASE}"
        assert there["volumes"][0]["volume"]["subpath"] == f"keys/{unit.service}"
        assert ("KAMENG_HTTP_PORT" in settings) == unit.http


def test_the_environment_of_each_unit_can_be_read(compose: dict[str, Any]) -> None:
    for unit in UNITS:
        settings = {name: str(value) for name, value in compose[unit.name]["environment"].items()}
        settings["KAMENG_PARTITIONS"] = re.sub(
            r"\$\{\w+:-(\d+)\}", r"\1", settings["KAMENG_PARTITIONS"]
        )
        read = Environment.read(settings)
        assert read.process == unit.name
        assert all(getattr(read, field.name) is not None for field in fields(read))


def test_no_setting_is_given_that_nobody_reads(compose: dict[str, Any]) -> None:
    code = python("shared/runtime/", "services/", "deploy/")
    read = {name for source in code for name in VARIABLE.findall(source.text)}
    given = {name for unit in compose.values() for name in unit["environment"]}
    assert {name for name in given if name.startswith("KAMENG_")} <= read


def test_the_log_is_kept_and_guarded_as_in_the_local_system(compose: dict[str, Any]) -> None:
    broker = compose["kafka"]["environment"]
    guarded = {name: value for name, value in SECURE.items() if name.endswith(("users", "found"))}
    for name, value in (RECORD | guarded).items():
        assert broker["KAFKA_" + name.upper().replace(".", "_")] == value


def test_a_password_is_made_for_everybody_who_signs_in(
    compose: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    passwords.main()
    made = {line.partition("=")[0] for line in capsys.readouterr().out.splitlines()}
    asked = set(re.findall(r"\$\{(PASSWORD_\w+)", text_of("deploy/compose.yaml")))
    assert made == asked == {passwords.variable(n) for n in ("admin", "auditor", *SERVICES)}


def test_the_image_holds_shared_and_one_service_alone_and_is_not_root() -> None:
    recipe = text_of("deploy/images/Dockerfile")
    service = recipe[recipe.index("AS base") : recipe.index("FROM base AS prepare")]
    service += recipe[recipe.index("FROM base AS service") :]
    copied = re.findall(r"^COPY (?!--from)(\S+)", service, re.MULTILINE)
    assert copied == ["shared/", "services/__init__.py", "services/${SERVICE}/"]
    assert service.index("USER kameng") < service.index("ENTRYPOINT")
    assert "--require-hashes" in recipe


def test_what_is_left_out_of_images_is_in_the_lock() -> None:
    unwanted = leave_out.names(text_of("deploy/images/left-out.txt"))
    locked = {
        found[1]
        for found in map(leave_out.ENTRY.match, text_of("requirements.lock").splitlines())
        if found
    }
    assert unwanted <= locked


def test_nothing_in_an_image_needs_what_is_left_out(kept: set[str]) -> None:
    for name in kept:
        for line in importlib.metadata.requires(name) or []:
            need = Requirement(line)
            if need.marker is None or need.marker.evaluate(LINUX | {"extra": ""}):
                assert canonicalize_name(need.name) in kept, f"{name} needs {need.name}"


def test_the_code_in_an_image_imports_what_is_kept(kept: set[str]) -> None:
    owners = importlib.metadata.packages_distributions()
    code = [s for s in python("shared/", "services/") if not s.path.startswith("shared/testing/")]
    for source in code:
        for module in imported(source) & owners.keys():
            assert {canonicalize_name(name) for name in owners[module]} & kept, (
                source.path,
                module,
            )


def imported(source: Source) -> set[str]:
    """The packages that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_no_password_is_kept_in_the_house() -> None:
    assert not [source.path for source in house() if source.name == ".env"]
