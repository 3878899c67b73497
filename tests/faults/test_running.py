"""A run of its own has its folder for itself."""

from pathlib import Path

import pytest

from deploy.load.running import wipe
from deploy.local.folder import LocalFolder, of_checkout
from deploy.local.occupied import only_one
from deploy.local.refusal import Refusal


def test_what_another_run_is_using_is_not_wiped(tmp_path: Path) -> None:
    folder = LocalFolder(tmp_path / "faults")
    with only_one(folder):
        kept = folder.root / "kept"
        kept.touch()
        with pytest.raises(Refusal, match="already runs"):
            wipe(folder)
        assert kept.exists()
    wipe(folder)
    assert not folder.root.exists()


def test_the_data_of_make_run_are_never_wiped() -> None:
    with pytest.raises(Refusal, match="make run"):
        wipe(of_checkout())
