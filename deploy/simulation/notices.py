"""What is said at payments' door in the channels' names: their notices, and all that is none.

Bytes, signed and read as in earnest. A channel itself may be wrong, about whose charge it was and
in whose name; whoever has no key may only try.
"""

import asyncio
import base64
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, urlencode

import httpx
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from services.payments.adapters import kapay, yunfu
from services.payments.adapters.channels import Channel, Forged, Notice
from services.payments.api import command_of
from shared.kernel.ids import derive
from shared.runtime.clock import SystemClock
from shared.testing.simulator.dice import Dice
from shared.testing.simulator.watch import Broken
from shared.testing.simulator.world import World

SECRET: Final = b"the secret of a simulated channel"
KEY_BITS: Final = 2048
EXPONENT: Final = 65_537
DAY_S: Final = 86_400
REPEATS: Final = 10


class Sent(NamedTuple):
    """A request to payments' own door."""

    channel: str
    headers: Mapping[str, str]
    body: bytes


@cache
def their_key() -> RSAPrivateKey:
    """云付's; what it signs is not on the log, so any will do."""
    return generate_private_key(EXPONENT, KEY_BITS)


@cache
def readers() -> Mapping[str, Channel]:
    """The channels' adapters, which read what is sent."""
    key, client, clock = their_key(), httpx.AsyncClient(), SystemClock()
    own = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    theirs = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return {
        kapay.NAME: kapay.Kapay("", SECRET, SECRET, client, clock),
        yunfu.NAME: yunfu.Yunfu("", own, theirs, client, clock),
    }


def signed(channel: str, said: Notice, now_s: int, secret: bytes = SECRET) -> Sent:
    """A notice as the channel sends it."""
    if channel == kapay.NAME:
        body = json.dumps({"type": kapay.PAID, "data": {
            "merchant": said.merchant, "metadata": {"account": said.account_id},
            "reference": said.charge_id, "id": said.their_id, "amount": said.amount,
            "currency": said.currency,
        }}).encode()  # fmt: skip
        return Sent(channel, {kapay.HEADER: kapay.signature(secret, str(now_s), body)}, body)
    form = {
        "app_id": said.merchant, "passback": said.account_id, "out_trade_no": said.charge_id,
        "trade_no": said.their_id, "total_amount": yunfu.yuan(said.amount),
        "currency": said.currency, "trade_status": yunfu.PAID, "notify_time": str(now_s),
        "sign_type": yunfu.SIGN_TYPE,
    }  # fmt: skip
    form["sign"] = base64.b64encode(_rsa(yunfu.signed_text(form))).decode() if secret else ""
    return Sent(channel, {}, urlencode(form).encode())


@cache
def _rsa(text: bytes) -> bytes:
    return their_key().sign(text, PKCS1v15(), SHA256())


def other(channel: str) -> str:
    """The one that it is not."""
    return yunfu.NAME if channel == kapay.NAME else kapay.NAME


Forge = Callable[[Sent, Notice, int], Sent]


def _unsigned(sent: Sent, said: Notice, now_s: int) -> Sent:  # noqa: ARG001  # one shape for all
    headers = {name: value.split(",")[0] for name, value in sent.headers.items()}
    form = dict(parse_qsl(sent.body.decode())) if sent.channel == yunfu.NAME else {}
    form.pop("sign", None)
    return Sent(sent.channel, headers, urlencode(form).encode() if form else sent.body)


def _algorithm_none(sent: Sent, said: Notice, now_s: int) -> Sent:  # noqa: ARG001  # one shape for all
    headers = {kapay.HEADER: f"t={now_s},none="}
    return Sent(sent.channel, headers, sent.body.replace(b"sign_type=RSA2", b"sign_type=none"))


def _another_sum(sent: Sent, said: Notice, now_s: int) -> Sent:
    more = signed(sent.channel, said._replace(amount=said.amount + 1), now_s)
    if sent.channel == kapay.NAME:
        return Sent(sent.channel, sent.headers, more.body)
    form = dict(parse_qsl(more.body.decode())) | {"sign": _sign_of(sent)}
    return Sent(sent.channel, {}, urlencode(form).encode())


def _garbled(sent: Sent, said: Notice, now_s: int) -> Sent:  # noqa: ARG001  # one shape for all
    return Sent(sent.channel, sent.headers, sent.body[:-2])


def _empty_key(sent: Sent, said: Notice, now_s: int) -> Sent:
    return signed(sent.channel, said, now_s, b"")


def _in_the_others_name(sent: Sent, said: Notice, now_s: int) -> Sent:  # noqa: ARG001  # one shape for all
    return Sent(other(sent.channel), sent.headers, sent.body)


def _yesterdays(sent: Sent, said: Notice, now_s: int) -> Sent:
    return signed(sent.channel, said, now_s - DAY_S)


FORGERIES: Final[Mapping[str, Forge]] = {
    "without a signature": _unsigned, "signed with nothing": _empty_key,
    "algorithm none": _algorithm_none, "another sum under its signature": _another_sum,
    "cut short": _garbled, "another channel's signature": _in_the_others_name,
    "signed a day ago": _yesterdays,
}  # fmt: skip


def _sign_of(sent: Sent) -> str:
    return dict(parse_qsl(sent.body.decode()))["sign"]


class PaymentsDoor:
    """payments' own door in one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.turned_away = 0

    def _read(self, sent: Sent, now_s: int) -> Notice | None:
        try:
            return readers()[sent.channel].read(sent.headers, sent.body, now_s)
        except Forged:
            return None

    async def knock(self, channel: str, said: Notice, times: int = 1) -> None:
        """A channel says this, perhaps again and again at once; it is signed as it signs."""
        now_s = self.world.now_ms() // 1000
        sent = signed(channel, said, now_s)
        read = self._read(sent, now_s)
        if read != said:
            raise Broken(f"{channel} has signed {said}, read is {read}")
        if self._read(sent, now_s + DAY_S):
            raise Broken(f"{channel}'s notice is taken again a day later")
        command = command_of(channel, said, self.world.now_ms())
        await asyncio.gather(*(self.world.ask(command) for _ in range(times)))

    async def forge(self, channel: str, said: Notice, dice: Dice) -> None:
        """Somebody without its key says this, in a way that comes to their mind."""
        how = dice.choice(list(FORGERIES))
        now_s = self.world.now_ms() // 1000
        sent = FORGERIES[how](signed(channel, said, now_s), said, now_s)
        if read := self._read(sent, now_s):
            raise Broken(f"a forged notice is believed, {how}: {read}")
        self.turned_away += 1

    async def err(self, channel: str, said: Notice, dice: Dice) -> None:
        """A channel says, well signed, what is not so of any charge of ours there."""
        lie: Any = dice.choice((
            (channel, said._replace(charge_id=derive("nobody", said.charge_id))),
            (channel, said._replace(account_id=derive("nobody", said.account_id))),
            (channel, said._replace(merchant=f"not {said.merchant}")),
            (other(channel), said),
        ))  # fmt: skip
        await self.knock(*lie)
