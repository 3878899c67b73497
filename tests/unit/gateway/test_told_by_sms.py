"""An account is told by SMS: each message once, few a day, repeated until it is taken (A10)."""

from typing import Any

from services.gateway import domain, process
from services.gateway.domain import AskSms, SmsTaken
from services.gateway.domain.sms import SMS_MAX, SMS_MS_MAX, WINDOW_MS
from shared.contracts.sms import SmsAccepted, SmsDropped, SmsLapsed, SmsSent, TellBySms
from shared.kernel.decider import Effect, Elapsed
from shared.testing.scenario import World, given

KEY = "sms/sub-1"


def tell(number: int = 1, now_ms: int = 0) -> AskSms:
    words: Any = {"account_id": "acc-1", "sms_id": f"sub-{number}", "sealed": f"b1.{number}"}
    return AskSms(TellBySms(**words), now_ms)


def accepted(number: int = 1, now_ms: int = 0) -> SmsAccepted:
    asked = tell(number).asked
    return SmsAccepted(**asked.model_dump(), expires_ms=now_ms + SMS_MS_MAX)


def taken() -> SmsTaken:
    return SmsTaken("acc-1", "sub-1")


SENT = SmsSent(account_id="acc-1", sms_id="sub-1")
LAPSED = SmsLapsed(account_id="acc-1", sms_id="sub-1")


def test_a_message_is_accepted_once_and_sent_once() -> None:
    given(domain).when(tell()).then(accepted())
    given(domain, accepted()).when(taken()).then(SENT)
    given(domain, accepted(), SENT).when(taken()).then()
    given(domain, accepted(), SENT).when(tell(now_ms=WINDOW_MS)).then()


def test_it_is_an_effect_until_it_is_taken() -> None:
    waits = World(domain).fold(accepted()).states[KEY]
    effect = Effect("tell sub-1", process.TELL, ("acc-1", "sub-1", "b1.1"))
    assert process.effect(KEY, waits) == effect
    assert process.due(KEY, waits) == SMS_MS_MAX
    done = World(domain).fold(accepted(), SENT).states[KEY]
    assert (process.effect(KEY, done), process.due(KEY, done)) == (None, None)


def test_what_nobody_takes_is_given_up() -> None:
    given(domain, accepted()).when(Elapsed(KEY, SMS_MS_MAX - 1)).then()
    given(domain, accepted()).when(Elapsed(KEY, SMS_MS_MAX)).then(LAPSED)
    given(domain, accepted(), LAPSED).when(taken()).then()
    given(domain, accepted(), SENT).when(Elapsed(KEY, SMS_MS_MAX)).then()


def test_an_account_is_told_so_often_a_day_at_most() -> None:
    """A page tells what is not sent."""
    many = [accepted(number) for number in range(2, SMS_MAX + 2)]
    dropped = SmsDropped(account_id="acc-1", sms_id="sub-1", code="TOO_MANY")
    given(domain, *many).when(tell()).then(dropped)
    given(domain, *many[1:]).when(tell()).then(accepted())
    later = SMS_MS_MAX + WINDOW_MS
    given(domain, *many).when(tell(now_ms=later)).then(accepted(now_ms=later))
    given(domain, *many, dropped).when(tell(now_ms=later)).then()
