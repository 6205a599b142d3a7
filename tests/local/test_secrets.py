"""Secrets of a stack: random, kept, and nobody else's to read."""

from __future__ import annotations

from pathlib import Path

from local import secrets


def test_each_stack_has_its_own(tmp_path: Path) -> None:
    assert secrets.ensure(tmp_path / "a") != secrets.ensure(tmp_path / "b")


def test_a_secret_stays(tmp_path: Path) -> None:
    assert secrets.ensure(tmp_path / "a") == secrets.ensure(tmp_path / "a")


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    secrets.ensure(tmp_path / "folder" / "a")
    assert (tmp_path / "folder" / "a").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "folder").stat().st_mode & 0o777 == 0o700


def test_a_new_secret_replaces_the_old_one_with_the_same_care(tmp_path: Path) -> None:
    file = tmp_path / "a"
    secrets.ensure(file)
    secrets.write(file, "new")
    assert secrets.ensure(file) == "new"
    assert file.stat().st_mode & 0o777 == 0o600
