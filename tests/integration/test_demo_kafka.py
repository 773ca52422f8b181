"""`make run-kafka`: the demo through a broker, to its end."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from flows.process import ROOT, environment
from tests.integration.test_demo import log_of


@pytest.mark.timeout(180)
def test_a_log_is_played_through_kafka_to_its_summary(kafka_address: str) -> None:
    with tempfile.TemporaryDirectory(prefix="ls-") as folder:  # a short path: a server's socket lies below it
        ran = subprocess.run(
            [sys.executable, "-m", "dev.run_kafka", str(log_of(Path(folder))), "--speed", "2", "--port", "0", "--exit"],
            env={**environment(), "KAFKA_BOOTSTRAP_SERVERS": kafka_address, "TMPDIR": folder, "COLUMNS": "120"},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert (ran.returncode, "received 6 = used 6" in ran.stdout, "ann@acme.example" in ran.stdout) == (0, True, True)
