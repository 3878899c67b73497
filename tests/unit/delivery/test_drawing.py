"""The state machines in the README are the ones that run."""

from pathlib import Path
from typing import Any, Final, get_args

from services.delivery import domain
from services.delivery.domain.outcomes import Code
from shared.contracts.message import Fact
from shared.testing.drawing import drawn, walked
from tests.unit.delivery import examples as say

README: Final = Path("services/delivery/README.md")
ASK_MS: Final = say.NOON_MS + say.LIMITS.ask_pause_ms_min
LINES: Final[list[list[Fact]]] = [
    [], [say.prepared(1)], [say.topup_prepared(1)], [say.prepared(1), say.delivered(1)],
    [say.awaited(1, 2)], [say.topup_awaited(1)], [say.forgotten()], [say.topup_prepared(5)],
]  # fmt: skip
LINE_COMMANDS: Final[list[Any]] = [
    say.prepare(1), say.topup_prepare(1), say.prepare(2), say.deliver(1), say.topup_deliver(1),
    say.topup_deliver(5), say.forget(1),
]  # fmt: skip


def test_a_line_runs_as_it_is_drawn() -> None:
    line, _ = drawn(README)
    steps = walked(domain, "order/ord-1", LINES, LINE_COMMANDS)
    assert {way: facts for way, facts in steps.items() if way in line} == line
    assert set(steps) - set(line) <= {("Open", "Open")}, "a further line may be prepared"


SENT: Final = [say.topup_prepared(), say.submitted()]
LAST: Final = [*SENT, say.refused("FAILED"), say.submitted("b")]
UNSURE: Final = [*SENT, say.uncertain("UNKNOWN", ASK_MS)]
LOST: Final = [*SENT, say.uncertain("NO_SUCH_ORDER", ASK_MS, again="submit")]
TOPUPS: Final[list[list[Fact]]] = [
    [], [say.topup_prepared()], [say.topup_prepared(5)], [say.topup_awaited(1)], SENT, LAST,
    UNSURE, LOST, [*UNSURE, say.queried()],
    [*LAST, say.uncertain("UNKNOWN", ASK_MS, "b"), say.queried(1, "b")], [*SENT, say.confirmed()],
]  # fmt: skip
TOPUP_COMMANDS: Final[list[Any]] = [
    say.topup_prepare(), say.topup_deliver(), say.elapsed(ASK_MS),
    say.resolve("delivered", receipt="R"), say.resolve("failed"), say.resolve("ask"),
    *(say.answer(code, supplier, verb) for code in get_args(Code) for supplier in "ab"
      for verb in ("submit", "ask")),
]  # fmt: skip


def test_a_top_up_runs_as_it_is_drawn() -> None:
    _, topup = drawn(README)
    steps = walked(domain, "topup/res-1", TOPUPS, TOPUP_COMMANDS)
    steps |= walked(domain, "topup/res-5", [[say.topup_prepared(5)]], [say.topup_deliver(5)])
    assert steps == topup
