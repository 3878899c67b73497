"""Invoices: asked for after payment, issued, rejected, voided; never of more than is left (E5)."""

from typing import Any

from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from services.audit.domain import Seen
from services.audit.domain.invoices import Fact as Entered
from services.audit.domain.invoices import Invoices
from services.orders import domain
from services.orders.domain.invoicing import INVOICES_MAX
from services.orders.domain.state import Delivered, Ended, Paid
from shared.contracts.invoices import InvoiceIssued, InvoiceRejected, InvoiceVoided
from shared.contracts.message import Fact
from shared.contracts.refunds import OrderRefunding
from shared.testing.scenario import World
from tests.unit.orders import back, papers
from tests.unit.orders import examples as say

PRICE = back.price(1)


def test_an_invoice_is_of_all_that_was_paid_where_nothing_else_is_said() -> None:
    say.given(*say.to_delivered()).when(papers.asking()).then(papers.asked(PRICE))
    say.given(*say.to_paid()).when(papers.asking(100)).then(papers.asked(100))
    say.given(*say.COMPLETED).when(papers.asking()).then(papers.asked(PRICE))


def test_nothing_is_invoiced_before_it_is_paid_nor_for_somebody_else() -> None:
    refused = papers.no_invoice("NOT_PAID")
    say.given(*say.to_payment()).when(papers.asking()).then(refused)
    say.given(say.cancelled()).when(papers.asking()).then(refused)
    unknown = papers.no_invoice("UNKNOWN_ORDER")
    say.given().when(papers.asking()).then(unknown)
    other = papers.asking(account_id="acc-2")
    theirs = unknown.model_copy(update={"account_id": "acc-2"})
    say.given(*say.to_delivered()).when(other).then(theirs)


def test_several_invoices_share_what_was_paid() -> None:
    first = [*say.to_delivered(), papers.asked(600)]
    more = papers.asking(PRICE - 600, request_id="bill-2")
    second = papers.asked(PRICE - 600, invoice_id="bill-2")
    say.given(*first).when(more).then(second)
    over = papers.asking(PRICE - 599, request_id="bill-2")
    say.given(*first).when(over).then(papers.no_invoice("MORE_THAN_PAID", "bill-2"))
    third = papers.asking(request_id="bill-3")
    say.given(*first, second).when(third).then(papers.no_invoice("MORE_THAN_PAID", "bill-3"))
    none = papers.asking(0, request_id="bill-2")
    say.given(*first).when(none).then(papers.no_invoice("BAD_AMOUNT", "bill-2"))


def test_an_order_has_a_bounded_number_of_invoices() -> None:
    many = [papers.asked(1, invoice_id=f"bill-{n + 2}") for n in range(INVOICES_MAX)]
    refused = papers.no_invoice("TOO_MANY")
    say.given(*say.to_delivered(), *many).when(papers.asking(1)).then(refused)


def test_finance_issues_rejects_and_voids_with_a_number_or_a_reason() -> None:
    asked = [*say.to_delivered(), papers.asked()]
    say.given(*asked).when(papers.deciding()).then(papers.issued())
    say.given(*asked).when(papers.deciding("rejected")).then(papers.rejected())
    void = papers.deciding("voided", request_id="fin-2")
    done = papers.voided(request_id="fin-2")
    say.given(*asked, papers.issued()).when(void).then(done)
    for word in (
        papers.deciding(number=" "), papers.deciding("rejected", reason=""), papers.deciding(by=""),
    ):  # fmt: skip
        say.given(*asked).when(word).then(papers.no_invoice("REASON_REQUIRED", "fin-1"))


def test_an_invoice_is_decided_once() -> None:
    not_open = papers.no_invoice("NOT_OPEN", "fin-2")
    asked = [*say.to_delivered(), papers.asked()]
    again = papers.deciding(request_id="fin-2")
    say.given(*asked, papers.issued()).when(again).then(not_open)
    say.given(*asked, papers.rejected()).when(again).then(not_open)
    void = papers.deciding("voided", request_id="fin-2")
    say.given(*asked).when(void).then(not_open)


