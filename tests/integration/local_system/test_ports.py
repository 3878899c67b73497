"""A port that somebody has chosen is nobody else's, though nothing listens there yet."""

import subprocess
import sys

import pytest

from deploy.local import ports
from deploy.local.folder import CHECKOUT
from deploy.local.refusal import Refusal

CHOOSES = "from deploy.local.ports import free_port; print(free_port(), flush=True); input()"


def test_another_process_is_given_it_only_when_the_first_has_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CHOOSES], cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        port = int(other.stdout.readline())
        assert ports.is_free(port)
        monkeypatch.setattr(ports, "PORT_MIN", port)
        monkeypatch.setattr(ports, "PORT_MAX", port)
        with pytest.raises(Refusal):
            ports.free_port()
        other.communicate(b"\n")
    assert ports.free_port() == port
