"""Everything that the door's own document allows to be asked, and much that it does not.

Schemathesis makes the questions and judges the answers; who asks is said here, because only what
is sent can be signed.
"""

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from typing import Any, Final

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from .paths import Operation, operations
from .people import Cast

CHECKS: Final = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.missing_required_header,
]
ANSWER_S_MAX: Final = 30
KNOWN_BY: Final = ("authorization", "x-kameng-key", "x-kameng-timestamp", "x-kameng-nonce",
                   "x-kameng-signature", "cookie", "prefer")  # fmt: skip
"""Who asks and how long they wait is no matter of chance."""
KEY_LENGTH_MAX: Final = 128
LINE_BY_LINE: Final = {"POST /v1/batches"}
"""A bad line is refused in its own place, and harms no other: the rest is accepted."""
SAID_CHARS_MAX: Final = 1_500
HowOften = Callable[[Operation, int], dict[str, int]]
"""Who asks an operation, the how manieth it is, and how many times of each kind."""


class Signed:
    """Makes a request that is ready to be sent somebody's: what requests calls an `auth`."""

    def __init__(self, cast: Cast, who: str) -> None:
        self.cast, self.who = cast, who

    def __call__(self, request: Any) -> Any:
        for name in KNOWN_BY:
            request.headers.pop(name, None)
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        known = self.cast.headers(self.who, request.method, request.path_url, body)
        fresh = known.pop("Idempotency-Key")
        if 0 < len(request.headers.get("Idempotency-Key", "")) <= KEY_LENGTH_MAX:
            request.headers["Idempotency-Key"] = fresh  # one that is wrong stays so
        request.headers.update(known)
        return request


class Questions:
    """What was asked, how it was answered, and what was wrong about that."""

    def __init__(self, cast: Cast, document: dict[str, Any], real: dict[str, str]) -> None:
        load_all_checks()
        self.cast, self.real = cast, real
        self.known = {(each.method, each.path): each for each in operations(document)}
        self.schema = schemathesis.openapi.from_dict(_without_locks(document))
        self.asked: Counter[str] = Counter()
        self.wrong: dict[tuple[str, str], str] = {}
        """The first of its kind, by operation and what is wrong."""

    def ask(self, how_often: HowOften) -> None:
        """Everything that is answered at an end, and leaves its asker signed in."""
        for number, found in enumerate(self.schema.get_all_operations()):
            assert isinstance(found, Ok), found
            told = found.ok()
            known = self.known[told.method.upper(), told.path]
            if known.watched or known.signs_out:
                continue
            there = {name: self.real[name] for name in known.names if name in self.real}
            meant = told.as_strategy(path_parameters=there or None)
            wrong = told.as_strategy(generation_mode=GenerationMode.NEGATIVE)
            for who, examples in how_often(known, number).items():
                for cases in (meant, wrong):
                    self._ask(who, known, cases, examples)

    def _ask(self, who: str, known: Operation, cases: Any, examples: int) -> None:
        bounds = settings(
            max_examples=examples, phases=[Phase.generate], database=None, deadline=None,
            derandomize=True, suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        try:
            bounds(given(case=cases)(self._one(who, known)))()
        except Unsatisfiable:
            self.asked["nothing to get wrong"] += 1

    def _one(self, who: str, known: Operation) -> Callable[[Any], None]:
        base = self.cast.run["gateway"]

        def one(case: Any) -> None:
            answer = case.call(base_url=base, auth=Signed(self.cast, who), timeout=ANSWER_S_MAX)
            self.asked[f"{answer.status_code // 100}xx"] += 1
            try:
                case.validate_response(answer, checks=checks_of(known))
            except FailureGroup as found:
                for each in found.exceptions:
                    said = f"{known} as {who}: {each}: {answer.request.url} "
                    said += f"{answer.request.body!r} → {answer.status_code} {answer.text}"
                    key = str(known), getattr(each, "title", str(each))
                    self.wrong.setdefault(key, said[:SAID_CHARS_MAX])

        return one


def checks_of(known: Operation) -> list[Any]:
    """What its answers have to keep."""
    partly = {checks.negative_data_rejection} if str(known) in LINE_BY_LINE else set()
    return [each for each in CHECKS if each not in partly]


def _without_locks(document: dict[str, Any]) -> dict[str, Any]:
    """The document as if anybody might ask: who does is not to be made up."""
    made = deepcopy(document)
    made["components"].pop("securitySchemes")
    for each in operations(made):
        each.told.pop("security", None)
    return made
