"""Support threads: asked, answered, closed, open again; each side knows what is unread (E2)."""

from typing import Any, Final

from services.gateway import domain
from services.gateway.domain.threads import WORDS_MAX
from services.gateway.projections.threads import ThreadRow, moved, word_of
from shared.contracts.message import Fact
from shared.contracts.support import (
    AnswerThread,
    BuyerWrote,
    CloseThread,
    MarkThreadRead,
    OpenThread,
    ShopAnswered,
    ThreadClosed,
    ThreadOpened,
    ThreadRead,
    ThreadRefused,
    WriteInThread,
)
from shared.testing.scenario import Given
from shared.testing.scenario import given as given_by

WHOSE: Final[Any] = {"thread_id": "t-1", "account_id": "acc-1"}
OPENING: Final = OpenThread(
    **WHOSE, order_id="ord-1", line=1, step="receive", sealed_text="b1.where is it"
)
OPENED: Final = ThreadOpened(**OPENING.model_dump())


def given(*facts: Fact) -> Given:
    return given_by(domain, *facts)


def writing(name: str = "w-2", **changes: Any) -> WriteInThread:
    return WriteInThread(**{**WHOSE, "request_id": name, "sealed_text": "b1.more", **changes})


def wrote(number: int = 2) -> BuyerWrote:
    return BuyerWrote(**WHOSE, request_id=f"w-{number}", number=number, sealed_text="b1.more")


def answering(name: str = "a-2") -> AnswerThread:
    return AnswerThread(**WHOSE, request_id=name, sealed_text="b1.here", by="zhao")


def answered(number: int = 2) -> ShopAnswered:
    words: Any = {"request_id": f"a-{number}", "number": number, "sealed_text": "b1.here"}
    return ShopAnswered(**WHOSE, **words, by="zhao")


def closed(by: str = "buyer") -> ThreadClosed:
    return ThreadClosed(**WHOSE, request_id="c-1", by=by)


def refused(code: Any, name: str) -> ThreadRefused:
    return ThreadRefused(**WHOSE, request_id=name, code=code)


def test_a_buyer_asks_a_person_answers_and_the_buyer_asks_again() -> None:
    given().when(OPENING).then(OPENED)
    given(OPENED).when(answering()).then(answered())
    given(OPENED, answered()).when(writing("w-3")).then(wrote(3))


def test_a_closed_thread_is_open_again_with_the_next_word() -> None:
    closing = CloseThread(**WHOSE, request_id="c-1", by="zhao")
    given(OPENED).when(closing).then(closed("zhao"))
    again = closing.model_copy(update={"request_id": "c-2"})
    given(OPENED, closed()).when(again).then(refused("NOT_OPEN", "c-2"))
    given(OPENED, closed(), wrote()).when(again).then_types(ThreadClosed)


def test_nobody_speaks_in_somebody_else_s_thread_nor_in_none() -> None:
    given().when(answering()).then(refused("UNKNOWN_THREAD", "a-2"))
    theirs = writing(account_id="acc-2")
    given(OPENED).when(theirs).then_types(ThreadRefused)


def test_a_thread_is_bounded() -> None:
    full = [wrote(number) for number in range(2, WORDS_MAX + 1)]
    given(OPENED, *full).when(writing("w-0")).then(refused("TOO_LONG", "w-0"))


def test_each_side_has_read_what_it_said_and_what_it_marks_and_never_less() -> None:
    mark = MarkThreadRead(**WHOSE, who="buyer", number=9)
    read = ThreadRead(**WHOSE, who="buyer", number=2)
    given(OPENED, answered()).when(mark).then(read)
    back = mark.model_copy(update={"number": 1})
    given(OPENED, answered(), read).when(back).then_nothing()
    shop = MarkThreadRead(**WHOSE, who="shop", number=1)
    given(OPENED, answered()).when(shop).then_nothing()
    given().when(shop).then_nothing()


def seen(*facts: Any) -> ThreadRow:
    row: ThreadRow | None = None
    for at, fact in enumerate(facts, start=1):
        row = moved(row, fact, 1_000 * at, at)
    assert row is not None
    return row


def test_the_view_says_who_waits_since_when_and_what_is_unread() -> None:
    asked = seen(OPENED)
    assert (asked.order_id, asked.line, asked.step) == ("ord-1", 1, "receive")
    assert (asked.state, asked.waiting_ms, asked.words - asked.read_by_shop) == ("open", 1_000, 1)
    told = seen(OPENED, answered())
    assert (told.state, told.waiting_ms, told.answered_ms) == ("answered", 0, 2_000)
    assert told.words - told.read_by_buyer == 1
    twice = seen(OPENED, answered(), wrote(3), wrote(4))
    assert (twice.waiting_ms, twice.answered_ms, twice.state) == (3_000, 2_000, "open")
    assert seen(OPENED, closed(), ThreadRead(**WHOSE, who="shop", number=1)).state == "closed"


def test_a_thread_that_is_opened_before_there_is_an_order_knows_what_is_about_to_be_ordered() -> (
    None
):
    asking = OPENING.model_copy(update={"order_id": None, "line": None, "sku": "steam-50"})
    opened = ThreadOpened(**asking.model_dump())
    given().when(asking).then(opened)
    assert (seen(opened).sku, seen(OPENED).sku) == ("steam-50", "")
    assert seen(opened, answered(), closed()).sku == "steam-50"


def test_every_word_is_kept_with_who_said_it() -> None:
    said = [word_of(fact, 7) for fact in (OPENED, wrote(), answered(3), closed())]
    assert [(word.number, word.who) for word in said if word] == [
        (1, "buyer"), (2, "buyer"), (3, "zhao"),
    ]  # fmt: skip
