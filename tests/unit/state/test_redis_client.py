"""Commands as bytes: as redis-py packs them, whatever they hold."""

from hypothesis import given
from hypothesis import strategies as st
from redis._parsers import Encoder
from redis.connection import PythonRespSerializer

from state.redis_client import packed

words = st.binary(max_size=9_000) | st.integers() | st.text(max_size=5)


@given(st.sampled_from(["MGET", "EVALSHA"]), st.lists(words, max_size=20))
def test_a_command_is_packed_as_redis_py_packs_it(name: str, words: list[bytes | int | str]) -> None:
    theirs = PythonRespSerializer(6_000, Encoder("utf-8", "strict", False).encode).pack(name, *words)  # type: ignore[no-untyped-call]  # redis-py's
    assert packed([name, *words]) == b"".join(theirs)
