"""Lines of a stream, however it is cut into pieces."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tenant_reseller.kube.lines import lines


async def stream(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        ((), []),
        ((b"a\nb\n",), [b"a", b"b"]),
        ((b"a", b"b\nc", b"", b"\n", b"\n"), [b"ab", b"c", b""]),
        ((b"a\nb", b"c"), [b"a", b"bc"]),
    ],
)
async def test_lines_are_put_together(chunks: tuple[bytes, ...], expected: list[bytes]) -> None:
    assert [line async for line in lines(stream(*chunks), 3)] == expected


async def test_a_line_without_end_is_given_up() -> None:
    found = lines(stream(b"a\n", b"bb", b"bb", b"bb"), 3)
    assert await anext(found) == b"a"
    with pytest.raises(ValueError, match="more than 3 bytes"):
        await anext(found)
