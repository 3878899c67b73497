"""Messages to the gateway, as its rules take them."""

from collections.abc import Mapping
from typing import Final

from shared.contracts.accounts import BlockAccount, SetAccountLevel, UnblockAccount
from shared.contracts.gateway import (
    AddOperator,
    IssueApiKey,
    RequestSignIn,
    RevokeApiKey,
    TrySignIn,
)
from shared.contracts.message import Fact, Message
from shared.contracts.sms import TellBySms
from shared.contracts.support import (
    AnswerThread,
    CloseThread,
    MarkThreadRead,
    OpenThread,
    WriteInThread,
)
from shared.contracts.targets import RemoveTarget, SaveTarget
from shared.contracts.webhooks import (
    JudgeWebhook,
    ReplayWebhook,
    RotateWebhookSecret,
    SetWebhook,
    VerifyWebhook,
)
from shared.shards.service import Arrival, Handler

from .domain import (
    AccountWord,
    AskCode,
    AskSms,
    OrderMoved,
    Rotate,
    TargetWord,
    ThreadWord,
    TryCode,
)
from .domain.webhook_events import EVENTS

OfWebhook = SetWebhook | VerifyWebhook | ReplayWebhook | JudgeWebhook


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


def of_account(message: AccountWord, arrival: Arrival) -> AccountWord:  # needs no clock
    """One of our people blocks an account, lets it in again, or sets its level."""
    return message


def of_target(message: TargetWord, arrival: Arrival) -> TargetWord:  # needs no clock
    """A buyer saves where top-ups often go, or forgets it."""
    return message


def tell_by_sms(message: TellBySms, arrival: Arrival) -> AskSms:
    """An account is to be told something by SMS."""
    return AskSms(message, arrival.now_ms)


def revoke_api_key(message: RevokeApiKey, arrival: Arrival) -> RevokeApiKey:  # needs no clock
    """A key ends."""
    return message


def of_webhook(message: OfWebhook, arrival: Arrival) -> OfWebhook:  # needs no clock
    """Something is asked of a webhook endpoint."""
    return message


def rotate(message: RotateWebhookSecret, arrival: Arrival) -> Rotate:
    """A webhook endpoint gets another secret."""
    return Rotate(message, arrival.now_ms)


def order_moved(message: Fact, arrival: Arrival) -> OrderMoved:
    """What the account's endpoints are told of."""
    return OrderMoved(message, arrival.now_ms)


SUBSCRIPTIONS: Final[Mapping[str, Mapping[type[Message], Handler]]] = {
    "gateway.commands": {
        RequestSignIn: request_sign_in,
        TrySignIn: try_sign_in,
        IssueApiKey: issue_api_key,
        RevokeApiKey: revoke_api_key,
        AddOperator: add_operator,
        BlockAccount: of_account,
        UnblockAccount: of_account,
        SetAccountLevel: of_account,
        OpenThread: say_in_thread,
        WriteInThread: say_in_thread,
        AnswerThread: say_in_thread,
        CloseThread: say_in_thread,
        MarkThreadRead: say_in_thread,
        SaveTarget: of_target,
        TellBySms: tell_by_sms,
        RemoveTarget: of_target,
        SetWebhook: of_webhook,
        VerifyWebhook: of_webhook,
        RotateWebhookSecret: rotate,
        ReplayWebhook: of_webhook,
        JudgeWebhook: of_webhook,
    },
    "orders.events": dict.fromkeys(EVENTS, order_moved),
}
