"""Sign-in by SMS code: few codes an hour, few tries a code, each used once."""

import pytest

from services.gateway import domain, process
from services.gateway.domain import AskCode, CodeSent, TryCode
from services.gateway.domain.sign_in import CODES_MAX, TRIES_MAX, WINDOW_MS
from shared.contracts.gateway import (
    AccountOpened,
    RequestSignIn,
    SignedIn,
    SignInCodeLapsed,
    SignInCodeSent,
    SignInRefusal,
    SignInRefused,
    SignInRequested,
    SignInThrottled,
    TrySignIn,
)
from shared.kernel.decider import Effect, Elapsed
from shared.testing.scenario import World, given

PHONE = "f" * 64
KEY = f"sign_in/{PHONE}"
EXPIRES_MS = 300_000


def ask(number: int = 1, now_ms: int = 0) -> AskCode:
    command = RequestSignIn(
        sign_in_id=PHONE,
        request_id=f"req-{number}",
        code_mac=f"mac-{number}",
        sealed=f"sealed-{number}",
        expires_ms=now_ms + EXPIRES_MS,
    )
    return AskCode(command, now_ms)


def requested(number: int = 1, now_ms: int = 0) -> SignInRequested:
    return SignInRequested(**ask(number, now_ms).asked.model_dump())


def attempt(mac: str = "mac-1", number: int = 1, now_ms: int = 1) -> TryCode:
    command = TrySignIn(
        sign_in_id=PHONE, attempt_id=f"try-{number}", code_mac=mac, account_id=f"new-{number}"
    )
    return TryCode(command, now_ms)


def refused(code: SignInRefusal, number: int = 1) -> SignInRefused:
    return SignInRefused(sign_in_id=PHONE, attempt_id=f"try-{number}", code=code)


def signed_in(account_id: str = "new-1", number: int = 1) -> SignedIn:
    return SignedIn(sign_in_id=PHONE, attempt_id=f"try-{number}", account_id=account_id)


def opened(account_id: str = "new-1") -> AccountOpened:
    return AccountOpened(sign_in_id=PHONE, account_id=account_id)


def sent(number: int = 1) -> SignInCodeSent:
    return SignInCodeSent(sign_in_id=PHONE, request_id=f"req-{number}")


def wrong_tries(count: int) -> list[SignInRefused]:
    return [refused("WRONG_CODE", 100 + number) for number in range(count)]


def test_a_phone_that_asks_gets_a_code() -> None:
    given(domain).when(ask()).then(requested())


def test_the_code_is_to_be_sent_until_the_sender_has_it() -> None:
    world = given(domain, requested()).world
    assert process.effect(KEY, world.states[KEY]) == Effect("req-1", "sms", (PHONE, "sealed-1"))
    world.fold(sent())
    assert process.effect(KEY, world.states[KEY]) is None
    assert process.due(KEY, world.states[KEY]) is None


def test_the_senders_answer_becomes_a_fact_once() -> None:
    given(domain, requested()).when(CodeSent(PHONE, "req-1")).then(sent())


def test_word_of_an_older_code_is_of_no_use() -> None:
    given(domain, requested(), requested(2)).when(CodeSent(PHONE, "req-1")).then_nothing()


def test_a_code_nobody_took_is_given_up_when_it_expires() -> None:
    world = given(domain, requested()).world
    assert process.due(KEY, world.states[KEY]) == EXPIRES_MS
    lapsed = SignInCodeLapsed(sign_in_id=PHONE, request_id="req-1")
    after = given(domain, requested()).when(Elapsed(KEY, EXPIRES_MS)).then(lapsed)
    assert process.effect(KEY, after.states[KEY]) is None


def test_a_deadline_that_has_not_come_changes_nothing() -> None:
    given(domain, requested()).when(Elapsed(KEY, EXPIRES_MS - 1)).then_nothing()


def test_the_first_right_code_opens_the_account() -> None:
    given(domain, requested(), sent()).when(attempt()).then(opened(), signed_in())


def test_the_account_is_the_same_ever_after() -> None:
    history = [requested(), opened(), signed_in(), requested(2)]
    given(domain, *history).when(attempt("mac-2", 2)).then(signed_in("new-1", 2))


def test_a_code_is_used_once() -> None:
    history = [requested(), opened(), signed_in()]
    given(domain, *history).when(attempt(number=2)).then(refused("NO_CODE", 2))


def test_a_phone_that_never_asked_has_no_code() -> None:
    given(domain).when(attempt()).then(refused("NO_CODE"))


def test_a_wrong_code_is_refused_and_counted() -> None:
    given(domain, requested()).when(attempt("mac-9")).then(refused("WRONG_CODE"))


def test_the_last_try_still_counts() -> None:
    history = [requested(), *wrong_tries(TRIES_MAX - 1)]
    given(domain, *history).when(attempt()).then(opened(), signed_in())


def test_after_too_many_wrong_tries_even_the_right_code_is_refused() -> None:
    history = [requested(), *wrong_tries(TRIES_MAX)]
    given(domain, *history).when(attempt()).then(refused("TOO_MANY_TRIES"))


def test_a_code_that_has_expired_is_refused() -> None:
    command = attempt(now_ms=EXPIRES_MS)
    given(domain, requested()).when(command).then(refused("CODE_EXPIRED"))


def test_a_new_code_replaces_the_one_before_it() -> None:
    history = [requested(), requested(2)]
    given(domain, *history).when(attempt("mac-1")).then(refused("WRONG_CODE"))


@pytest.mark.parametrize("later_ms", [0, EXPIRES_MS + WINDOW_MS - 1])
def test_too_many_codes_are_not_sent(later_ms: int) -> None:
    history = [requested(number) for number in range(CODES_MAX)]
    throttled = SignInThrottled(sign_in_id=PHONE, request_id="req-9")
    given(domain, *history).when(ask(9, later_ms)).then(throttled)


def test_after_the_window_a_phone_may_ask_again() -> None:
    history = [requested(number) for number in range(CODES_MAX)]
    later_ms = EXPIRES_MS + WINDOW_MS
    given(domain, *history).when(ask(9, later_ms)).then(requested(9, later_ms))


def test_a_repeat_is_nothing_new_even_long_after() -> None:
    history = [requested(), opened(), signed_in(), requested(2), refused("WRONG_CODE", 2)]
    for command in (ask(), attempt(), ask(2), attempt("mac-2", 2), attempt("mac-2", 2, 10**12)):
        given(domain, *history).when(command).then_nothing()


def test_what_is_remembered_of_a_phone_is_bounded() -> None:
    world = World(domain).fold(*(requested(number) for number in range(1000)))
    assert len(world.states[KEY].recent) == CODES_MAX
