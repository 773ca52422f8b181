"""The store that Redis holds: the truth about subjects, and how far the sources are."""

import os
import socket
from collections.abc import Mapping
from functools import cached_property
from typing import cast

import msgspec
from redis.commands.core import Script
from redis.exceptions import ResponseError

from state.redis_generations import RedisGenerations
from state.redis_incarnation import RedisIncarnation
from state.redis_link import Holder
from state.redis_models import RedisModels
from state.redis_nodes import Pipelines
from state.redis_outbox import RedisOutbox
from state.redis_records import RedisRecords
from state.rewind import remember
from state.store import (
    LEASE_MS,
    MAINTENANCE,
    REBUILD,
    REBUILD_LEASE_MS,
    ROLE_LEASE_MS,
    Checkpoint,
    Held,
    Position,
)

TAKE = """
if ARGV[5] ~= '' and (redis.call('GET', KEYS[4]) or '0') ~= ARGV[5] then return redis.error_reply('SWITCHED') end
local at_work = redis.call('GET', KEYS[3])
if at_work and at_work ~= ARGV[2] then return redis.error_reply('MAINTENANCE') end
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] and held ~= ARGV[2] then return held end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('SET', KEYS[2], ARGV[4])
return false
"""

HOLD = """
if ARGV[4] ~= '' and (redis.call('GET', KEYS[3]) or '0') ~= ARGV[4] then return redis.error_reply('SWITCHED') end
local at_work = redis.call('GET', KEYS[2])
if KEYS[1] ~= KEYS[2] and at_work and at_work ~= ARGV[2] then return redis.error_reply('MAINTENANCE') end
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] and held ~= ARGV[2] then return held end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return false
"""

RENEW = """
if ARGV[4] ~= '' and (redis.call('GET', KEYS[5]) or '0') ~= ARGV[4] then return redis.error_reply('SWITCHED') end
local fence = redis.call('GET', KEYS[1])
if fence ~= ARGV[1] then return redis.error_reply(fence and 'FENCED' or 'EMPTIED') end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
for i = 5, #ARGV, 2 do redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 1]) end
local at_work = redis.call('GET', KEYS[4])
if at_work and at_work ~= ARGV[2] then return redis.error_reply('MAINTENANCE') end
return true
"""

ADVANCE = """
local reached = tonumber(redis.call('GET', KEYS[1]) or '0')
if tonumber(ARGV[1]) <= reached then return reached end
redis.call('SET', KEYS[1], ARGV[1])
return tonumber(ARGV[1])
"""

_encoder = msgspec.msgpack.Encoder()
_history = msgspec.msgpack.Decoder(list[Checkpoint])


