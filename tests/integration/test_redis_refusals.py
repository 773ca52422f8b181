"""Servers, namespaces and URLs that cannot be used: each refused in one clear line that names no secret."""

import socket
import threading
from collections.abc import Callable

import pytest
from redis import Redis

from state.redis_store import RedisStore
from state.store import Commit, StoreUnavailable

COMMIT = Commit("contact", 1, {"e:ann@acme.com": b"record"}, {"e:ann@acme.com": 10}, {"e:ann@acme.com": 1})


def test_another_number_of_shards_is_refused(connect: Callable[..., RedisStore]) -> None:
    connect(shards=4)
    with pytest.raises(StoreUnavailable, match="has 4 shards, not 8; use --shards 4, or another --namespace"):
        connect(shards=8)


def test_who_does_not_say_how_many_shards_gets_those_there_are(connect: Callable[..., RedisStore]) -> None:
    connect(shards=4)
    assert connect(shards=None).shards == 4


def test_an_unknown_format_is_refused(connect: Callable[..., RedisStore], admin: "Redis", namespace: str) -> None:
    admin.hset(f"{{{namespace}}}:config", "format", "9")
    with pytest.raises(StoreUnavailable, match="written in format 9; this leadstream writes 1"):
        connect()


@pytest.mark.parametrize(("first", "second"), [("", "mine"), ("mine", ""), ("mine", "yours")])
def test_another_secret_is_refused(first: str, second: str, connect: Callable[..., RedisStore]) -> None:
    connect(secret=first)
    with pytest.raises(StoreUnavailable, match="another secret") as refused:
        connect(secret=second)
    assert "yours" not in str(refused.value)


@pytest.mark.parametrize("secret", ["", "short", "long" * 100])
def test_records_are_found_again_under_the_same_secret(secret: str, connect: Callable[..., RedisStore]) -> None:
    first = connect(secret=secret)
    first.open()
    first.commit(COMMIT)
    assert connect(secret=secret).read("contact", 1, ["e:ann@acme.com"]) == [b"record"]


def test_no_key_and_no_member_names_anyone(connect: Callable[..., RedisStore], admin: "Redis", namespace: str) -> None:
    store = connect()
    store.open()
    store.commit(COMMIT)
    store.tell("hubspot", "contact", 1, {"e:ann@acme.com": b"told"})
    names = list(admin.scan_iter(f"*{namespace}*"))
    dump = b"".join(name + (admin.dump(name) or b"") for name in names)
    assert (len(names) > 6, b"ann" in dump, b"acme" in dump) == (True, False, False)


def test_a_server_that_evicts_is_refused(connect: Callable[..., RedisStore], admin: "Redis") -> None:
    admin.config_set("maxmemory-policy", "allkeys-lru")
    try:
        with pytest.raises(StoreUnavailable, match=r"maxmemory-policy is allkeys-lru.*CONFIG SET maxmemory-policy"):
            connect()
    finally:
        admin.config_set("maxmemory-policy", "noeviction")


def test_a_wrong_password_is_refused_without_naming_it(redis_url: str, admin: "Redis") -> None:
    admin.config_set("requirepass", "right")
    try:
        for url in (redis_url, redis_url.replace("unix://", "unix://:hunter2@")):
            with pytest.raises(StoreUnavailable, match="refused the password; check the Redis URL") as refused:
                RedisStore(url, "any")
            assert "hunter2" not in str(refused.value)
    finally:
        admin.config_set("requirepass", "")


@pytest.mark.parametrize(
    "url",
    [
        "redis://ann:hunter2@127.0.0.1:1/0",
        "redis://127.0.0.1:1/0?password=hunter2",
        "redis://ann:hunter2@no-such-host.invalid:6379",
        "unix:///no/such/valkey.sock",
        "rediss://127.0.0.1:1/0",
    ],
)
def test_a_server_that_is_not_there_is_one_clear_line(url: str) -> None:
    with pytest.raises(StoreUnavailable, match=r"^Redis at \S+ cannot be used: .+$") as refused:
        RedisStore(url, "any")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "http://hunter2@127.0.0.1/",
        "redis://ann:hunter2@host:port/0",
        "redis://[::1",
        "redis://h/0?hunter2=1",
    ],
)
def test_what_is_no_redis_url_is_one_clear_line(url: str) -> None:
    with pytest.raises(StoreUnavailable, match=r"^the Redis URL cannot be read; write it as redis://.+$") as refused:
        RedisStore(url, "any")
    assert "hunter2" not in str(refused.value)


def test_a_server_that_speaks_something_else_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        answering = threading.Thread(target=answer_as_http, args=(server,))
        answering.start()
        with pytest.raises(StoreUnavailable, match="cannot be used"):
            RedisStore(f"redis://127.0.0.1:{server.getsockname()[1]}/0", "any")
        answering.join()


def answer_as_http(server: socket.socket) -> None:
    client, _ = server.accept()
    with client:
        client.recv(1_000)
        client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def test_looking_at_a_namespace_that_was_never_begun_begins_none(
    redis_url: str, namespace: str, admin: "Redis"
) -> None:
    with pytest.raises(StoreUnavailable, match=f"nothing in namespace '{namespace}'.*name another --namespace"):
        RedisStore(redis_url, namespace, begin=False)
    assert list(admin.scan_iter(match=f"*{namespace}*")) == []
