"""Settings: on their way to another process, and in print."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from config.settings import Settings, from_json, to_json

SECRETS = Settings(
    redis="redis://ann:hush-1@cache:6379/0?password=hush-2",
    secret="hush-3",
    hubspot_token="hush-4",
    kafka_password="hush-5",
    kafka_key_password="hush-6",
    log=Path("a.jsonl"),
)


def rich_print(settings: Settings) -> str:
    out = StringIO()
    Console(file=out, width=2_000).print(settings)
    return out.getvalue()


@pytest.mark.parametrize("shown", [repr, str, "{}".format, rich_print])
def test_no_print_shows_a_secret(shown: object) -> None:
    assert callable(shown)
    assert "hush" not in shown(SECRETS)


def test_a_print_shows_where_redis_is() -> None:
    assert "redis='redis://***@cache:6379/0?***'" in repr(SECRETS)


@pytest.mark.parametrize("url", ["", "redis://localhost:6379/0", "unix:///run/valkey.sock"])
def test_a_url_without_secrets_is_shown_whole(url: str) -> None:
    assert f"redis={url!r}" in repr(Settings(redis=url))


def test_what_is_not_set_is_not_masked() -> None:
    assert "secret=''" in repr(Settings())


@pytest.mark.parametrize("settings", [Settings(), SECRETS, Settings(shards=8, speed=0.5, data=Path("/tmp/a b"))])
def test_settings_arrive_in_another_process_as_they_were(settings: Settings) -> None:
    assert from_json(to_json(settings)) == settings


def test_a_path_that_is_no_unicode_arrives(tmp_path: Path) -> None:
    path = tmp_path / "caf\udce9.jsonl"
    assert from_json(to_json(Settings(log=path))).log == path
