"""An event that evolve forgets is an error of types, not a surprise at night."""

import pytest

from tests.tidy.evolution import forgetful, is_domain
from tests.tidy.source import Source, expect_kept, python

TOTAL = """
def evolve(key, state, fact):
    match fact:
        case Opened():
            return Open()
        case Closed() | Refused():
            return None
        case _ as never:
            assert_never(never)
"""


def seen(text: str) -> list[str]:
    return list(forgetful(Source("services/orders/domain.py", text)))


def test_every_evolve_is_total() -> None:
    expect_kept(forgetful, (source for source in python() if is_domain(source.path)))


def test_a_total_evolve_is_left_alone() -> None:
    assert not seen(TOTAL)
    assert not seen(TOTAL.replace("case _ as never:", "case never:"))
    assert not seen(TOTAL.replace("case _ as never:", "case _:").replace("(never)", "(fact)"))
    assert not seen(
        TOTAL + "\ndef evolve(key, state, fact):\n    return _evolve_order(state, fact)"
    )


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("assert_never(never)", "return state"),
        ("case _ as never:\n            assert_never(never)", "case _:\n            return state"),
        ("case _ as never:", "case _ as never if state:"),
        ("return None", "raise ValueError(fact)"),
        ("return Open()", "assert state is None"),
        ("def evolve", "def _evolve_order"),
    ],
)
def test_a_forgetful_evolve_is_seen(right: str, wrong: str) -> None:
    text = TOTAL.replace(right, wrong)
    if "_evolve_order" in wrong:
        text = text.replace("assert_never(never)", "return state")
    assert seen(text)


def test_an_evolve_without_a_match_is_seen() -> None:
    assert seen("def evolve(key, state, fact):\n    return state")
