"""What holds in every history of a shelf."""

from typing import Any, get_args

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.catalog import domain, process
from services.catalog.app import service
from services.catalog.domain import Answered, Product, Review, Waitlist
from shared.contracts.catalog import ListingRefused
from shared.contracts.matrix import TOPICS
from shared.contracts.message import Fact
from shared.contracts.promotions import CouponEnded, CouponIssued, CouponRefused
from shared.contracts.registry import commands_of, facts_of
from shared.shards.service import Arrival
from shared.testing.scenario import World
from tests.unit.catalog import examples as say
from tests.unit.catalog import reviews, waiting

HISTORY_STEPS_MAX = 30
requests = st.integers(1, 12).map("req-{}".format)
prices = st.integers(-1, 20_000)
FACTS: list[Any] = [
    say.listed(), say.price_changed(), say.delisted(), say.refused("EMPTY", "r"),
    say.scheduled(), say.promotion_ended(), say.issued(), say.coupon_ended(),
    say.coupon_refused("BAD_COUPON", "r"), *reviews.FACTS,
    *waiting.FACTS,
]  # fmt: skip
OF_COUPONS = CouponIssued | CouponEnded | CouponRefused


class History(RuleBasedStateMachine):
    """One product, few requests: each comes again, also with another meaning."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(domain)
        self.facts: list[Any] = []
        self.asked: list[Any] = []

    def ask(self, command: Any) -> None:
        facts = self.world.decide(command)
        assert len(facts) <= 1
        self.world.fold(*facts)
        self.facts += facts
        self.asked.append(command)

    @rule(request=requests, price=prices)
    def put_on(self, request: str, price: int) -> None:
        self.ask(say.list_product(request, offers=(say.offer(price=price),)))

    @rule(request=requests, price=prices, member=prices)
    def reprice(self, request: str, price: int, member: int) -> None:
        self.ask(say.change_price(request, price=price, member_price=member))

    @rule(request=requests)
    def take_off(self, request: str) -> None:
        self.ask(say.delist(request))

    @rule(request=requests, which=st.sampled_from("ab"), price=prices)
    def promote(self, request: str, which: str, price: int) -> None:
        self.ask(say.schedule(request, promotion_id=which, price=price))

    @rule(request=requests, which=st.sampled_from("ab"))
    def stop(self, request: str, which: str) -> None:
        self.ask(say.end_promotion(request, which))

    @rule(request=requests, off=st.integers(-1, 600))
    def give_coupons(self, request: str, off: int) -> None:
        self.ask(say.issue(f"coupon-{request}", off=off))

    @rule(request=requests)
    def take_coupons_back(self, request: str) -> None:
        self.ask(say.end_coupon(f"coupon-{request}"))

    @invariant()
    def what_may_be_used_only_so_often_is_granted_once(self) -> None:
        grants: list[Any] = [s.message for fact in self.facts for s in process.follows(fact)]
        assert len({grant.sku for grant in grants}) == len(grants)

    @invariant()
    def whatever_was_asked_may_be_asked_again(self) -> None:
        for command in self.asked:
            assert self.world.decide(command) == []

    @invariant()
    def every_request_is_answered_exactly_once(self) -> None:
        answered = [fact.request_id for fact in self.facts]
        assert sorted(answered) == sorted({command.request_id for command in self.asked})

    @invariant()
    def revisions_count_what_has_changed(self) -> None:
        about = [f for f in self.facts if not isinstance(f, ListingRefused | OF_COUPONS)]
        revisions = [fact.revision for fact in about]
        assert revisions == list(range(1, len(revisions) + 1))

    @invariant()
    def what_is_remembered_survives_its_own_encoding(self) -> None:
        for state in self.world.states.values():
            stored = msgspec.msgpack.encode(state)
            assert msgspec.msgpack.decode(stored, type=domain.State) == state


History.TestCase.settings = settings(stateful_step_count=HISTORY_STEPS_MAX, max_examples=60)
TestHistory = History.TestCase


def test_the_catalogue_decides_every_fact_of_its_own() -> None:
    named = {type(fact) for fact in FACTS}
    assert named == set(facts_of("catalog")) == set(get_args(domain.Event))


def test_the_catalogue_takes_every_command_that_is_asked_of_it() -> None:
    taken = service().subscriptions["catalog.commands"]
    assert set(taken) == set(commands_of("catalog"))
    asked: list[Any] = [
        say.list_product(), say.change_price(), say.delist(), say.schedule(), say.end_promotion(),
        say.issue(), say.end_coupon(), *reviews.COMMANDS,
        *waiting.COMMANDS,
    ]  # fmt: skip
    for command in asked:
        assert taken[type(command)](command, Arrival(7, {})) == command


def test_the_catalogue_reads_only_what_the_matrix_lets_it_read() -> None:
    assert all("catalog" in TOPICS[topic].readers for topic in service().subscriptions)


@given(
    st.sampled_from(
        [
            "product/jcard",
            "request/jcard/req-1",
            "coupon/SPRING",
            "review/rv-1",
            "waitlist/jcard-100",
            "nothing/x",
        ]
    ),
    st.sampled_from([None, Product(1, True, ("jcard-100",)), Answered(), Review(4), Waitlist()]),
    st.lists(st.sampled_from(FACTS)),
)
def test_evolve_takes_any_fact_in_any_state(key: str, state: Any, facts: list[Fact]) -> None:
    for fact in facts:
        before = state
        state = domain.evolve(key, state, fact)  # type: ignore[arg-type]  # all are its own facts
        if key.startswith("nothing"):
            assert state is before
