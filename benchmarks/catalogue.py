"""What visitors do: event names, how often, and properties, encoded once."""

from collections.abc import Iterable, Sequence
from itertools import accumulate

import msgspec

REFERRERS = ("https://www.google.com/", "https://www.linkedin.com/feed/", "https://news.example.org/", None)
# Pages that no model listens for; what is watched has an event of its own or one of WATCHED's paths.
PLAIN = (
    *(f"/blog/{i}-how-teams-work" for i in range(60)),
    "/", "/about", "/careers", "/contact", "/features", "/features/reports", "/press", "/legal/terms",
)  # fmt: skip
WATCHED = ("/pricing", "/integrations/salesforce", "/security/soc-2", "/docs/quickstart", "/customers/acme")

Mix = tuple[tuple[str, ...], tuple[float, ...]]


def _encoded(rows: Iterable[dict[str, object]]) -> tuple[msgspec.Raw, ...]:
    return tuple(msgspec.Raw(msgspec.json.encode(row)) for row in rows)


def _pages(pathnames: Sequence[str]) -> tuple[msgspec.Raw, ...]:
    """Each page as reached from each referrer."""
    return _encoded(
        {"pathname": path, "referrer": referrer, "title": path.strip("/").title(), "source": "organic"}
        for path in pathnames
        for referrer in REFERRERS
    )


PROPERTIES: dict[str, tuple[msgspec.Raw, ...]] = {
    "plain_page": _pages(PLAIN),
    "watched_page": _pages(WATCHED),
    "pricing_viewed": _encoded({"pathname": "/pricing", "plan": p} for p in ("starter", "growth", "scale")),
    "integrations_viewed": _encoded(
        {"pathname": f"/integrations/{i}", "integration": i} for i in ("hubspot", "salesforce", "slack")
    ),
    "security_viewed": _encoded({"pathname": "/security", "section": s} for s in ("soc-2", "gdpr", "sso")),
    "docs_viewed": _encoded({"pathname": f"/docs/chapter-{i}", "depth": i % 5} for i in range(40)),
    "case_study_viewed": _encoded({"pathname": f"/customers/story-{i}", "seconds": 9 * i} for i in range(12)),
    "video_watched": _encoded(
        {"pathname": "/demo", "video": "product-tour", "percent": p} for p in (10, 25, 50, 75, 100)
    ),
    "email_opened": _encoded({"campaign": f"nurture-{i}", "list": "newsletter"} for i in range(9)),
    "email_clicked": _encoded({"campaign": f"nurture-{i}", "link": "/pricing"} for i in range(9)),
    "form_submitted": _encoded({"form": f, "pathname": "/ebook"} for f in ("ebook", "webinar", "contact")),
    "demo_requested": _encoded([{"form": "demo", "pathname": "/demo"}]),
    "trial_started": _encoded({"plan": p, "days": 14} for p in ("growth", "scale")),
    "identified": _encoded([{"method": "sso"}, {"method": "password"}]),
    "feature_used": _encoded({"feature": f"feature-{i}", "workspace": "main"} for i in range(25)),
    "signed_in": _encoded({"method": m} for m in ("sso", "password")),
}
PAGES = ("plain_page", "watched_page")
EVENT_NAMES = {kind: "page_viewed" if kind in PAGES else kind for kind in PROPERTIES}


def _mix(**weights: float) -> Mix:
    """The kinds and their cumulative weights, as `random.choices` wants them."""
    return tuple(weights), tuple(accumulate(weights.values()))


ANONYMOUS = _mix(
    plain_page=42, watched_page=6, pricing_viewed=8, integrations_viewed=7, security_viewed=4,
    docs_viewed=13, case_study_viewed=6, video_watched=8,
)  # fmt: skip
KNOWN = _mix(
    plain_page=33, watched_page=5, pricing_viewed=9, integrations_viewed=7, security_viewed=5,
    docs_viewed=10, case_study_viewed=5, video_watched=6, email_opened=9, email_clicked=4,
    form_submitted=1, demo_requested=1, trial_started=1,
)  # fmt: skip
PRODUCT_USER = _mix(
    plain_page=24, docs_viewed=12, pricing_viewed=4, integrations_viewed=4, feature_used=38,
    signed_in=12, email_opened=4, email_clicked=2,
)  # fmt: skip
IDENTIFYING = _mix(form_submitted=60, identified=20, demo_requested=10, trial_started=10)
