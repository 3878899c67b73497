"""What people read, from messages.toml: read once, when it is first needed."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Final, Literal, NamedTuple

Language = Literal["zh", "en"]

FILE: Final = Path(__file__).with_name("messages.toml")
PREFERENCES_MAX: Final = 10
"""Languages looked at in one Accept-Language header."""


class Text(NamedTuple):
    """The same in both languages."""

    zh: str
    en: str

    def told(self, language: Language) -> str:
        """In this one."""
        return self.zh if language == "zh" else self.en


class Message(NamedTuple):
    """A problem: its HTTP status and what it says."""

    status: int
    text: Text


class Messages(NamedTuple):
    """The whole file."""

    problems: dict[str, Message]
    states: dict[str, Text]
    stock: dict[str, Text]
    texts: dict[str, Text]


@cache
def messages() -> Messages:
    """Everything that people read."""
    found = tomllib.loads(FILE.read_text("utf-8"))
    problems = {
        code: Message(each["status"], Text(each["zh"], each["en"]))
        for code, each in found["problems"].items()
    }
    words = (
        {name: Text(**each) for name, each in found[kind].items()}
        for kind in ("states", "stock", "texts")
    )
    return Messages(problems, *words)


def language_of(accepted: str) -> Language:
    """The language to speak, from an Accept-Language header: Chinese unless English comes first."""
    best: Language = "zh"
    weight = 0.0
    for part in accepted.split(",")[:PREFERENCES_MAX]:
        name, _, quality = part.strip().partition(";q=")
        tag = name.strip().lower()[:2]
        try:
            worth = float(quality) if quality else 1.0
        except ValueError:
            continue
        if worth > weight and tag in {"zh", "en"}:
            best, weight = ("en" if tag == "en" else "zh"), worth
    return best
