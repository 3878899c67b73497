"""Which Node of the machine is fit to build the pages."""

import pytest

from deploy.local.node import builds


@pytest.mark.parametrize(
    ("version", "fit"),
    [
        ((18, 20), False), ((20, 18), False), ((20, 19), True), ((21, 7), False), ((22, 11), False),
        ((22, 12), True), ((23, 0), True), ((26, 1), True),
    ],
)  # fmt: skip
def test_a_node_that_vite_can_run_on_is_taken(version: tuple[int, int], *, fit: bool) -> None:
    assert builds(*version) is fit
