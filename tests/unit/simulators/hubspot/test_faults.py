"""Faults wait for the calls they were meant for."""

import pytest

from simulators.hubspot.errors import Refused
from simulators.hubspot.faults import Fault, FaultKind, Faults, refusal


def test_a_fault_strikes_as_often_as_asked() -> None:
    faults = Faults()
    faults.arm(Fault(fault="500", times=2))
    struck = [faults.take("/crm/v3/objects/contacts") for _ in range(3)]
    assert [each is not None for each in struck] == [True, True, False]


def test_a_fault_keeps_to_its_path() -> None:
    faults = Faults()
    faults.arm(Fault(fault="500", path="/crm/v3/objects/companies"))
    assert faults.take("/crm/v3/objects/contacts/batch/upsert") is None


def test_faults_strike_in_the_order_they_were_armed() -> None:
    faults = Faults()
    faults.arm(Fault(fault="500"))
    faults.arm(Fault(fault="drop"))
    struck = [faults.take("/crm/"), faults.take("/crm/")]
    assert [each.fault for each in struck if each is not None] == ["500", "drop"]


def test_cleared_faults_strike_nobody() -> None:
    faults = Faults()
    faults.arm(Fault(fault="500", times=100))
    faults.clear()
    assert faults.take("/crm/") is None


def refused(kind: FaultKind) -> Refused:
    found = refusal(Fault(fault=kind, seconds=7, policy="DAILY"))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("kind", "status"), [("429", 429), ("500", 500), ("423", 423), ("477", 477), ("403", 403), ("expired", 401)]
)
def test_a_fault_answers_with_its_status(kind: FaultKind, status: int) -> None:
    assert refused(kind).status == status


@pytest.mark.parametrize("kind", ["429", "423", "477"])
def test_what_means_wait_says_how_long(kind: FaultKind) -> None:
    assert refused(kind).headers == {"Retry-After": "7"}


def test_a_429_names_its_policy() -> None:
    assert refused("429").problem.policy_name == "DAILY"


@pytest.mark.parametrize("kind", ["hang", "drop", "partial", "502"])
def test_what_has_no_error_body_is_no_refusal(kind: FaultKind) -> None:
    assert refusal(Fault(fault=kind)) is None
