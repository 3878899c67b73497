"""The files around the code keep rules too."""

import pytest

from tests.tidy import papers
from tests.tidy.source import Rule, Source, expect_kept, house

HASH = f"    --hash=sha256:{'ab' * 32}"


def paper(path: str) -> list[Source]:
    found = [source for source in house() if source.path == path]
    assert found, f"{path} is missing"
    return found


def test_every_setting_that_ignores_something_carries_its_reason() -> None:
    expect_kept(papers.bare_settings, paper("pyproject.toml"))


def test_the_lock_pins_and_hashes_everything_and_names_no_host() -> None:
    expect_kept(papers.loose_locks, paper("requirements.lock"))


def test_every_target_of_the_makefile_has_its_help() -> None:
    expect_kept(papers.silent_targets, paper("Makefile"))


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (papers.bare_settings, '[tool.ruff.lint]\nignore = [\n    "S101",\n]'),
        (papers.bare_settings, '[tool.ruff.lint.per-file-ignores]\n"tests/**" = [\n    "S101",\n]'),
        (papers.bare_settings, '[[tool.mypy.overrides]]\nmodule = ["x"]'),
        (papers.bare_settings, '[tool.pytest.ini_options]\nfilterwarnings = [\n    "ignore:x",\n]'),
        (papers.loose_locks, "rich==14.0.0"),
        (papers.loose_locks, f"rich>=14 \\\n{HASH}"),
        (papers.loose_locks, f"rich==14.0.0\nattrs==25.1.0 \\\n{HASH}"),
        (papers.loose_locks, f"--find-links https://mirror\nrich==14.0.0 \\\n{HASH}"),
        (papers.silent_targets, "run: setup\n\tkameng run"),
    ],
)
def test_a_broken_paper_is_seen(rule: Rule, text: str) -> None:
    assert list(rule(Source("paper", text)))


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (papers.bare_settings, '[tool.ruff.lint]\nignore = [\n    "S101", # states what holds\n]'),
        (papers.bare_settings, '[tool.ruff.lint]\nselect = [\n    "A", "B",\n]'),
        (papers.bare_settings, '[[tool.mypy.overrides]]\n# ships no types\nmodule = ["x"]'),
        (papers.loose_locks, f"rich==14.0.0 \\\n{HASH} \\\n{HASH}\nuvloop==0.23.0 \\\n{HASH}"),
        (papers.silent_targets, ".PHONY: run\nPORT := 1\nrun: setup ## Start it.\n\tkameng run"),
    ],
)
def test_a_kept_paper_is_left_alone(rule: Rule, text: str) -> None:
    assert not list(rule(Source("paper", text)))
