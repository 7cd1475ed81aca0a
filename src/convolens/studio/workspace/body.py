"""The body of a request in memory, bounded."""

from fastapi import Request


async def read_body(request: Request, most: int) -> tuple[bytes, int]:
    """Return what was sent and how many bytes it has; of more than `most` nothing is kept, and all is read, so that the sender hears why.

    Args:
        request: whose body is read.
        most: bytes.
    """
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size <= most:
            parts.append(part)
        else:
            parts.clear()
    return b"".join(parts), size