class RedisStore(RedisRecords, RedisOutbox, RedisGenerations, RedisIncarnation, RedisModels):
    """Records, outbox and run in one namespace. The lease tells the living, the fence refuses the dead."""

    def open(self) -> None:
        """See `Run`. A holder here that no longer lives is replaced at once, others when their lease ends."""
        self._take_lease()
        self.refuse_emptied()
        with self.guarded():
            pipes = Pipelines()
            for shard in range(self.shards):
                pipes.to(self.at(shard)).set(self.keys.fence(shard), self.token)
            pipes.execute()
            self.client.delete(self.keys.common("decisions"))

    def start_over(self) -> None:
        """See `Run`."""
        self._take_lease()
        self.clear()
        self.close()

    def _take_lease(self) -> None:
        replaced = b""
        while (held := self._take(replaced)) is not None:
            holder = msgspec.msgpack.decode(held, type=Holder)
            if not self._has_died(holder):
                raise Held(
                    f"another flow (process {holder.pid} on {holder.host}) is scoring namespace {self.namespace!r}; "
                    "stop it first, or use another --namespace",
                    elsewhere=holder.host != socket.gethostname(),
                )
            replaced = held

    def join(self) -> None:
        """See `Run`. Its token becomes ours, so that the fence lets both write. Raises `Switched`."""
        self.refuse_switched()
        with self.guarded():
            self.token = cast("bytes | None", self.client.get(self.keys.common("fence"))) or self.token

    def note(self, name: str, value: bytes) -> None:
        """See `Run`."""
        with self.guarded():
            self.client.hset(self.keys.common("notes"), name, value)

    def noted(self, name: str) -> bytes | None:
        """See `Run`."""
        with self.guarded():
            return cast("bytes | None", self.client.hget(self.keys.common("notes"), name))

    def decide(self, question: str, answer: str) -> None:
        """See `Run`."""
        with self.guarded():
            self.client.hset(self.keys.common("decisions"), question, answer)

    def decided(self, question: str) -> str | None:
        """See `Run`."""
        with self.guarded():
            answer = self.client.hget(self.keys.common("decisions"), question)
        return cast("bytes", answer).decode() if answer is not None else None

    def renew(self) -> None:
        """See `Run`."""
        self._renew([])

    def stay(self) -> None:
        """See `Run`."""
        self._keep_lease([])

    def hold(self, role: str) -> None:
        """See `Run`. A holder here that no longer lives is replaced at once, others when their lease ends."""
        replaced = b""
        while (held := self._try_to_hold(role, replaced)) is not None:
            holder = msgspec.msgpack.decode(held, type=Holder)
            if not self._has_died(holder):
                raise Held(
                    f"another {role} (process {holder.pid} on {holder.host}) is at work on namespace "
                    f"{self.namespace!r}; stop it first",
                    elsewhere=holder.host != socket.gethostname(),
                )
            replaced = held

    def release(self, role: str) -> None:
        """See `Run`."""
        with self.guarded():
            if self.client.get(self.keys.common(role)) == self.holder:
                self.client.delete(self.keys.common(role))

    def save(self, positions: Mapping[str, Position], at: int) -> None:
        """See `Run`."""
        self.rewind({partition: Checkpoint(at, position) for partition, position in positions.items()})

    def rewind(self, to: Mapping[str, Checkpoint]) -> None:
        """See `Run`."""
        names = [partition.encode() for partition in to]
        with self.guarded():
            histories = self.client.hmget(self.keys.common("positions"), names) if names else []
        held = cast("list[bytes | None]", histories)
        fields: list[bytes] = []
        for name, history, point in zip(names, held, to.values(), strict=True):
            known = _history.decode(history) if history else []
            fields += (name, _encoder.encode(remember(known, point)))
        self._renew(fields)

    def close(self) -> None:
        """See `Run`. Only the lease goes: the fence stays, so a flow that wakes later is still refused."""
        with self.guarded():
            if self.client.get(self._lease) == self.holder:
                self.client.delete(self._lease)

    def loses_ms(self) -> int:
        """See `Run`."""
        with self.guarded():
            return self.nodes.loses_ms()

    def checkpoints(self) -> dict[str, list[Checkpoint]]:
        """See `Run`."""
        with self.guarded():
            held = cast("dict[bytes, bytes]", self.client.hgetall(self.keys.common("positions")))
        return {partition.decode(): _history.decode(kept) for partition, kept in held.items()}

    def advance_clock(self, now: int) -> int:
        """See `Run`."""
        with self.guarded():
            return cast("int", self._advance_script(keys=[self.keys.common("clock")], args=[now]))

    def stop_clock(self) -> None:
        """See `Run`."""
        with self.guarded():
            self.client.delete(self.keys.common("clock"))

    def clock(self) -> int | None:
        """See `Run`."""
        with self.guarded():
            held = self.client.get(self.keys.common("clock"))
        return None if held is None else int(cast("bytes", held))

    @property
    def _lease(self) -> bytes:
        return self.keys.common("lease")

    @property
    def _current(self) -> bytes:
        return self.keys.of_all("current")

    def _take(self, replaced: bytes) -> bytes | None:
        """Take the lease if it is free or held by `replaced`; else who holds it."""
        with self.guarded():
            names = [self._lease, self.keys.common("fence"), self.keys.common(MAINTENANCE), self._current]
            args: list[bytes | int | str] = [replaced, self.holder, LEASE_MS, self.token, self.expected]
            held = self._take_script(keys=names, args=args)
        return cast("bytes | None", held)

    def _try_to_hold(self, role: str, replaced: bytes) -> bytes | None:
        """Take a role if it is free or held by `replaced`; else who holds it."""
        with self.guarded():
            names = [self.keys.common(role), self.keys.common(MAINTENANCE), self._current]
            lease_ms = REBUILD_LEASE_MS if role == REBUILD else ROLE_LEASE_MS
            held = self._hold_script(keys=names, args=[replaced, self.holder, lease_ms, self.expected])
        return cast("bytes | None", held)

    def _has_died(self, holder: Holder) -> bool:
        same_host = holder.host == socket.gethostname()
        return same_host and (holder.pid == os.getpid() or not _lives(holder.pid))

    def _renew(self, fields: list[bytes]) -> None:
        self._prove_fences()
        self.listed.clear()
        self._keep_lease(fields)

    def _keep_lease(self, fields: list[bytes]) -> None:
        with self.guarded():
            common = self.keys.common
            names = [common("fence"), self._lease, common("positions"), common(MAINTENANCE), self._current]
            self._renew_script(keys=names, args=[self.token, self.holder, LEASE_MS, self.expected, *fields])

    def _prove_fences(self) -> None:
        """Hear from every server of a cluster that it is still the one that took our commits: a position says that
        all below it is kept, and nobody else would notice a server that was replaced while nothing went there.
        """
        if not self.nodes.clustered:
            return  # what saves the position is the server itself
        with self.guarded():
            pipes = Pipelines()
            for shard in range(self.shards):
                pipes.to(self.at(shard)).get(self.keys.fence(shard))
            fences = pipes.execute()
            if any(fence != self.token for fence in fences):
                raise ResponseError("FENCED" if all(fences) else "EMPTIED")

    @cached_property
    def _advance_script(self) -> Script:
        return self.client.register_script(ADVANCE)

    @cached_property
    def _take_script(self) -> Script:
        return self.client.register_script(TAKE)

    @cached_property
    def _hold_script(self) -> Script:
        return self.client.register_script(HOLD)

    @cached_property
    def _renew_script(self) -> Script:
        return self.client.register_script(RENEW)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
