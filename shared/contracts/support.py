"""Support threads: a buyer asks, a person answers. The gateway decides; partition key: account id.

A thread knows the order, the line and the step that it was opened from; before there is an order,
what was about to be ordered. Words are numbered from 1.
"""

from typing import Literal

from .message import Command, Fact

Step = Literal["choose", "pay", "receive"]
"""Which of the three steps the buyer was at."""


class OpenThread(Command, owner="gateway", key="account_id", subject="thread_id"):
    """A buyer asks for help."""

    thread_id: str
    account_id: str
    order_id: str | None = None
    line: int | None = None
    step: Step | None = None
    sealed_text: str
    """Sealed to the gateway."""
    sku: str | None = None
    """What is about to be ordered."""


class WriteInThread(Command, owner="gateway", key="account_id", subject="thread_id"):
    """The buyer says more; a thread that was closed is open again."""

    thread_id: str
    account_id: str
    request_id: str
    sealed_text: str


class AnswerThread(Command, owner="gateway", key="account_id", subject="thread_id"):
    """An operator answers."""

    thread_id: str
    account_id: str
    request_id: str
    sealed_text: str
    by: str


class CloseThread(Command, owner="gateway", key="account_id", subject="thread_id"):
    """Nothing more is to be said."""

    thread_id: str
    account_id: str
    request_id: str
    by: str
    """`buyer`, or the operator."""


class MarkThreadRead(Command, owner="gateway", key="account_id", subject="thread_id"):
    """Somebody has read so far."""

    thread_id: str
    account_id: str
    who: Literal["buyer", "shop"]
    number: int
    """Of the last word that was read."""


class ThreadOpened(Fact, owner="gateway", key="account_id", subject="thread_id"):
    """A buyer waits for an answer (待回复); this is word 1."""

    thread_id: str
    account_id: str
    order_id: str | None = None
    line: int | None = None
    step: Step | None = None
    sealed_text: str
    sku: str | None = None


class BuyerWrote(Fact, owner="gateway", key="account_id", subject="thread_id"):
    """The buyer waits for an answer again."""

    thread_id: str
    account_id: str
    request_id: str
    number: int
    """Of this word in its thread."""
    sealed_text: str


class ShopAnswered(Fact, owner="gateway", key="account_id", subject="thread_id"):
    """The buyer has an answer (已回复)."""

    thread_id: str
    account_id: str
    request_id: str
    number: int
    """Of this word in its thread."""
    sealed_text: str
    by: str


class ThreadClosed(Fact, owner="gateway", key="account_id", subject="thread_id"):
    """Nothing more is to be said (已结束), until the buyer says something."""

    thread_id: str
    account_id: str
    request_id: str
    by: str


class ThreadRead(Fact, owner="gateway", key="account_id", subject="thread_id"):
    """One side has read so far."""

    thread_id: str
    account_id: str
    who: Literal["buyer", "shop"]
    number: int
    """Of the last word that was read."""


class ThreadRefused(Fact, owner="gateway", key="account_id", subject="thread_id"):
    """A word that cannot be."""

    thread_id: str
    account_id: str
    request_id: str
    code: Literal["UNKNOWN_THREAD", "NOT_OPEN", "TOO_LONG"]
