"""Facts of an older shape are lifted to the newest one as they are read; the log stays as it is."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from .message import Message

Body = dict[str, Any]


@dataclass(frozen=True)
class Upcaster:
    """From one retired version of a message to its present class."""

    to: type[Message]
    change: Callable[[Body], Body]

    def lift(self, body: bytes) -> Message:
        """The message in its present shape; raises ValueError when ``body`` is not JSON."""
        return self.to.model_validate(self.change(json.loads(body)))


UPCASTERS: Final[dict[str, Upcaster]] = {}
"""By retired wire type. An entry stays for ever: the log still holds that version."""
