"""Events of programs count for nobody; they are no dead letters either."""

import pytest

from config.loading import load_model, standard_model_path
from operators.decode import Decoder
from state.batch import Batch
from state.event import Counts

BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
PERSON = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/605.1.15"
DECODER = Decoder(load_model(standard_model_path()))


def counted(field: str) -> Counts:
    line = f'{{"event": "pricing_viewed", "timestamp": "2026-06-12T08:00:00Z", "anonymousId": "anon_1", {field}}}'
    return DECODER.decode(Batch("log", 0, [line.encode()], 0), 1 << 43)[2]


@pytest.mark.parametrize("field", [f'"userAgent": "{BOT}"', f'"context": {{"ip": "::1", "userAgent": "{BOT}"}}'])
def test_a_crawlers_event_is_ignored_and_counted(field: str) -> None:
    assert counted(field) == Counts(received=1, used=0, ignored=1, dead=0, crawlers=1)


@pytest.mark.parametrize(
    "field",
    [
        f'"userAgent": "{PERSON}"',
        f'"context": {{"userAgent": "{PERSON}"}}',
        '"userAgent": 7',
        '"context": "web"',
        '"context": {"userAgent": null}',
        '"context": null',
        '"context": {"a": [1, {"b": 2}]}',
    ],
)
def test_a_persons_event_counts_whatever_else_stands_there(field: str) -> None:
    assert counted(field) == Counts(received=1, used=1)
