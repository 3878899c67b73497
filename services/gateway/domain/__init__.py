"""gateway: who may come in.

Aggregates: `sign_in/<HMAC of the phone>`, `thread/<thread id>`, `targets/<account id>`,
`sms/<sms id>`, `sms_lately/<account id>`, `account/<account id>`, those of api_keys.py and
webhooks.py, and, so that a repeat finds its answer again, `request/<request id>` and
`attempt/<attempt id>`.
"""

from collections.abc import Iterable
from typing import Any, assert_never

import msgspec

from shared.contracts.gateway import (
    AccountOpened,
    AddOperator,
    OperatorAdded,
    RequestSignIn,
    SignedIn,
    SignInCodeLapsed,
    SignInCodeSent,
    SignInRefused,
    SignInRequested,
    SignInThrottled,
    TrySignIn,
)
from shared.contracts.message import Fact
from shared.kernel.decider import Elapsed, States

from . import api_keys, sign_in, sms, standing, targets, threads, webhook_memory, webhooks
from .api_keys import KeyFact, KeyWord
from .sign_in import AskCode, CodeSent, TryCode
from .sms import AskSms, SmsFact, SmsTaken, SmsWord
from .standing import AccountFact, AccountWord
from .states import Answered, SignIn, State
from .targets import TargetFact, TargetWord
from .threads import ThreadFact, ThreadWord
from .webhook_events import OrderMoved
from .webhook_memory import WebhookEvent
from .webhooks import Rotate, WebhookAnswered, WebhookCommand

__all__ = [
    "AccountWord", "AskCode", "AskSms", "CodeSent", "Command", "Event", "OrderMoved", "Rotate",
    "SmsTaken", "State", "TargetWord", "ThreadWord", "TryCode", "WebhookAnswered", "decide",
    "evolve", "keys",
]  # fmt: skip

Access = AskCode | TryCode | CodeSent | KeyWord | AddOperator
Command = Access | AccountWord | ThreadWord | TargetWord | SmsWord | WebhookCommand | Elapsed
AboutSignIn = (
    SignInRequested | SignInCodeSent | SignInCodeLapsed | AccountOpened | SignedIn | SignInRefused
)
OwnEvent = AboutSignIn | SignInThrottled | OperatorAdded
Event = OwnEvent | KeyFact | AccountFact | ThreadFact | TargetFact | SmsFact | WebhookEvent


def keys(message: Command | Event, states: States) -> Iterable[str]:
    """The aggregates that a command reads or a fact changes."""
    if isinstance(message, ThreadWord | ThreadFact):
        return threads.keys(message)
    if isinstance(message, KeyWord | KeyFact):
        return api_keys.keys(message)
    if isinstance(message, AccountWord | AccountFact):
        return standing.keys(message)
    if isinstance(message, TargetWord | TargetFact):
        return targets.keys(message)
    if isinstance(message, SmsWord | SmsFact):
        return sms.keys(message)
    if isinstance(message, WebhookCommand):
        return webhooks.keys_of(message, states)
    if isinstance(message, WebhookEvent):
        return webhook_memory.keys_of(message)
    match message:
        case AskCode(asked=asked):
            return (_phone(asked), _request(asked))
        case TryCode(tried=tried):
            return (_phone(tried), _attempt(tried))
        case SignInRequested():
            return (_phone(message), _request(message))
        case SignedIn() | SignInRefused():
            return (_phone(message), _attempt(message))
        case CodeSent() | SignInCodeSent() | SignInCodeLapsed() | AccountOpened():
            return (_phone(message),)
        case SignInThrottled() | AddOperator() | OperatorAdded():
            return (_request(message),)
        case Elapsed(key=key):
            return (key,)
        case _ as never:
            assert_never(never)


