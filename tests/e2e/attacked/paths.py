"""Every operation of the door's own document, and who may ask for it as this folder says."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

TABLE: Final = Path(__file__).with_name("access.toml")
SHOWN: Final = TABLE.relative_to(TABLE.parents[3])
METHODS: Final = ("get", "post", "put", "patch", "delete")
NAMES: Final = re.compile(r"{(\w+)}")


class Operation(NamedTuple):
    """A method on a path, as `/openapi.json` tells it."""

    method: str
    path: str
    told: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def names(self) -> list[str]:
        """What stands in braces in its path."""
        return NAMES.findall(self.path)

    @property
    def signs_out(self) -> bool:
        """Whether it ends the session that asks."""
        return self.method == "DELETE" and self.path.endswith("/sessions/current")

    @property
    def watched(self) -> bool:
        """Whether its answer is pushed, without an end."""
        return "text/event-stream" in str(self.told["responses"])

    def at(self, values: dict[str, str]) -> str:
        """Its path with these in the place of names; `x` where there is none."""
        return NAMES.sub(lambda name: values.get(name[1], "x"), self.path)


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    """All of them."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield Operation(method.upper(), path, item[method])


@cache
def table() -> dict[str, str]:
    """Who may ask for what: see access.toml."""
    found: dict[str, str] = tomllib.loads(TABLE.read_text("utf-8"))["may"]
    return found
