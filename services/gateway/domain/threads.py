"""Support threads: who waits for whom, and how far each side has read (E2).

`thread/<thread id>` has the thread, without its words; `request/<request id>` that one was heard.
"""

from collections.abc import Iterable
from typing import Final, Literal

from msgspec.structs import replace

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
from shared.kernel.decider import States

from .states import Answered, State, Thread

Later = WriteInThread | AnswerThread | CloseThread
ThreadWord = OpenThread | Later | MarkThreadRead
ThreadFact = ThreadOpened | BuyerWrote | ShopAnswered | ThreadClosed | ThreadRead | ThreadRefused
Refusal = Literal["UNKNOWN_THREAD", "NOT_OPEN", "TOO_LONG"]

THREAD: Final = "thread/"
WORDS_MAX: Final = 200
"""Of one thread."""


def keys(message: ThreadWord | ThreadFact) -> Iterable[str]:
    """The thread, and where it is remembered that this was said."""
    thread = THREAD + message.thread_id
    match message:
        case OpenThread() | ThreadOpened() | MarkThreadRead() | ThreadRead():
            return (thread,)
        case ThreadRefused():
            return (f"request/{message.request_id}",)
        case _:
            return (thread, f"request/{message.request_id}")


def decide(states: States, said: ThreadWord) -> list[Fact]:
    """What the word comes to; [] where it was heard before."""
    thread: Thread | None = states.get(THREAD + said.thread_id)
    if isinstance(said, OpenThread):
        return [] if thread else [ThreadOpened(**said.model_dump())]
    mine = thread if thread and thread.account_id == said.account_id else None
    if isinstance(said, MarkThreadRead):
        return _read(mine, said)
    if f"request/{said.request_id}" in states:
        return []
    if mine is None:
        return [_refused(said, "UNKNOWN_THREAD")]
    if isinstance(said, CloseThread):
        return [_refused(said, "NOT_OPEN") if mine.closed else ThreadClosed(**said.model_dump())]
    if mine.words >= WORDS_MAX:
        return [_refused(said, "TOO_LONG")]
    told = BuyerWrote if isinstance(said, WriteInThread) else ShopAnswered
    return [told(**said.model_dump(), number=mine.words + 1)]


def after(key: str, state: State | None, fact: ThreadFact) -> State | None:
    """An aggregate after the fact."""
    if key not in keys(fact):
        return state
    if not key.startswith(THREAD):
        return Answered()
    thread = state if isinstance(state, Thread) else Thread(fact.account_id)
    match fact:
        case ThreadOpened():
            return Thread(fact.account_id, words=1, read_by_buyer=1)
        case BuyerWrote(number=number):
            return replace(thread, words=number, read_by_buyer=number, closed=False)
        case ShopAnswered(number=number):
            return replace(thread, words=number, read_by_shop=number, closed=False)
        case ThreadClosed():
            return replace(thread, closed=True)
        case ThreadRead(who="buyer", number=number):
            return replace(thread, read_by_buyer=number)
        case ThreadRead(number=number):
            return replace(thread, read_by_shop=number)
        case ThreadRefused():
            return state


def _read(thread: Thread | None, said: MarkThreadRead) -> list[Fact]:
    if thread is None:
        return []
    number = min(said.number, thread.words)
    before = thread.read_by_buyer if said.who == "buyer" else thread.read_by_shop
    if number <= before:
        return []
    return [
        ThreadRead(
            thread_id=said.thread_id, account_id=said.account_id, who=said.who, number=number
        )
    ]  # fmt: skip


def _refused(said: Later, code: Refusal) -> ThreadRefused:
    return ThreadRefused(
        thread_id=said.thread_id, account_id=said.account_id, request_id=said.request_id, code=code
    )  # fmt: skip