def test_what_was_rejected_or_voided_may_be_asked_for_again() -> None:
    asked = [*say.to_delivered(), papers.asked()]
    again, anew = papers.asking(request_id="bill-2"), papers.asked(invoice_id="bill-2")
    say.given(*asked, papers.rejected()).when(again).then(anew)
    say.given(*asked, papers.issued(), papers.voided()).when(again).then(anew)


def test_money_that_goes_back_voids_what_it_outgrows_in_the_same_decision() -> None:
    issued = [*say.to_delivered(), papers.asked(900), papers.issued()]
    some: Any = papers.asked(60, invoice_id="bill-2")
    by_refund: Any = {"request_id": None, "by": "refund", "reason": "money has gone back"}
    refund, money = back.refund(1, amount=50), back.by_hand(50, (1, 50))
    newest = papers.rejected(invoice_id="bill-2", **by_refund)
    say.given(*issued, some).when(refund).then(money, newest)
    more, most = back.refund(1, amount=200), back.by_hand(200, (1, 200))
    say.given(*issued, some).when(more).then(most, newest, papers.voided(**by_refund))
    say.given(*issued).when(refund).then(money)


def test_nothing_is_left_to_invoice_once_all_the_money_has_gone_back() -> None:
    whole = back.by_hand(PRICE, (1, PRICE), whole=True)
    refused = papers.no_invoice("NOT_PAID")
    say.given(*say.to_delivered(), whole).when(papers.asking()).then(refused)


steps = st.lists(
    st.tuples(
        st.sampled_from(["ask", "ask", "issue", "issue", "reject", "void", "refund", "confirm"]),
        st.integers(0, 700),
        st.integers(0, 5),
    ),
    max_size=25,
)


@settings(max_examples=200)
@drawn(script=steps)
def test_invoices_never_outgrow_what_is_left_whatever_is_said_when(script: Any) -> None:
    """Neither in orders' own memory nor in the auditor's book."""
    world, book, before = World(domain), Invoices(), say.to_delivered(2)
    world.fold(*before)
    for fact in before:
        if isinstance(fact, Entered):
            assert list(book.apply(fact, Seen("orders.events/0/0", "x", 0))) == []
    for number, (what, amount, which) in enumerate(script, start=1):
        word: Any
        match what:
            case "ask":
                word = papers.asking(amount, request_id=f"bill-{number}")
            case "refund":
                word = back.refund(which % 2 + 1, request_id=f"req-{number}", amount=amount or None)
            case "confirm":
                word = say.confirm(request_id=f"yes-{number}")
            case _:
                found = _going(world)
                bill = found[which % len(found)].invoice_id if found else "bill-0"
                outcome = {"issue": "issued", "reject": "rejected", "void": "voided"}[what]
                more: Any = {"request_id": f"fin-{number}", "invoice_id": bill}
                word = papers.deciding(outcome, **more)
        facts = world.decide(word)
        world.fold(*facts)
        assert world.decide(word) == []
        for fact in facts:
            if isinstance(fact, Entered):
                assert list(book.apply(fact, Seen("orders.events/0/1", "x", number))) == []
        assert list(book.at_rest()) == []
        _check(world)
        _check_ends(facts)


def _going(world: World) -> Any:
    order = world.states.get(f"order/{say.ORDER}")
    return order.invoices if isinstance(order, Paid | Delivered | Ended) else ()


def _check(world: World) -> None:
    order = world.states.get(f"order/{say.ORDER}")
    if isinstance(order, Paid | Delivered | Ended):
        left = sum(line.amount - line.refunded for line in order.lines)
        assert sum(one.amount for one in order.invoices) <= left


def _check_ends(facts: list[Fact]) -> None:
    """Only a refund ends an invoice without a person."""
    ends = [f for f in facts if isinstance(f, InvoiceRejected | InvoiceVoided | InvoiceIssued)]
    if any(fact.by == "refund" for fact in ends):
        assert isinstance(facts[0], OrderRefunding)
