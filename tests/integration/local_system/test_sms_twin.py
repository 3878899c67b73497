"""The SMS twin over real HTTP: what it keeps, and how it misbehaves when told to."""

import os
import signal
import sys
from collections.abc import Iterator

import httpx
import pytest

from deploy.local import ports
from deploy.local.children import Child, ChildSpec
from deploy.local.folder import CHECKOUT
from tests.integration.local_system.running import until


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    port = ports.free_port()
    child = Child(
        ChildSpec(
            name="twin",
            argv=(sys.executable, "-m", "deploy.local.twins.sms"),
            env={**os.environ, "KAMENG_HTTP_PORT": str(port)},
            cwd=CHECKOUT,
            stop_signal=signal.SIGTERM,
        )
    )
    until(lambda: ports.answers(port))
    yield f"http://127.0.0.1:{port}"
    child.stop(grace_s=5)
    assert child.process.stdout
    child.process.stdout.close()


@pytest.fixture
def twin(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=5) as client:
        yield client


def send(twin: httpx.Client, request_id: str, phone: str, text: str = "code 1") -> httpx.Response:
    return twin.post("/send", json={"request_id": request_id, "phone": phone, "text": text})


def texts(twin: httpx.Client, phone: str) -> list[str]:
    return [each["text"] for each in twin.get("/sms", params={"phone": phone}).json()["items"]]


def play(twin: httpx.Client, *steps: dict[str, object]) -> None:
    assert twin.post("/script", json={"steps": steps}).status_code == httpx.codes.NO_CONTENT


def test_a_message_is_shown_to_its_phone_alone(twin: httpx.Client) -> None:
    assert send(twin, "a1", "13800000001").json() == {"request_id": "a1", "status": "sent"}
    assert texts(twin, "13800000001") == ["code 1"]
    assert texts(twin, "13800000009") == []


def test_the_same_request_is_the_same_message(twin: httpx.Client) -> None:
    answers = [send(twin, "b1", "13800000002") for _ in range(3)]
    assert [each.status_code for each in answers] == [httpx.codes.OK] * 3
    assert texts(twin, "13800000002") == ["code 1"]
    another = send(twin, "b1", "13800000002", "code 2")
    assert another.status_code == httpx.codes.CONFLICT
    assert texts(twin, "13800000002") == ["code 1"]


def test_a_refused_call_sends_nothing_and_may_be_repeated(twin: httpx.Client) -> None:
    play(twin, {"do": "refuse", "times": 2})
    statuses = [send(twin, "c1", "13800000003").status_code for _ in range(3)]
    assert statuses == [httpx.codes.SERVICE_UNAVAILABLE] * 2 + [httpx.codes.OK]
    assert texts(twin, "13800000003") == ["code 1"]


def test_a_lost_answer_has_been_sent_all_the_same(twin: httpx.Client) -> None:
    play(twin, {"do": "lose"})
    with pytest.raises(httpx.ReadTimeout):
        twin.post(
            "/send",
            json={"request_id": "d1", "phone": "13800000004", "text": "code 1"},
            timeout=0.3,
        )
    assert texts(twin, "13800000004") == ["code 1"]
    assert send(twin, "d1", "13800000004").status_code == httpx.codes.OK
    assert texts(twin, "13800000004") == ["code 1"]


def test_a_message_can_arrive_twice(twin: httpx.Client) -> None:
    play(twin, {"do": "duplicate"})
    send(twin, "e1", "13800000005")
    assert texts(twin, "13800000005") == ["code 1", "code 1"]


def test_a_slow_answer_comes_late(twin: httpx.Client) -> None:
    play(twin, {"delay_ms": 300})
    assert send(twin, "f1", "13800000006").elapsed.total_seconds() >= 0.3


@pytest.mark.parametrize(
    ("path", "body"),
    [("/send", {"request_id": "g1"}), ("/send", []), ("/script", {"steps": [{"do": "dance"}]})],
)
def test_a_body_of_another_shape_is_refused(twin: httpx.Client, path: str, body: object) -> None:
    assert twin.post(path, json=body).status_code == httpx.codes.BAD_REQUEST
