"""The state machines in the README are the ones that run."""

from pathlib import Path
from typing import Any, Final

from services.risk import domain
from shared.contracts.message import Fact
from shared.contracts.orders import Origin
from shared.testing.drawing import drawn, walked
from tests.unit.risk import cases as say
from tests.unit.risk.cases import HOME, PHONE
from tests.unit.risk.examples import (
    LIMITS,
    NOW_MS,
    amount,
    blocked,
    cleared,
    order,
    rules,
    velocity,
)

README: Final = Path("services/risk/README.md")
WRONG: Final = [say.refused(number) for number in range(1, 5)]
COUNTED: Final[Any] = {"units": 1}
HISTORIES: Final[list[list[Fact]]] = [
    [], [cleared()], [blocked("any")], [say.asked(contact=say.CONTACT)], [say.asked(HOME, PHONE)],
    [say.required()], [say.required(), say.issued()], [say.required(), say.issued(), *WRONG],
    [say.held()],
    [say.asked(**COUNTED)], [say.required(**COUNTED)], [say.held(**COUNTED)],
    [say.required(**COUNTED), say.issued()], [say.required(**COUNTED), say.issued(), *WRONG],
    [say.held(**COUNTED), *[say.cleared_after("hold", units=1, tracked=True)]],
]  # fmt: skip
SOME: Final = (
    rules(), rules(velocity(0)), rules(say.crowded()), rules(amount(0, action="step_up")),
    rules(amount(0, action="hold")), rules(say.quota(1)),
)  # fmt: skip
PLACED: Final = say.reachable(number=1)
AT_HOME: Final = order(origin=Origin(address=HOME.fingerprint))
COMMANDS: Final[list[Any]] = [
    *(domain.Judge(placed, some, NOW_MS, LIMITS) for some in SOME for placed in (PLACED, AT_HOME)),
    *(say.heed(HOME, action, "r") for action in ("allow", "step_up", "hold", "block")),
    say.made(), say.was_sent(), say.attempt(8), say.attempt(9, say.WRONG), say.resend(),
    say.release(), say.refuse(), say.over(), say.elapsed(NOW_MS + 10**9),
]  # fmt: skip


def test_an_order_s_verdict_comes_as_it_is_drawn() -> None:
    (order_drawn,) = drawn(README)
    assert walked(domain, say.KEY, HISTORIES, COMMANDS) == order_drawn
