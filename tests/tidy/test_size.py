"""What is in the house fits a head."""

import pytest

from tests.tidy.size import broad_handlers, long_readme, nameless, too_long
from tests.tidy.source import Source, expect_kept, house, python

LONG_FUNCTION = "def f():\n" + "    x()\n" * 50


def test_files_functions_and_lines_are_short() -> None:
    expect_kept(too_long, house())


def test_the_readme_of_a_service_fits_one_screen() -> None:
    readmes = [s for s in house() if s.path.startswith("services/") and s.name == "README.md"]
    expect_kept(long_readme, readmes)


def test_every_name_says_what_is_in_it() -> None:
    expect_kept(nameless, house())


def test_only_the_worker_catches_everything() -> None:
    expect_kept(broad_handlers, python())


@pytest.mark.parametrize("text", ["x = 1\n" * 301, "x = '" + "a" * 100 + "'", LONG_FUNCTION])
def test_what_is_too_long_is_seen(text: str) -> None:
    assert list(too_long(Source("shared/kernel/ids.py", text)))


def test_what_is_just_short_enough_is_left_alone() -> None:
    text = "x = 1\n" * 250 + LONG_FUNCTION.removesuffix("    x()\n")
    assert not list(too_long(Source("shared/kernel/ids.py", text)))


def test_a_readme_of_two_screens_is_seen() -> None:
    assert list(long_readme(Source("services/orders/README.md", "word\n" * 61)))


@pytest.mark.parametrize(
    "path",
    ["shared/utils.py", "shared/helpers/__init__.py", "deploy/common.py", "services/x/manager.py"],
)
def test_a_name_that_says_nothing_is_seen(path: str) -> None:
    assert list(nameless(Source(path, "")))


@pytest.mark.parametrize("kind", ["except Exception:", "except:", "except (KeyError, Exception):"])
def test_a_handler_that_swallows_everything_is_seen(kind: str) -> None:
    text = f"try:\n    turn()\n{kind}\n    pass"
    assert list(broad_handlers(Source("services/orders/app.py", text)))
    assert list(broad_handlers(Source("shared/shards/worker.py", text)))


def test_parking_and_raising_again_are_left_alone() -> None:
    parks = "try:\n    decide()\nexcept Exception as bug:  # parks the record\n    park(bug)"
    again = "try:\n    turn()\nexcept BaseException:\n    undo()\n    raise"
    assert not list(broad_handlers(Source("shared/shards/worker.py", parks)))
    assert not list(broad_handlers(Source("deploy/local/kafka.py", again)))
