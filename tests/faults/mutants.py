"""Does the fault suite notice when a guard is gone? Takes one away at a time, in a copy, and expects a failure.

`make faults-mutants` runs it; it ends with 1 when a suite passes without its guard, or fails with it.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(".*", "build", "dist", "__pycache__", "docs", "leadstream-data")


class Mutant(NamedTuple):
    """A guard's code, what stands in its place without it, and the tests that must notice."""

    name: str
    file: str
    guard: str
    without: str
    tests: str


KILLS = "tests/faults/test_kill_group.py::test_a_few_kills_of_one_process_of_two_leave_no_trace"

MUTANTS = (
    Mutant(
        "offsets are saved before the commit",
        "sources/log_source.py",
        "            self.positions[batch.partition] = batch.position\n",
        "            self.positions[batch.partition] = batch.position\n"
        "            self._progress.prove(self.positions)\n",
        "tests/faults/test_kill_group.py::test_what_is_noted_as_read_is_in_the_store_without_any_rewind",
    ),
    Mutant(
        "nothing is read again",
        "flows/group.py",
        "            points = resume_at(reached, rewind_ms",
        "            points = resume_at(reached, 0 * rewind_ms",
        "tests/faults/test_cluster_faults.py::test_what_one_server_of_a_cluster_lost_of_its_last_moments_is_read_again",
    ),
    Mutant(
        "touches are added instead of joined",
        "state/ledger.py",
        "                elif not _add(known, touch, keep[signal]):\n                    continue\n",
        "                else:\n                    known.append(touch)\n                    known.sort()\n"
        "                    del known[: -keep[signal]]\n",
        KILLS,
    ),
    Mutant(
        "there is no fence around commits",
        "state/redis_records.py",
        "if fence ~= ARGV[1] then return redis.error_reply(fence and 'FENCED' or 'EMPTIED') end\n",
        "",
        "tests/faults/test_paused_flow.py",
    ),
)


def main() -> int:
    """Try the suite whole, then without each guard; 0 when every loss is noticed."""
    with tempfile.TemporaryDirectory(prefix="leadstream-mutants-") as folder:
        copy = Path(folder) / "leadstream"
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        survivors = [mutant.name for mutant in MUTANTS if not _is_noticed(mutant, copy)]
        broken = [tests for tests in dict.fromkeys(mutant.tests for mutant in MUTANTS) if not _passes(tests, copy)]
    for name in survivors:
        print(f"not noticed: {name}")
    for tests in broken:
        print(f"fails with every guard in its place, so it shows nothing: {tests}")
    return 1 if survivors or broken else 0


def _is_noticed(mutant: Mutant, copy: Path) -> bool:
    path = copy / mutant.file
    whole = path.read_text()
    if whole.count(mutant.guard) != 1:
        raise SystemExit(f"{mutant.file} no longer has the guard of {mutant.name!r}: bring the mutant up to date")
    mutated = whole.replace(mutant.guard, mutant.without)
    compile(mutated, mutant.file, "exec")  # else tests would fail for another reason
    path.write_text(mutated)
    noticed = not _passes(mutant.tests, copy)
    path.write_text(whole)
    print(f"{'noticed' if noticed else 'NOT NOTICED'}: {mutant.name}", flush=True)
    return noticed


def _passes(tests: str, copy: Path) -> bool:
    command = [sys.executable, "-P", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", tests]
    ended = subprocess.run(command, cwd=copy, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    if ended.returncode not in {0, 1}:
        raise SystemExit(f"pytest ended with {ended.returncode} on {tests}: it could not be run")
    return ended.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
