"""The score flow: from lines of a log to scores in the store, as DESIGN calls for it: one table of contents."""

from collections.abc import Iterable

import bytewax.operators as op
import msgspec
from bytewax.dataflow import Dataflow
from bytewax.inputs import Source
from bytewax.outputs import DynamicSink, StatelessSinkPartition

from flows.course import Course
from flows.intake import Intake
from flows.parts import Parts
from operators.stage import bound_for, stage
from sources.log_source import Item
from state.event import DeadLetter
from state.parcel import Parcel


class Ports(msgspec.Struct, frozen=True):
    """Where a score flow's input comes from, and where it writes besides the store."""

    log: Source[Item]
    dead: DynamicSink[DeadLetter]
    facts: DynamicSink[Parcel]


def score_flow(parts: Parts, ports: Ports, intake: Intake, course: Course) -> Dataflow:
    """The whole flow; run it with epochs of half a second."""
    shards = parts.store.shards
    flow = Dataflow("leadstream_score")
    read = op.input("log", flow, ports.log)
    decoded = op.flat_map_batch("decode", read, intake.decode)

    known = stage(
        "identify_known_ids", bound_for("known", decoded), course.stage(parts.identify("known")), shards, parts.probes
    )
    of_visitors = op.merge("of_visitors", bound_for("visitor", decoded), bound_for("visitor", known))
    visitors = stage("identify_visitors", of_visitors, course.stage(parts.identify("visitor")), shards, parts.probes)

    of_contacts = op.merge("of_contacts", *(bound_for("contact", up) for up in (known, visitors, decoded)))
    contacts = stage("score_contacts", of_contacts, course.stage(parts.score("contact")), shards, parts.probes)
    of_accounts = op.merge("of_accounts", *(bound_for("account", up) for up in (visitors, contacts, decoded)))
    accounts = stage("score_accounts", of_accounts, course.stage(parts.score("account")), shards, parts.probes)

    op.output("dead_letters", op.flat_map_batch("dead", decoded, _dead_letters), course.output(ports.dead))
    facts = op.flat_map_batch("facts", bound_for("written", known), lambda items: [parcel for _, parcel in items])
    op.output("identity_log", facts, course.output(ports.facts))
    op.output("done", accounts, course.output(Nowhere()))
    return flow


def _dead_letters(items: list[Parcel | DeadLetter]) -> Iterable[DeadLetter]:
    return [item for item in items if isinstance(item, DeadLetter)]


class _Nothing(StatelessSinkPartition[Parcel]):
    def write_batch(self, items: list[Parcel]) -> None:
        """Accounts tell nobody; the store has them."""


class Nowhere(DynamicSink[Parcel]):
    """The end of the flow. Every stage must lie upstream of an output, else no epoch would wait for it."""

    def build(self, step_id: str, worker_index: int, worker_count: int) -> _Nothing:  # noqa: ARG002  Bytewax's signature
        """Nothing to build."""
        return _Nothing()
