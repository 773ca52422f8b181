"""The standard model says what its users were promised, and what the sample's site sends reaches it."""

import pytest

from config.loading import load_model, standard_model_path
from config.model import Coverage, Fit, Inactivity, Model, People, Returned, Span, Weighed


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model(standard_model_path())


@pytest.mark.parametrize(
    ("rule", "points"),
    [
        ("pricing", 10),
        ("integrations", 8),
        ("security", 8),
        ("return", 12),
        ("demo request", 25),
        ("student", -20),
        ("personal e-mail", -10),
        ("silence", -15),
    ],
)
def test_its_weights_are_the_usual_ones(model: Model, rule: str, points: float) -> None:
    found = {r.name: r for r in model.contact.rules}[rule]
    assert isinstance(found, Weighed | Inactivity | Fit)
    assert found.points == points


def test_a_return_is_one_within_a_week(model: Model) -> None:
    (found,) = [rule for rule in model.contact.rules if isinstance(rule, Returned)]
    assert found.within == Span.parse("7d")


def test_silence_is_three_weeks(model: Model) -> None:
    (found,) = [rule for rule in model.contact.rules if isinstance(rule, Inactivity)]
    assert found.after == Span.parse("21d")


def test_five_people_in_ten_days_are_a_sign(model: Model) -> None:
    (found,) = [rule for rule in model.account.rules if isinstance(rule, People)]
    assert (found.at_least, found.window) == (5, Span.parse("10d"))


def test_three_people_on_pricing_security_and_integrations_are_a_buying_committee(model: Model) -> None:
    (found,) = [rule for rule in model.account.rules if isinstance(rule, Coverage)]
    assert (found.people, set(found.signals), found.distinct, found.window) == (
        3,
        {"pricing_viewed", "security_viewed", "integrations_viewed"},
        None,
        Span.parse("10d"),
    )


@pytest.mark.parametrize("kind", ["contact", "account"])
def test_its_bands_are_low_medium_and_high(model: Model, kind: str) -> None:
    card = model.contact if kind == "contact" else model.account
    assert [band.name for band in card.bands] == ["low", "medium", "high"]


@pytest.mark.parametrize("kind", ["contact", "account"])
def test_every_group_is_capped(model: Model, kind: str) -> None:
    card = model.contact if kind == "contact" else model.account
    assert set(card.caps) == {"evaluation", "urgency", "depth", "fit", "product"}


@pytest.mark.parametrize(
    ("path", "signal"),
    [
        ("/pricing", "pricing_viewed"),
        ("/integrations/sap", "integrations_viewed"),
        ("/security", "security_viewed"),
        ("/docs/api", "docs_viewed"),
        ("/customers/logistics", "case_study_viewed"),
        ("/demo", "demo_viewed"),
        ("/careers/engineer", "careers_viewed"),
    ],
)
def test_a_page_view_means_what_its_page_is_about(model: Model, path: str, signal: str) -> None:
    prefixes = {
        name: [condition.prefix for pattern in found.also for condition in pattern.where if condition.prefix]
        for name, found in model.signals.items()
    }
    assert [name for name, known in prefixes.items() if any(path.startswith(p) for p in known)] == [signal]


@pytest.mark.parametrize(
    "event",
    """pricing_viewed integrations_viewed security_viewed docs_viewed case_study_viewed demo_viewed demo_requested
    video_watched webinar_attended email_clicked form_submitted trial_started feature_used signed_in careers_viewed
    meeting_booked page_viewed""".split(),
)
def test_it_listens_for_what_sites_send(model: Model, event: str) -> None:
    heard = {pattern.event for name, signal in model.signals.items() for pattern in signal.patterns(name)}
    assert event in heard


def test_an_opened_e_mail_is_nothing() -> None:
    assert '"email_opened"' not in standard_model_path().read_text(encoding="utf-8")
