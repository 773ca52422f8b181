"""A Kafka message as a line of JSONL: read back, it counts as the message did."""

from base64 import b64encode

import msgspec

BOM = b"\xef\xbb\xbf"
"""At the beginning of a file it would not be part of the line."""

_json = msgspec.json.Decoder(msgspec.Raw)


class NoLine(msgspec.Struct, frozen=True):
    """What stands for a message that cannot be a line, and is a dead letter as the message was."""

    base64: str
    leadstream: str = "no line"


def line_of(message: bytes) -> bytes:
    r"""The line for a message: as it is, but for newlines.

    Between the parts of a JSON value a newline is white space, and becomes a space. What has newlines and is no JSON,
    or begins with a byte order mark, cannot be used anyway: its bytes are kept in base64.

    >>> line_of(b'{"event":\n"a"}'), line_of(b"\n"), line_of(b"not\nJSON")
    (b'{"event": "a"}', b' ', b'{"base64":"bm90CkpTT04=","leadstream":"no line"}')
    """
    if message.startswith(BOM):
        return _kept(message)
    if b"\n" not in message:
        return message
    return message.replace(b"\n", b" ") if _is_json(message) or not message.strip() else _kept(message)


def _is_json(message: bytes) -> bool:
    try:
        _json.decode(message)
    except (ValueError, RecursionError):
        return False
    return True


def _kept(message: bytes) -> bytes:
    return msgspec.json.encode(NoLine(b64encode(message).decode()))
