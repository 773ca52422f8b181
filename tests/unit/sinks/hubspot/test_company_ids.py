"""What is remembered of domains is bounded."""

from sinks.hubspot import company_ids
from sinks.hubspot.company_ids import CompanyIds
from tests.clock import Clock


def test_the_domain_that_was_asked_for_longest_ago_is_forgotten_first() -> None:
    ids = CompanyIds(Clock())
    for number in range(company_ids.REMEMBERED):
        ids.remember(f"acme{number}.example", str(number + 1))
    ids.get("acme0.example")
    ids.remember("one-more.example", "0")
    kept = [ids.get(f"{name}.example") for name in ("acme0", "acme1", "acme2", "one-more")]
    assert kept == ["1", None, "3", "0"]


def test_a_domain_that_is_forgotten_is_unknown() -> None:
    ids = CompanyIds(Clock())
    ids.remember("acme.example", "7")
    ids.forget("acme.example")
    ids.forget("acme.example")
    assert ids.get("acme.example") is None