def decide(states: States, command: Command) -> list[Fact]:
    """What happens; [] where it has happened before."""
    if isinstance(command, ThreadWord):
        return threads.decide(states, command)
    if isinstance(command, KeyWord):
        return api_keys.decide(states, command)
    if isinstance(command, AccountWord):
        return standing.decide(states, command)
    if isinstance(command, TargetWord):
        return targets.decide(states, command)
    if isinstance(command, SmsWord):
        return sms.decide(states, command)
    if isinstance(command, WebhookCommand):
        return webhooks.decide(states, command)
    match command:
        case AskCode(asked=asked):
            if _request(asked) in states:
                return []
            return [sign_in.decide_ask(_known(states, _phone(asked)), command)]
        case TryCode(tried=tried):
            if _attempt(tried) in states:
                return []
            return sign_in.decide_try(_known(states, _phone(tried)), command)
        case CodeSent():
            return sign_in.decide_sent(_known(states, _phone(command)), command)
        case AddOperator():
            return [] if _request(command) in states else [_added(command)]
        case Elapsed(key=key, now_ms=now_ms) if key.startswith("webhook/"):
            return webhooks.decide_elapsed(key, states, now_ms)
        case Elapsed(key=key, now_ms=now_ms) if key.startswith(sms.SMS):
            return sms.decide_lapse(key, states, now_ms)
        case Elapsed(key=key, now_ms=now_ms):
            phone = _known(states, key)
            return sign_in.decide_lapse(key.removeprefix("sign_in/"), phone, now_ms)
        case _ as never:
            assert_never(never)


def evolve(key: str, state: State | None, fact: Event) -> State | None:
    """The aggregate after the fact; one that the fact is not about stays as it is."""
    if isinstance(fact, ThreadFact):
        return threads.after(key, state, fact)
    if isinstance(fact, KeyFact):
        return api_keys.after(key, state, fact)
    if isinstance(fact, AccountFact):
        return standing.after(key, state, fact)
    if isinstance(fact, TargetFact):
        return targets.after(key, state, fact)
    if isinstance(fact, SmsFact):
        return sms.after(key, state, fact)
    if isinstance(fact, WebhookEvent):
        return webhook_memory.evolve(key, state, fact)
    if key.startswith("sign_in/"):
        return _evolve_phone(key, state if isinstance(state, SignIn) else SignIn(), fact)
    return _evolve_answered(key, state, fact)


def _evolve_phone(key: str, phone: SignIn, fact: OwnEvent) -> SignIn:
    match fact:
        case SignInThrottled() | OperatorAdded():
            return phone
        case _ if key != _phone(fact):
            return phone
        case SignInRequested():
            return sign_in.requested(phone, fact)
        case SignInCodeSent():
            return sign_in.sent(phone, fact)
        case SignInCodeLapsed() | SignedIn():
            return msgspec.structs.replace(phone, code=None)
        case AccountOpened():
            return msgspec.structs.replace(phone, account_id=fact.account_id)
        case SignInRefused():
            return sign_in.refused(phone, fact)
        case _ as never:
            assert_never(never)


def _evolve_answered(key: str, state: State | None, fact: OwnEvent) -> State | None:
    match fact:
        case SignInRequested() | SignInThrottled() | OperatorAdded():
            return Answered() if key == _request(fact) else state
        case SignedIn() | SignInRefused():
            return Answered() if key == _attempt(fact) else state
        case SignInCodeSent() | SignInCodeLapsed() | AccountOpened():
            return state
        case _ as never:
            assert_never(never)


def _added(command: AddOperator) -> OperatorAdded:
    return OperatorAdded(
        operator=command.operator,
        request_id=command.request_id,
        role=command.role,
        password_hash=command.password_hash,
        sealed_totp=command.sealed_totp,
        by=command.by,
    )


def _known(states: States, key: str) -> SignIn:
    found: Any = states.get(key)
    return found if isinstance(found, SignIn) else SignIn()


def _phone(message: RequestSignIn | TrySignIn | CodeSent | AboutSignIn) -> str:
    return f"sign_in/{message.sign_in_id}"


def _request(
    message: RequestSignIn | SignInRequested | SignInThrottled | AddOperator | OperatorAdded,
) -> str:
    return f"request/{message.request_id}"


def _attempt(message: TrySignIn | SignedIn | SignInRefused) -> str:
    return f"attempt/{message.attempt_id}"
