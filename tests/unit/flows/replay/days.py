"""Events on numbered days of June 2025."""

import json

from state.moment import milliseconds


def on(day: int, name: str, **fields: object) -> bytes:
    """An event at eight on a day of June 2025."""
    return json.dumps({"event": name, "timestamp": f"2025-06-{day:02}T08:00:00Z", **fields}).encode()


def midnight(day: int) -> int:
    """When a day of June 2025 begins (ms)."""
    return milliseconds(f"2025-06-{day:02}")


def hot(day: int, email: str) -> list[bytes]:
    """What makes somebody high in a day."""
    return [on(day, "pricing_viewed", email=email, messageId=f"{email} {day} {n}") for n in range(4)]
