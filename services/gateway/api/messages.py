"""What people read, from messages.toml and its like: read once, when it is first needed."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

Language = Literal["zh", "en"]

FILES: Final = (
    "messages.toml", "messages_disputes.toml", "messages_people.toml", "messages_reseller.toml",
    "messages_voices.toml",
)  # fmt: skip
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
    disputes: dict[str, Text]
    people: dict[str, Text]
    """States of invoices, custom requests and support threads."""
    webhooks: dict[str, Text]


@cache
def messages() -> Messages:
    """Everything that people read."""
    found: dict[str, dict[str, Any]] = {}
    for name in FILES:
        for kind, words in tomllib.loads(Path(__file__).with_name(name).read_text("utf-8")).items():
            found.setdefault(kind, {}).update(words)
    problems = {
        code: Message(each["status"], Text(each["zh"], each["en"]))
        for code, each in found["problems"].items()
    }
    told = (
        {name: Text(**each) for name, each in found[kind].items()}
        for kind in ("states", "stock", "texts", "disputes", "people", "webhooks")
    )
    return Messages(problems, *told)


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
