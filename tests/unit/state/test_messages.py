"""Facts for known ids go round by a log: what is written there is what is read."""

import msgspec

from state.messages import LinkFacts


def test_link_facts_come_back_from_json_as_they_were() -> None:
    facts = LinkFacts("u:1", {"c:1": {"e:ann@acme.com": [1_781_251_200_000 << 20 | 7], "": [5]}}, ("c:1",))
    assert msgspec.json.decode(msgspec.json.encode(facts), type=LinkFacts) == facts


def test_link_facts_of_an_older_log_went_no_way_yet() -> None:
    assert msgspec.json.decode(b'{"to":"u:1","links":{}}', type=LinkFacts).via == ()
