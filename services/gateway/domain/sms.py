"""Messages by SMS: each once, few a day to one account, given up when they are of no use.

`sms/<sms id>` is one message; `sms_lately/<account id>` has when the last ones ended.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from shared.contracts.message import Fact
from shared.contracts.sms import (
    SmsAccepted,
    SmsDropped,
    SmsLapsed,
    SmsSent,
    TellBySms,
)
from shared.kernel.decider import States

from .states import Answered, Sms, SmsLately, State

SMS: Final = "sms/"
LATELY: Final = "sms_lately/"
SMS_MAX: Final = 5
"""To one account in a window."""
WINDOW_MS: Final = 86_400_000
"""A message counts until this long after it would have been given up."""
SMS_MS_MAX: Final = 3_600_000
"""A message that the sender has not taken for so long is of no use."""


@dataclass(frozen=True, slots=True)
class AskSms:
    """An account is to be told something."""

    asked: TellBySms
    now_ms: int


@dataclass(frozen=True, slots=True)
class SmsTaken:
    """The SMS sender has taken it: the effect's answer."""

    account_id: str
    sms_id: str


SmsWord = AskSms | SmsTaken
SmsFact = SmsAccepted | SmsSent | SmsLapsed | SmsDropped


def keys(message: SmsWord | SmsFact) -> Iterable[str]:
    """The message; and the account's last ones, where it is one of them."""
    said = message.asked if isinstance(message, AskSms) else message
    one = SMS + said.sms_id
    counted = isinstance(message, AskSms | SmsAccepted)
    return (one, LATELY + said.account_id) if counted else (one,)


def decide(states: States, command: SmsWord) -> list[Fact]:
    """What it comes to; [] where it was heard before."""
    if isinstance(command, SmsTaken):
        waits = isinstance(states.get(SMS + command.sms_id), Sms)
        sent = SmsSent(account_id=command.account_id, sms_id=command.sms_id)
        return [sent] if waits else []
    asked, now_ms = command.asked, command.now_ms
    if SMS + asked.sms_id in states:
        return []
    recent = _ends(states.get(LATELY + asked.account_id))
    if sum(end + WINDOW_MS > now_ms for end in recent) >= SMS_MAX:
        return [SmsDropped(account_id=asked.account_id, sms_id=asked.sms_id, code="TOO_MANY")]
    return [SmsAccepted(**asked.model_dump(), expires_ms=now_ms + SMS_MS_MAX)]


def decide_lapse(key: str, states: States, now_ms: int) -> list[Fact]:
    """Give up what nobody could use any more."""
    found = states.get(key)
    if not isinstance(found, Sms) or now_ms < found.expires_ms:
        return []
    return [SmsLapsed(account_id=found.account_id, sms_id=key.removeprefix(SMS))]


def after(key: str, state: State | None, fact: SmsFact) -> State | None:
    """An aggregate after the fact."""
    if key not in keys(fact):
        return state
    if not isinstance(fact, SmsAccepted):
        return Answered()
    if key.startswith(LATELY):
        return SmsLately((*_ends(state), fact.expires_ms)[-SMS_MAX:])
    return Sms(fact.account_id, fact.sealed, fact.expires_ms)


def _ends(state: object) -> tuple[int, ...]:
    return state.ends if isinstance(state, SmsLately) else ()
