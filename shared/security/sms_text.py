"""A text message between the moment it is decided and the moment it is sent: sealed."""

from typing import Final

import msgspec

from shared.security.box import Box

PURPOSE: Final = "sms"
"""What a sealed message is bound to."""
NUMBER: Final = "phone"
"""What a sealed number is bound to."""


class Text(msgspec.Struct, frozen=True):
    """What is sealed to the SMS sender."""

    phone: str
    text: str


def seal_text(box: Box, phone: str, text: str) -> str:
    """A message that only who has the SMS key can read."""
    return box.seal(msgspec.json.encode(Text(phone, text)).decode(), PURPOSE)


def open_text(box: Box, sealed: str) -> Text:
    """The opposite of seal_text(); raises BoxRefused."""
    return msgspec.json.decode(box.open(sealed, PURPOSE), type=Text)


def seal_number(box: Box, phone: str) -> str:
    """A phone number that only who has this key can read."""
    return box.seal(phone, NUMBER)


def open_number(box: Box, sealed: str) -> str:
    """The opposite of seal_number(); raises BoxRefused."""
    return box.open(sealed, NUMBER)
