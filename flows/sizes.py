"""Sizes in words."""


def size_in_words(size: int) -> str:
    """Bytes as people say them.

    >>> size_in_words(512), size_in_words(20_480), size_in_words(1_234_567_890)
    ('512 bytes', '20 kB', '1,234.6 MB')
    """
    if size < 1_000:
        return f"{size} bytes"
    return f"{size / 1_000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:,.1f} MB"
