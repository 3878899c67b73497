"""Names are sentences, ignores have reasons, nothing is left undone."""

import pytest

from tests.tidy import words
from tests.tidy.source import CODE, ROOT, Rule, Source, expect_kept, house, python


def test_the_name_of_every_test_is_a_sentence() -> None:
    expect_kept(words.unspoken_tests, (s for s in python("tests/") if s.name.startswith("test_")))


def test_every_lint_ignore_carries_its_reason() -> None:
    expect_kept(words.bare_ignores, (s for s in python() if s.path != "tests/tidy/test_words.py"))


def test_nothing_is_left_to_be_done() -> None:
    expect_kept(words.undone, house())


def test_every_test_always_runs() -> None:
    expect_kept(words.skipped_tests, python("tests/"))


def test_nothing_of_our_own_is_mocked() -> None:
    expect_kept(words.mocks, python())


def test_no_file_names_a_machine_or_a_registry() -> None:
    expect_kept(words.foreign_places, house())


def pages() -> list[Source]:
    inside = [s for s in house() if s.path.startswith("services/gateway/storefront/src/")]
    return [s for s in inside if s.path.endswith((".vue", ".ts"))]


def test_what_pages_say_stands_in_their_message_files() -> None:
    expect_kept(words.text_in_a_page, pages())
    expect_kept(words.english_in_a_page, pages())


def test_pages_ask_the_door_by_its_typed_client_alone() -> None:
    expect_kept(words.own_fetching, pages())


def test_pages_make_no_markup_of_what_people_write() -> None:
    expect_kept(words.markup_of_data, pages())


def test_no_function_is_a_stub() -> None:
    expect_kept(words.empty_bodies, python(*CODE))


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (words.unspoken_tests, "def test_wallet_pays(): ..."),
        (words.unspoken_tests, "async def test_pays(): ..."),
        (words.bare_ignores, "x = 1  # noqa"),
        (words.bare_ignores, "x = 1  # noqa: S104"),
        (words.bare_ignores, "x = 1  # type: ignore"),
        (words.bare_ignores, "x = 1  # type: ignore[no-any-return]"),
        (words.bare_ignores, "# mypy: ignore-errors"),
        (words.bare_ignores, "# ruff: noqa"),
        (words.undone, "# TO" + "DO: later"),
        (words.undone, "# FIX" + "ME"),
        (words.skipped_tests, "@pytest.mark.skipif(True)\ndef test_it(): ..."),
        (words.skipped_tests, "pytest.skip('no broker')"),
        (words.skipped_tests, "@pytest.mark.xfail\ndef test_it(): ..."),
        (words.mocks, "from unittest.mock import patch"),
        (words.mocks, "import unittest.mock"),
        (words.mocks, "worker = AsyncMock()"),
        (words.foreign_places, "DATA = '/ho" + "me/li/kameng'"),
        (words.foreign_places, f"DATA = '{ROOT}/.local'"),
        (words.foreign_places, "see https://py" + "pi.org/simple"),
        (words.foreign_places, "--extra-index" + "-url http" + "s://mirror"),
        (words.text_in_a_page, "<p>付款</p>"),
        (words.english_in_a_page, "<template>\n  <p :a='b > c'>Pay now</p>\n</template>"),
        (words.english_in_a_page, '<template>\n  <input placeholder="Your phone" />\n</template>'),
        (words.markup_of_data, '<p v-html="review.text" />'),
        (words.markup_of_data, "box.insertAdjacentHTML('beforeend', said)"),
        (words.own_fetching, "const answer = await fetch('/v1/wallet')"),
        (words.own_fetching, "import('https" + "://cdn.example/a.js')"),
        (words.empty_bodies, "def follows(fact): ..."),
        (words.empty_bodies, "def refund(order):\n    raise NotImplementedError"),
    ],
)
def test_a_broken_rule_of_words_is_seen(rule: Rule, text: str) -> None:
    assert list(rule(Source("tests/unit/test_wallet.py", text)))


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (words.unspoken_tests, "def test_a_wallet_pays_once(): ..."),
        (words.bare_ignores, "x = 1  # noqa: S104  # the door is public"),
        (words.bare_ignores, "x = 1  # noqa: S104 - the door is public"),
        (words.bare_ignores, "x = 1  # type: ignore[misc]  # untyped library"),
        (words.foreign_places, "curl http://127.0.0.1:8080/v1/orders"),
        (words.english_in_a_page, "<template>\n  <b :title='say(`x`)'>{{ told }}</b>\n</template>"),
        (words.own_fetching, "const source = new EventSource('/v1/stream')"),
        (words.text_in_a_page, "/** Of `中文 · English` the half that is spoken. */"),
        (words.empty_bodies, "class Clock(Protocol):\n    def now_ms(self) -> int: ..."),
        (words.empty_bodies, "@overload\ndef get(key: str) -> int: ..."),
        (words.empty_bodies, "class Gone(Exception):\n    '''It has ended.'''"),
    ],
)
def test_a_kept_rule_of_words_is_left_alone(rule: Rule, text: str) -> None:
    assert not list(rule(Source("tests/unit/test_wallet.py", text)))


def test_only_what_wants_a_browser_that_is_not_to_be_had_may_be_skipped() -> None:
    skipping = "pytest.skip('There is no Chromium.')"
    assert not list(words.skipped_tests(Source(words.WITHOUT_A_BROWSER, skipping)))
    assert list(words.skipped_tests(Source("tests/browser/test_buying.py", skipping)))
