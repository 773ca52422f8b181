"""Identifiers as they come, made comparable; and which of them say nothing."""

from functools import lru_cache

from state.domains import company_domain

NIL_UUID = "00000000-0000-0000-0000-000000000000"
BLOCKED = frozenset(
    ["", "0", "-1", "null", "nil", "none", "undefined", "anonymous", "guest", "unknown", "n/a", "na", "nan", "true",
     "false", "[object object]", NIL_UUID]
)  # fmt: skip
"""Values that trackers send for want of an id; they would make one person of many."""

KINDS = {"email": "e", "crm": "c", "user": "u", "visitor": "a"}
"""Kinds of ids as people and statements write them, with their prefixes."""

LONGEST_WORD = max(map(len, BLOCKED - {NIL_UUID}))
LONGEST = 256
REMEMBERED = 1 << 14
"""Addresses and domains come again and again; so many answers are kept: of each kind some 5 MB, and room for more
companies than a day brings."""


def usable(value: str | int | None) -> str:
    """An opaque id without surrounding space, `""` when it says nothing.

    >>> usable(" anon_1 "), usable("undefined"), usable(None), usable(151)
    ('anon_1', '', '', '151')
    """
    return "" if value is None else opaque_id("", value)


def opaque_id(prefix: str, value: str | int) -> str:
    """A usable id with what says its kind in front, `""` when it says nothing.

    >>> opaque_id("a:", " anon_1 "), opaque_id("c:", 151), opaque_id("u:", "undefined")
    ('a:anon_1', 'c:151', '')
    """
    text = value.strip() if type(value) is str else str(value)
    if LONGEST_WORD < len(text) <= LONGEST and text != NIL_UUID:  # most ids are longer than what is blocked
        return prefix + text
    return "" if len(text) > LONGEST or text.lower() in BLOCKED else prefix + text


@lru_cache(REMEMBERED)
def email_id(value: str) -> str:
    """An e-mail address with `e:` in front, `""` when it is none."""
    address = email_address(value)
    return f"e:{address}" if address else ""


def email_address(value: str | int | None) -> str:
    """An e-mail address in lower case with its domain in ASCII, `""` when it is none. Plus-tags stay.

    >>> email_address(" Ann+x@Bücher.Example ")
    'ann+x@xn--bcher-kva.example'
    >>> email_address("ann@"), email_address("not an address")
    ('', '')
    """
    local, at, domain = usable(value).lower().rpartition("@")
    if not at or not local or "@" in local or any(c.isspace() for c in local):
        return ""
    ascii_domain = domain_name(domain)
    return f"{local}@{ascii_domain}" if ascii_domain else ""


def typed_id(value: str) -> str:
    """An id that says its kind, `""` when it is none.

    >>> typed_id("email:Ann@Acme.com"), typed_id("visitor:anon_1"), typed_id("user:undefined"), typed_id("anon_1")
    ('e:ann@acme.com', 'a:anon_1', '', '')
    """
    kind, _, rest = value.partition(":")
    if kind == "email":
        return email_id(rest)
    return opaque_id(f"{KINDS[kind]}:", rest) if kind in KINDS else ""


def domain_name(value: str) -> str:
    """A host name in lower case and ASCII, `""` when it cannot be one.

    >>> domain_name("Shop.Acme.COM."), domain_name("bad domain"), domain_name("localhost")
    ('shop.acme.com', '', '')
    """
    text = value.strip().lower().rstrip(".")
    if not text.isascii():
        try:
            text = text.encode("idna").decode()
        except UnicodeError:
            return ""
    labels = text.split(".")
    valid = len(labels) > 1 and len(text) <= 253 and all(_is_label(label) for label in labels)
    return text if valid else ""


@lru_cache(REMEMBERED)
def account_name(value: str | None) -> str:
    """The registrable domain that an event names as its account, `""` when it names no company's.

    >>> account_name("www.acme.com"), account_name("co.uk"), account_name("gmail.com"), account_name(None)
    ('acme.com', '', '', '')
    """
    if value is None:
        return ""
    return company_domain(domain_name(value)) or ""


def _is_label(label: str) -> bool:
    return 0 < len(label) < 64 and label.replace("-", "").replace("_", "").isalnum() and label[0] != "-" != label[-1]
