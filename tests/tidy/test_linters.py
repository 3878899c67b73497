"""What ruff and mypy watch over, broken one at a time, under the settings of the house."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.tidy.source import ROOT

BIN = Path(sys.executable).parent

FORGETFUL = '''
"""A wallet that forgets an event."""

from typing import assert_never


class Opened: ...


class Closed: ...


def evolve(fact: Opened | Closed) -> str:
    match fact:
        case Opened():
            return "open"
        case _ as never:
            assert_never(never)


def follows(fact: Opened | Closed) -> list[str]:
    sent = []
    match fact:
        case Opened():
            sent.append("greeting")
    return sent
'''


def run(*command: str | Path, text: str = "") -> str:
    """What a linter of the house prints."""
    done = subprocess.run(
        [BIN / command[0], *command[1:]],
        cwd=ROOT, input=text, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout


def ruff(path: str, text: str) -> str:
    """What ruff says of this text, were it the file of this path."""
    return run(
        "ruff", "check", "--output-format=concise", f"--stdin-filename={path}", "-", text=text
    )


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("BLE001", "try:\n    turn()\nexcept Exception:\n    pass\n"),
        ("C901", "def f(a):\n" + "    if a:\n        a()\n" * 11),
        ("D100", "x = 1\n"),
        ("D101", '"""Orders."""\n\n\nclass Order:\n    x = 1\n'),
        ("D103", '"""Orders."""\n\n\ndef place():\n    return 1\n'),
        ("DTZ005", "from datetime import datetime\n\nx = datetime.now()\n"),
        ("E501", f"x = '{'a' * 100}'\n"),
        ("PLR0913", f"def f({', '.join('abcdefghi')}):\n    return a\n"),
        ("PLR2004", "def f(a):\n    return a > 17\n"),
        ("PTH123", "x = open('a')\n"),
        ("S608", "q = f'select {name} from orders'\n"),
        ("T201", "print(1)\n"),
        ("TID252", "from ..risk import domain\n"),
        ("RUF100", "x = 1  # noqa: S104  # the door is public\n"),
    ],
)
def test_ruff_sees_a_broken_rule(code: str, text: str) -> None:
    assert code in ruff("services/orders/process.py", text)


def test_ruff_leaves_tests_their_numbers_and_names() -> None:
    text = "def test_it_is_so(n: int) -> None:\n    assert n > 17\n"
    assert "All checks passed" in ruff("tests/unit/test_wallet.py", text)


@pytest.mark.timeout(120)  # without its cache mypy reads pydantic first
def test_mypy_sees_a_forgotten_event(tmp_path: Path) -> None:
    file = tmp_path / "forgetful.py"
    file.write_text(FORGETFUL)
    said = run("mypy", "--config-file=pyproject.toml", file)
    assert 'incompatible type "Closed"; expected "Never"' in said
    assert 'unhandled case for values of type "Closed"' in said
