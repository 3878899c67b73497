"""A text message between the moment it is decided and the moment it is sent: sealed."""

from typing import Final

import msgspec

from shared.security.box import Box

PURPOSE: Final = "sms"
"""What a sealed message is bound to."""


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
