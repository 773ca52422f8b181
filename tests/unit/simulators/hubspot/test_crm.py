"""Records, their versions, and what search sees of them."""

from simulators.hubspot.crm import Crm, SearchIndex


def test_a_record_remembers_every_version_it_was_told(crm: Crm) -> None:
    record = crm.contacts.create({"email": "ann@acme.com"}, 1)
    crm.contacts.update(record, {"leadstream_score": "70"}, 2)
    crm.contacts.update(record, {"leadstream_score": "30"}, 3)
    told = [(version.received_at, version.changed()) for version in record.versions]
    assert told == [(1, {"email": "ann@acme.com"}), (2, {"leadstream_score": "70"}), (3, {"leadstream_score": "30"})]


def test_a_version_holds_only_what_changed(crm: Crm) -> None:
    record = crm.contacts.create({"email": "ann@acme.com", "leadstream_score": "70"}, 1)
    crm.contacts.update(record, {"email": "ann@acme.com", "leadstream_score": "71"}, 2)
    assert record.versions[-1].changed() == {"leadstream_score": "71"}


def test_a_write_without_news_is_a_version_too(crm: Crm) -> None:
    record = crm.contacts.create({"email": "ann@acme.com"}, 1)
    crm.contacts.update(record, {"email": "ann@acme.com"}, 2)
    assert record.versions[-1].changed() == {}


def test_an_empty_value_clears_a_property(crm: Crm) -> None:
    record = crm.contacts.create({"firstname": "Ann"}, 1)
    crm.contacts.update(record, {"firstname": ""}, 2)
    assert "firstname" not in record.properties


def test_a_contact_is_found_by_its_address_in_any_case(crm: Crm) -> None:
    record = crm.contacts.create({"email": "ann@acme.com"}, 1)
    assert crm.contacts.find(" Ann@Acme.com", "email") is record


def test_a_changed_address_no_longer_finds_the_contact(crm: Crm) -> None:
    record = crm.contacts.create({"email": "ann@acme.com"}, 1)
    crm.contacts.update(record, {"email": "ann@new.com"}, 2)
    assert crm.contacts.find("ann@acme.com", "email") is None


def test_a_company_is_found_by_a_domain_below_its_own(crm: Crm) -> None:
    record = crm.companies.create({"domain": "acme.com"}, 1)
    assert crm.companies.by_domain("mail.acme.com") is record


def test_two_companies_may_share_a_domain_and_the_first_is_found(crm: Crm) -> None:
    first = crm.companies.create({"domain": "acme.com"}, 1)
    crm.companies.create({"domain": "acme.com"}, 2)
    assert crm.companies.by_domain("acme.com") is first


def test_a_forgotten_contact_leaves_nothing_to_find(crm: Crm) -> None:
    record = crm.contacts.create({"email": "ann@acme.com"}, 1)
    crm.contacts.forget(record)
    assert (crm.contacts.find("ann@acme.com", "email"), list(crm.contacts.index.visible(2))) == (None, [])


def test_an_erased_contact_leaves_its_address_nowhere(crm: Crm) -> None:
    crm.contacts.erase(crm.contacts.create({"email": "ann@acme.com"}, 1))
    left = {name: value for name, value in vars(crm.contacts).items() if name not in ("definitions", "index")}
    assert ("ann@acme.com" in repr(left), list(crm.contacts.index.visible(2))) == (False, [])


def test_an_erased_contact_s_address_is_not_taken_again(crm: Crm) -> None:
    crm.contacts.erase(crm.contacts.create({"email": "ann@acme.com"}, 1))
    _, unusable = crm.contacts.clean({"email": " Ann@ACME.com"})
    assert [each.code for each in unusable] == ["GDPR_BLACKLISTED_EMAIL"]


def test_an_erased_contact_without_an_address_blocks_nobody(crm: Crm) -> None:
    crm.contacts.erase(crm.contacts.create({"firstname": "Ann"}, 1))
    assert crm.contacts.clean({"email": ""}) == ({"email": ""}, [])


def test_a_forgotten_company_is_not_found_by_its_domain(crm: Crm) -> None:
    record = crm.companies.create({"domain": "acme.com"}, 1)
    crm.companies.forget(record)
    assert crm.companies.by_domain("acme.com") is None


def test_the_next_company_with_the_domain_is_found_when_the_first_is_gone(crm: Crm) -> None:
    first = crm.companies.create({"domain": "acme.com"}, 1)
    second = crm.companies.create({"domain": "acme.com"}, 2)
    crm.companies.forget(first)
    assert crm.companies.by_domain("acme.com") is second


def test_a_company_made_after_another_of_its_domain_is_gone_is_found(crm: Crm) -> None:
    crm.companies.forget(crm.companies.create({"domain": "acme.com"}, 1))
    later = crm.companies.create({"domain": "acme.com"}, 2)
    assert crm.companies.by_domain("acme.com") is later


def lagging(crm: Crm) -> SearchIndex:
    crm.contacts.index = SearchIndex(1_000)
    return crm.contacts.index


def test_search_does_not_see_a_record_before_the_lag_is_over(crm: Crm) -> None:
    index = lagging(crm)
    crm.contacts.create({"email": "ann@acme.com"}, 5_000)
    assert list(index.visible(5_999)) == []


def test_search_sees_a_record_when_the_lag_is_over(crm: Crm) -> None:
    index = lagging(crm)
    record = crm.contacts.create({"email": "ann@acme.com"}, 5_000)
    assert [found for found, _ in index.visible(6_000)] == [record]


def test_search_sees_old_values_until_the_lag_is_over(crm: Crm) -> None:
    index = lagging(crm)
    record = crm.contacts.create({"firstname": "Ann"}, 5_000)
    crm.contacts.update(record, {"firstname": "Anna"}, 6_000)
    assert [seen["firstname"] for _, seen in index.visible(6_500)] == ["Ann"]


def test_a_record_forgotten_before_search_saw_it_never_appears(crm: Crm) -> None:
    index = lagging(crm)
    record = crm.contacts.create({"firstname": "Ann"}, 5_000)
    crm.contacts.forget(record)
    assert list(index.visible(9_000)) == []
