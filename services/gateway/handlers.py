"""Messages to the gateway, as its rules take them."""

from collections.abc import Mapping
from typing import Final

from shared.contracts.gateway import AddOperator, IssueApiKey, RequestSignIn, TrySignIn
from shared.contracts.message import Message
from shared.contracts.support import (
    AnswerThread,
    CloseThread,
    MarkThreadRead,
    OpenThread,
    WriteInThread,
)
from shared.shards.service import Arrival, Handler

from .domain import AskCode, ThreadWord, TryCode


def request_sign_in(message: RequestSignIn, arrival: Arrival) -> AskCode:
    """A phone asks for its code."""
    return AskCode(message, arrival.now_ms)


def try_sign_in(message: TrySignIn, arrival: Arrival) -> TryCode:
    """A code is typed."""
    return TryCode(message, arrival.now_ms)


def issue_api_key(message: IssueApiKey, arrival: Arrival) -> IssueApiKey:  # needs no clock
    """An account gets a key."""
    return message


def add_operator(message: AddOperator, arrival: Arrival) -> AddOperator:  # needs no clock
    """A person may work in the console."""
    return message


def say_in_thread(message: ThreadWord, arrival: Arrival) -> ThreadWord:  # needs no clock
    """A buyer asks for help, or a person answers."""
    return message


SUBSCRIPTIONS: Final[Mapping[str, Mapping[type[Message], Handler]]] = {
    "gateway.commands": {
        RequestSignIn: request_sign_in,
        TrySignIn: try_sign_in,
        IssueApiKey: issue_api_key,
        AddOperator: add_operator,
        OpenThread: say_in_thread,
        WriteInThread: say_in_thread,
        AnswerThread: say_in_thread,
        CloseThread: say_in_thread,
        MarkThreadRead: say_in_thread,
    },
}
