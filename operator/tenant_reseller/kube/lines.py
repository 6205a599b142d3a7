"""Lines of a stream, of any length that a line may sensibly have.

aiohttp's own reading of lines ends at half a megabyte, and one object may be longer: whoever may make a ConfigMap could
end a watch with it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator


async def lines(chunks: AsyncIterator[bytes], longest: int) -> AsyncIterator[bytes]:
    """The lines, without their ends. Raises `ValueError` when one has more than `longest` bytes."""
    begun: list[bytes] = []
    size = 0
    async for chunk in chunks:
        *ends, rest = chunk.split(b"\n")
        for end in ends:
            yield b"".join((*begun, end))
            begun, size = [], 0
        begun.append(rest)
        size += len(rest)
        if size > longest:
            raise ValueError(f"a line of more than {longest} bytes")
    if size:
        yield b"".join(begun)
