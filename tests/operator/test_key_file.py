"""The API key is followed when its file changes, and not lost when the file is spoilt."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tenant_reseller.key_file import KeyFile, read_key


def test_a_new_key_is_taken_and_a_spoilt_file_keeps_the_old_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "key"
    file.write_text("first\n")
    key_file = KeyFile(file)
    assert not key_file.refresh()

    for spoilt in (b"", b"two words", "schlüssel".encode("latin-1")):
        file.write_bytes(spoilt)
        assert not key_file.refresh()
        assert not key_file.refresh()
    file.unlink()
    assert not key_file.refresh()
    assert key_file.key.get_secret_value() == "first"
    assert len(caplog.records) == 4

    file.write_text("second")
    assert key_file.refresh()
    assert not key_file.refresh()
    assert key_file.key.get_secret_value() == "second"
    assert "second" not in caplog.text


def test_a_mounted_secret_is_followed_through_its_links(tmp_path: Path) -> None:
    # As the kubelet does it: the file is a link into a folder that is a link, which is replaced.
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "api-key").write_text(name)
    (tmp_path / "..data").symlink_to("one")
    (tmp_path / "api-key").symlink_to("..data/api-key")
    key_file = KeyFile(tmp_path / "api-key")
    (tmp_path / "..data_tmp").symlink_to("two")
    os.replace(tmp_path / "..data_tmp", tmp_path / "..data")
    assert key_file.refresh()
    assert key_file.key.get_secret_value() == "two"


def test_a_file_without_a_key_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nowhere cannot be read"):
        read_key(tmp_path / "nowhere")
