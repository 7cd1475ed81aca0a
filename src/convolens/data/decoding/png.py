"""PNG files without what tells nothing of their pixels: comments and colour profiles, which may be larger than Pillow takes."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COMMENTS = (b"tEXt", b"zTXt", b"iTXt", b"iCCP")
_XMP = b"XML:com.adobe.xmp"  # may say how the picture lies
_KEPT = 2**20  # bytes of such a chunk


def without_comments(data: bytes) -> bytes:
    """Return the bytes of a PNG file without its comments and colour profile; other bytes as they are.

    Example:
        >>> text = (3).to_bytes(4, "big") + b"tEXt" + b"a:b" + b"-crc"
        >>> without_comments(_SIGNATURE + text) == _SIGNATURE
        True
    """
    if not data.startswith(_SIGNATURE):
        return data
    kept, place = [_SIGNATURE], len(_SIGNATURE)
    while place < len(data):
        length, kind = int.from_bytes(data[place : place + 4]), data[place + 4 : place + 8]
        chunk = data[place : place + length + 12]
        if kind not in _COMMENTS or (_XMP in chunk[:64] and len(chunk) < _KEPT):
            kept.append(chunk)
        place += len(chunk) if len(chunk) > 11 else len(data)
    return b"".join(kept)
