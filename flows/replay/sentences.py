"""What a report finds, in sentences: the same in the terminal and on the page."""

from flows.replay.report import BandQuality, Capacity, Judged, Measure, Moves, Quality, Report, Speed, Switch, Writes


def headline(report: Report) -> str:
    """Which models, over what."""
    versions = f"{report.proposed.about.name} {report.proposed.about.version}"
    if report.current:
        current = f"{report.current.about.name} {report.current.about.version}"
        versions += f" instead of {'another ' if current == versions else ''}{current}"
    period = f"as of {report.as_of[:10]}" if not report.step_days else f"{report.begins} to {report.as_of[:10]}"
    return f"{versions}, {period}"


def moving(moves: Moves) -> str:
    """How many change bands."""
    everyone = sum(map(sum, moves.matrix))
    if not moves.up + moves.down:
        return f"None of {everyone:,} {moves.kind}s changes bands."
    share = (moves.up + moves.down) / everyone
    count = f"{moves.up + moves.down:,} of {everyone:,} {moves.kind}s ({share:.0%})"
    return f"{count} change bands: {moves.up:,} up, {moves.down:,} down."


def load(capacity: Capacity, band: str) -> str:
    """New leads of the highest band for each rep."""
    over = "on no day" if not capacity.days_over else f"on {capacity.days_over:,} of {capacity.days:,} days"
    reps = "rep" if capacity.reps == 1 else "reps"
    return (
        f"{capacity.per_day:.1f} contacts a day become {band}: {capacity.per_rep:.1f} for each of {capacity.reps:,} "
        f"{reps}, who can take up {capacity.capacity:g} a day; {over} more come than all can take up."
    )


def writing(writes: Writes) -> str:
    """What the CRM is told in the long run."""
    return (
        f"{writes.per_day:,.0f} records a day are written to the CRM; on the busiest day ({writes.peak_day}) "
        f"{writes.peak:,} in {writes.peak_calls:,} calls, {lasting(writes.peak_seconds)} of quota."
    )


def switching(switch: Switch) -> str:
    """What the CRM is told at once."""
    return (
        f"Taking over writes {switch.contacts:,} contacts and {switch.accounts:,} accounts: {switch.calls:,} calls, "
        f"{lasting(switch.seconds)} under the quota."
    )


def lasting(seconds: float) -> str:
    """A length of time for people.

    >>> lasting(0.4), lasting(1), lasting(90), lasting(7200)
    ('under a second', '1.0 seconds', '1.5 minutes', '2 hours')
    """
    if seconds < 1:
        return "under a second"
    for size, name in ((3600, "hours"), (60, "minutes")):
        if seconds >= size:
            return f"{seconds / size:.2g} {name}"
    return f"{seconds:.1f} seconds"


def ranking(judged: Judged) -> str:
    """How well leads are ranked, and whether that is better."""
    often = f"{percent(judged.proposed.auc)} of the time"
    found = f"A lead that converts within {judged.horizon_days:g} days outranks one that does not {often}"
    if judged.auc_gain is None or judged.current is None:
        return f"{found} (AUC; 50% is chance)."
    gain = judged.auc_gain
    assert gain.value is not None
    assert gain.low is not None
    assert gain.high is not None
    verdict = "better" if gain.low > 0 else "worse" if gain.high < 0 else "no difference that these outcomes could tell"
    return (
        f"{found}, {percent(judged.current.auc)} under the current model (AUC; 50% is chance): {verdict} "
        f"({gain.value * 100:+.1f} points of AUC, {gain.low * 100:+.1f} to {gain.high * 100:+.1f})."
    )


def lifting(quality: Quality) -> str:
    """What the highest band is worth."""
    top: BandQuality = quality.bands[-1]
    if top.precision is None or top.lift is None:
        return f"No lead was {top.band} on a review day."
    return f"Of leads in {top.band}, {top.precision:.1%} convert: {top.lift:.3g} times as many as of all leads."


def speeding(speed: Speed, band: str) -> str:
    """How early the highest band comes."""
    if speed.median_days is None or speed.quartiles is None:
        return f"None of the {speed.converted:,} leads that converted had become {band} before."
    low, high = speed.quartiles
    return (
        f"{speed.high_before:,} of the {speed.converted:,} leads that converted had become {band} before, half of them "
        f"at least {speed.median_days:.0f} days before (middle half: {low:.0f} to {high:.0f} days)."
    )


def percent(measure: Measure) -> str:
    """A share with its interval."""
    if measure.value is None or measure.low is None or measure.high is None:
        return "unknown"
    return f"{measure.value:.1%} ({measure.low:.1%} to {measure.high:.1%})"


def method(judged: Judged) -> str:
    """How it was judged, for those who ask."""
    return (
        f"Every 7 days each of {judged.leads:,} leads that was known and had not converted was judged by what had "
        f"happened before that day: {judged.rows:,} judgements, after {judged.converts:,} of which the lead converted "
        f"within {judged.horizon_days:g} days. Intervals are the middle 95% of {judged.resamples} resamples of leads. "
        f"Outcomes are taken as known until {judged.known_until[:10]}."
    )
