"""Results that are kept by the content of what they are made from."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from local.kind.cache import UNUSED_DAYS, kept, key_of


def test_a_result_is_made_once(tmp_path: Path) -> None:
    made: list[str] = []

    def make(folder: Path) -> None:
        made.append(folder.name)
        (folder / "result").write_text("42")

    first = kept(tmp_path, "thing", "k1", make)
    again = kept(tmp_path, "thing", "k1", make)

    assert first == again
    assert (again / "result").read_text() == "42"
    assert len(made) == 1


def test_half_a_result_is_never_found(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_text("")
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        kept(tmp_path, "thing", "k1", fail)
    folder = kept(tmp_path, "thing", "k1", lambda folder: (folder / "whole").touch())

    assert sorted(path.name for path in folder.iterdir()) == [".used", "whole"]


def test_two_at_once_make_it_once(tmp_path: Path) -> None:
    made: list[str] = []

    def make(folder: Path) -> None:
        made.append(folder.name)

    threads = [threading.Thread(target=kept, args=(tmp_path, "thing", "k1", make)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 1


def test_what_nobody_used_for_long_is_removed(tmp_path: Path) -> None:
    old = kept(tmp_path, "thing", "old", lambda folder: None)
    recent = kept(tmp_path, "thing", "recent", lambda folder: None)
    long_ago = time.time() - (UNUSED_DAYS + 1) * 86400
    os.utime(old / ".used", (long_ago, long_ago))

    kept(tmp_path, "thing", "new", lambda folder: None)

    assert not old.exists()
    assert recent.exists()


def test_a_key_stands_for_contents_and_names(tmp_path: Path) -> None:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "a").write_text("x")
    before = key_of(["1.0", folder])

    assert key_of(["1.0", folder]) == before
    assert key_of(["1.1", folder]) != before
    (folder / "a").rename(folder / "b")
    assert key_of(["1.0", folder]) != before
