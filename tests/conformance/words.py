"""What is said to the toy, and what it says: on the wire of these tests alone."""

from shared.contracts.message import Command, Fact
from shared.contracts.registry import MESSAGES


class Put(Command, owner="toy", key="account", subject="account"):
    account: str
    request: str
    amount: int


class Move(Command, owner="toy", key="account", subject="account"):
    account: str
    request: str
    to: str
    amount: int


class Credit(Command, owner="toy", key="account", subject="account"):
    account: str
    request: str
    amount: int


class Hold(Command, owner="toy", key="account", subject="account"):
    account: str
    request: str
    until_ms: int
    again: int = 0
    """So often it is held for as long once more before it lapses."""


class Free(Command, owner="toy", key="account", subject="account"):
    account: str
    request: str


class Ring(Command, owner="toy", key="account", subject="account"):
    account: str
    request: str


class PutIn(Fact, owner="toy", key="account", subject="account"):
    account: str
    request: str
    amount: int


class Moved(Fact, owner="toy", key="account", subject="account"):
    account: str
    request: str
    to: str
    amount: int


class Emptied(Fact, owner="toy", key="account", subject="account"):
    account: str
    request: str


class Refused(Fact, owner="toy", key="account", subject="account"):
    account: str
    request: str


class Noted(Fact, owner="toy", key="account", subject="account"):
    account: str
    request: str


class Held(Fact, owner="toy", key="account", subject="account"):
    account: str
    request: str
    until_ms: int
    again: int = 0


class Freed(Fact, owner="toy", key="account", subject="account"):
    account: str
    request: str


class Lapsed(Fact, owner="toy", key="account", subject="account"):
    account: str
    request: str


class RingAsked(Fact, owner="toy", key="account", subject="account"):
    account: str
    request: str


class Rung(Fact, owner="toy", key="account", subject="account"):
    account: str
    request: str
    answer: str


class Foreign(Fact, owner="toy", key="account", subject="account"):
    """Nobody here subscribes to it."""

    account: str


WORDS = (
    Put, Move, Credit, Hold, Free, Ring, PutIn, Moved, Emptied, Refused, Noted, Held, Freed, Lapsed,
    RingAsked, Rung, Foreign,
)  # fmt: skip
MESSAGES.update({cls.type: cls for cls in WORDS})
