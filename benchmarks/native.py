"""The native form of an event, as a site sends it."""

from datetime import datetime

import msgspec


class NativeEvent(msgspec.Struct, rename="camel", gc=False):
    """One flat JSON object; `properties` and `traits` stay the bytes they came as."""

    event: str
    timestamp: datetime | int | float
    message_id: str | None = None
    anonymous_id: str | None = None
    contact_id: str | None = None
    user_id: str | None = None
    email: str | None = None
    account_domain: str | None = None
    properties: msgspec.Raw = msgspec.Raw(b"null")
    traits: msgspec.Raw = msgspec.Raw(b"null")


class DecodedEvent(msgspec.Struct, rename="camel"):
    """The same with nothing left as bytes: `properties` and `traits` become dicts."""

    event: str
    timestamp: datetime | int | float
    message_id: str | None = None
    anonymous_id: str | None = None
    contact_id: str | None = None
    user_id: str | None = None
    email: str | None = None
    account_domain: str | None = None
    properties: dict[str, object] | None = None
    traits: dict[str, object] | None = None
