"""Problems: a code for machines, a sentence for people in their language, a pointer per field."""

import json
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.requests import Request

from services.gateway.api.messages import language_of, messages
from services.gateway.api.problems import MEDIA_TYPE, Problem, answer, from_validation, pointer
from services.gateway.api.shapes import NewOrder
from services.gateway.projections.order import OrderDoc

PRICE = {"amount": 4_800, "currency": "CNY"}


def request(language: str = "") -> Request:
    headers = [(b"accept-language", language.encode())] if language else []
    return Request({"type": "http", "headers": headers, "trace_id": "ab" * 16})


def told(problem: Problem, language: str = "") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bytes(answer(problem, request(language)).body))
    return found


def test_a_problem_is_told_as_rfc_9457_says() -> None:
    response = answer(Problem("NOT_FOUND"), request())
    assert (response.status_code, response.media_type) == (404, MEDIA_TYPE)
    body = told(Problem("NOT_FOUND"))
    assert set(body) == {"type", "title", "status", "code", "detail", "trace_id"}
    assert body["trace_id"] == "ab" * 16


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "zh"),
        ("en", "en"),
        ("en-GB,zh;q=0.8", "en"),
        ("zh-CN,en;q=0.9", "zh"),
        ("fr,en;q=0.5,zh;q=0.4", "en"),
        ("fr", "zh"),
        ("en;q=x", "zh"),
        ("*", "zh"),
        ("," * 10_000, "zh"),
    ],
)
def test_chinese_unless_english_is_wanted_more(accepted: str, language: str) -> None:
    assert language_of(accepted) == language


def test_every_sentence_is_there_in_both_languages() -> None:
    for code, message in messages().problems.items():
        assert message.text.zh, code
        assert message.text.en, code
        assert 400 <= message.status < 600
        assert message.text.zh != message.text.en


def test_every_state_has_its_label() -> None:
    assert list(messages().states) == [
        "received", "in_review", "awaiting_verification", "awaiting_payment", "processing",
        "delivered", "completed", "refused", "cancelled", "expired", "failed", "refunding",
        "refunded", "queued",
    ]  # fmt: skip
    assert OrderDoc.__struct_fields__[4] == "state"


def test_words_are_filled_in() -> None:
    assert "99" in told(Problem("BODY_TOO_LARGE", limit_bytes=99))["detail"]


def test_whoever_is_to_wait_is_told_how_long() -> None:
    busy = answer(Problem("TOO_MANY_REQUESTS", retry_after_s=7), request())
    assert busy.headers["retry-after"] == "7"
    assert "retry-after" in answer(Problem("OVERLOADED"), request()).headers


def test_what_is_wrong_with_a_body_is_pointed_at_and_not_repeated() -> None:
    line = {"sku": "s", "quantity": "1", "unit_price": PRICE, "secret": "hunter2"}
    with pytest.raises(ValidationError) as found:
        NewOrder.model_validate_json(json.dumps({"lines": [line]}))
    body = told(from_validation(found.value), "en")
    assert {error["pointer"] for error in body["errors"]} == {
        "/lines/0/quantity",
        "/lines/0/secret",
    }
    assert "hunter2" not in json.dumps(body)


def test_a_pointer_escapes_what_json_pointers_escape() -> None:
    assert pointer(["a/b", "c~d", 0]) == "/a~1b/c~0d/0"


@pytest.mark.parametrize(
    "change",
    [
        {"lines": []},
        {"lines": [{"sku": "s", "quantity": 1, "unit_price": PRICE}] * 101},
        {"lines": [{"sku": "s", "quantity": 0, "unit_price": PRICE}]},
        {"lines": [{"sku": "s", "quantity": 1.0, "unit_price": PRICE}]},
        {"lines": [{"sku": "s", "quantity": True, "unit_price": PRICE}]},
        {"lines": [{"sku": "s" * 101, "quantity": 1, "unit_price": PRICE}]},
        {"lines": [{"sku": "a\nb", "quantity": 1, "unit_price": PRICE}]},
        {"lines": [{"sku": "s", "quantity": 1, "unit_price": {"amount": -1}}]},
        {"lines": [{"sku": "s", "quantity": 1, "unit_price": 4_800}]},
        {"on_decline": "explode"},
        {"pay_with": "Wallet; drop"},
        {"surprise": 1},
    ],
)
def test_an_order_that_is_not_well_formed_does_not_come_in(change: dict[str, Any]) -> None:
    good = {"lines": [{"sku": "s", "quantity": 1, "unit_price": PRICE}]}
    assert NewOrder.model_validate_json(json.dumps(good)).pay_with == "wallet"
    with pytest.raises(ValidationError):
        NewOrder.model_validate_json(json.dumps({**good, **change}))
