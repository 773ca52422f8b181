"""How a record came to read as it does."""

from simulators.hubspot.crm import Crm
from simulators.hubspot.history import Change, steps


def test_each_version_is_a_step_with_the_score_it_left(crm: Crm) -> None:
    record = crm.contacts.create({"leadstream_score": "20", "leadstream_band": "low"}, 1)
    crm.contacts.update(record, {"leadstream_band": "medium"}, 2)
    assert [(step.score, step.band) for step in steps(crm.contacts, record)] == [(20.0, "low"), (20.0, "medium")]


def test_a_step_stands_at_the_time_of_its_score(crm: Crm) -> None:
    record = crm.contacts.create({"leadstream_scored_at": "2026-06-12T08:00:00.000Z"}, 99)
    assert [step.at for step in steps(crm.contacts, record)] == [1_781_251_200_000]


def test_a_step_without_a_score_stands_where_it_was_received(crm: Crm) -> None:
    record = crm.contacts.create({"firstname": "Ann"}, 99)
    assert [step.at for step in steps(crm.contacts, record)] == [99]


def test_a_change_of_a_number_names_what_was_before(crm: Crm) -> None:
    record = crm.contacts.create({"leadstream_score": "20"}, 1)
    crm.contacts.update(record, {"leadstream_score": "30"}, 2)
    assert steps(crm.contacts, record)[-1].changes == (Change("leadstream_score", "20", "30"),)


def test_a_change_of_text_names_only_the_new(crm: Crm) -> None:
    record = crm.contacts.create({"leadstream_why": "Low."}, 1)
    crm.contacts.update(record, {"leadstream_why": "High."}, 2)
    assert steps(crm.contacts, record)[-1].changes == (Change("leadstream_why", "", "High."),)


def test_a_moment_is_told_in_words(crm: Crm) -> None:
    record = crm.contacts.create({"leadstream_high_until": "2026-06-12T08:00:00.000Z"}, 1)
    assert steps(crm.contacts, record)[0].changes == (Change("leadstream_high_until", "", "12 Jun 2026, 08:00 UTC"),)


def test_a_version_without_news_changes_nothing(crm: Crm) -> None:
    record = crm.contacts.create({"firstname": "Ann"}, 1)
    crm.contacts.update(record, {"firstname": "Ann"}, 2)
    assert steps(crm.contacts, record)[-1].changes == ()
