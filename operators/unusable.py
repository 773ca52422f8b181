"""Why a line cannot be used."""

from state.event import Reason


class Unusable(ValueError):
    """Its text names a field, never a value."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
