"""What a card is made of (C5): its parts, and of each what is masked, copied and put into a file.

A code is delivered as it stood when it was imported; splitting it only names its parts. Whatever
cannot be split as its shape says is one part, shown whole: nothing is ever cut off or added.
"""

import re
from collections.abc import Callable
from typing import Final, Literal, NamedTuple

from .masking import mask

Shape = Literal[
    "code", "number_secret", "account_password", "url_extract", "lines", "image", "account_seat",
    "receipt",
]  # fmt: skip
SPLIT: Final = re.compile(r"\s*(?:----|\||\t|\s)\s*")
"""What stands between two parts of a card as shops write it."""
URL: Final = re.compile(r"https?://\S+")
EXTRACT: Final = re.compile(r"(?:提取码|密码|code|pwd)\s*[:\uff1a=]\s*", re.IGNORECASE)
HIDDEN: Final = "••••••"
"""A secret's mask: always as long, so that it does not even tell a password's length."""


class Part(NamedTuple):
    """One thing of a card that means something by itself."""

    name: str
    label: str
    """Chinese first."""
    text: str
    masked: str
    """As it is shown to whoever has not asked to see it."""
    copied: bool
    """Whether it has a button of its own to copy it."""


def parts(shape: str, code: str) -> tuple[Part, ...]:
    """The parts of a card of this shape; one that nobody knows is a single code."""
    return RULES.get(shape, _code)(code)


def masked(shape: str, code: str) -> str:
    """The whole card as it is shown to whoever has not asked to see it."""
    return "\n".join(part.masked for part in parts(shape, code))


def in_file(shape: str, code: str) -> str:
    """The card as it stands in a downloaded text file: as it was imported, on lines of its own."""
    return code if shape in {"lines", "image", "url_extract"} else " ".join(code.splitlines())


def _code(code: str) -> tuple[Part, ...]:
    return (Part("code", "卡密 · Code", code, mask(code), copied=True),)


def _number_secret(code: str) -> tuple[Part, ...]:
    number, secret = _two(code)
    if not secret:
        return _code(code)
    return (
        Part("number", "卡号 · Number", number, mask(number), copied=True),
        Part("secret", "密码 · Secret", secret, HIDDEN, copied=True),
    )


def _account_password(code: str) -> tuple[Part, ...]:
    account, password = _two(code)
    if not password:
        return _code(code)
    return (
        Part("account", "账号 · Account", account, mask(account), copied=True),
        Part("password", "密码 · Password", password, HIDDEN, copied=True),
    )


def _url_extract(code: str) -> tuple[Part, ...]:
    found = URL.match(code)
    if found is None:
        return _code(code)
    url, rest = found.group(), code[found.end() :].strip()
    link = Part("url", "链接 · Link", url, _host(url) + HIDDEN, copied=True)
    if not rest:
        return (link,)
    extract = EXTRACT.sub("", rest, count=1) or rest
    return link, Part("extract", "提取码 · Extract code", extract, HIDDEN, copied=True)


def _lines(code: str) -> tuple[Part, ...]:
    """Each line by itself; together they are copied as one text."""
    found = [line for line in code.splitlines() if line.strip()]
    if len(found) <= 1:
        return _code(code)
    return tuple(
        Part(f"line{number}", f"第{number}行 · Line {number}", line, mask(line), copied=False)
        for number, line in enumerate(found, start=1)
    )


def _image(code: str) -> tuple[Part, ...]:
    """A picture is opened or saved, never copied as letters."""
    if URL.fullmatch(code) is None:
        return _code(code)
    return (Part("image", "图片 · Image", code, HIDDEN, copied=False),)


def _receipt(code: str) -> tuple[Part, ...]:
    """Proof of a top-up: no secret."""
    return (Part("receipt", "充值凭证 · Receipt", code, code, copied=True),)


def _two(code: str) -> tuple[str, str]:
    """The part before the first thing that separates two, and all that comes after it."""
    found = SPLIT.search(code)
    return (code[: found.start()], code[found.end() :]) if found else (code, "")


def _host(url: str) -> str:
    return "/".join(url.split("/", 3)[:3]) + "/"


RULES: Final[dict[str, Callable[[str], tuple[Part, ...]]]] = {
    "code": _code,
    "number_secret": _number_secret,
    "account_password": _account_password,
    "account_seat": _account_password,
    "url_extract": _url_extract,
    "lines": _lines,
    "image": _image,
    "receipt": _receipt,
}
"""Of every shape."""
