"""What is forked from the preloader is what would have been started by itself."""

import asyncio
import json
import os
import random
import signal
import sys
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from deploy.local.children import Child, ChildSpec
from deploy.local.folder import CHECKOUT
from deploy.local.preloading import Forked, Preloader
from deploy.local.units import preloader_recipe
from tests.integration.local_system.running import until

MODULE = "tests.integration.local_system.printing"
END_S_MAX = 10


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Preloader, Child]]:
    preloader = Preloader()
    child = Child(preloader_recipe(preloader).make())
    until(lambda: asyncio.run(preloader.ready()))
    yield preloader, child
    child.stop(END_S_MAX)
    preloader.close()
    close(child)


def spec(preloader: Preloader | None, argument: str) -> ChildSpec:
    return ChildSpec(
        name="printing",
        argv=(sys.executable, "-m", MODULE, argument),
        env={"PATH": os.environ["PATH"], "ONLY": "this"},
        cwd=CHECKOUT,
        preloader=preloader,
    )


def first_line(child: Child) -> dict[str, Any]:
    assert child.process.stdout
    said: dict[str, Any] = json.loads(child.process.stdout.readline())
    return said


def close(child: Child) -> None:
    assert child.process.stdout
    child.process.stdout.close()


def test_it_is_started_as_by_itself_with_its_own_environment_alone(
    running: tuple[Preloader, Child],
) -> None:
    forked, alone = Child(spec(running[0], "7")), Child(spec(None, "7"))
    assert isinstance(forked.process, Forked)
    known = first_line(forked)
    assert known["environment"] == {"PATH": os.environ["PATH"], "ONLY": "this"}
    alike = first_line(alone) | {"environment": known["environment"]}
    assert known == alike
    assert (forked.process.wait(END_S_MAX), alone.process.wait(END_S_MAX)) == (7, 7)
    close(forked)
    close(alone)


def test_an_error_is_told_where_it_prints_and_by_its_status(
    running: tuple[Preloader, Child],
) -> None:
    forked = Child(spec(running[0], "fail"))
    assert forked.process.stdout
    assert b"RuntimeError: as it was told" in forked.process.stdout.read()
    assert forked.process.wait(END_S_MAX) == 1
    close(forked)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_signal_ends_it_and_is_told(running: tuple[Preloader, Child], number: int) -> None:
    forked = Child(spec(running[0], "sleep"))
    first_line(forked)
    assert forked.running
    forked.send(signal.Signals(number))
    assert forked.process.wait(END_S_MAX) == -number
    close(forked)


def test_many_at_once_are_told_apart(running: tuple[Preloader, Child]) -> None:
    codes = random.Random(7).sample(range(100), 20)
    children = [Child(spec(running[0], str(code))) for code in codes]
    assert [child.process.wait(END_S_MAX) for child in children] == codes
    for child in children:
        close(child)


def test_when_the_preloader_is_killed_nothing_of_it_is_left_and_others_start_by_themselves() -> (
    None
):
    preloader = Preloader()
    child = Child(preloader_recipe(preloader).make())
    until(lambda: asyncio.run(preloader.ready()))
    forked = Child(spec(preloader, "sleep"))
    first_line(forked)
    child.kill()
    assert forked.process.wait(END_S_MAX) == -signal.SIGKILL
    until(lambda: not psutil.pid_exists(forked.pid), END_S_MAX)

    alone = Child(spec(preloader, "3"))
    assert not isinstance(alone.process, Forked)
    assert alone.process.wait(END_S_MAX) == 3
    preloader.close()
    for each in (child, forked, alone):
        close(each)
