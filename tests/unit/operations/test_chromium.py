"""Where no Chromium is to be had it is said so, and what to do: browser tests are skipped then."""

import platform
import shutil
from pathlib import Path
from typing import Any

import pytest

from deploy.local import chromium as chromiums
from deploy.local.chromium import NoChromium, chromium


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine that no package is for, with nothing on it."""
    monkeypatch.setattr(chromiums, "installed", lambda *_: None)
    monkeypatch.setattr(chromiums, "node", lambda *_: None)
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.delenv("KAMENG_CHROMIUM", raising=False)
    return monkeypatch


def test_without_any_it_says_what_to_do(bare: Any, tmp_path: Path) -> None:
    with pytest.raises(NoChromium, match="KAMENG_CHROMIUM"):
        chromium(tmp_path, print)


def test_the_machine_s_own_is_taken_where_no_package_fits(bare: Any, tmp_path: Path) -> None:
    bare.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert chromium(tmp_path, print).program == Path("/usr/bin/chromium")


def test_the_one_that_is_named_comes_first(bare: Any, tmp_path: Path) -> None:
    bare.setenv("KAMENG_CHROMIUM", "/opt/mine")
    assert chromium(tmp_path, print).program == Path("/opt/mine")
