"""Run a command and write down its peak memory: `python peak.py FILE COMMAND ...`; exits as the command does.

A process of its own, because Linux counts the starter's memory into that of what it starts: this one is small.
Writes bytes, the largest of the command and the processes that it waited for.
"""

import resource
import subprocess
import sys
from pathlib import Path

if __name__ == "__main__":
    code = subprocess.call(sys.argv[2:])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    Path(sys.argv[1]).write_text(str(peak * (1 if sys.platform == "darwin" else 1024)))
    sys.exit(code)
