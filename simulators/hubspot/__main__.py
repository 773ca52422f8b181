"""`python -m simulators.hubspot --port 8484 --token anything`."""

import argparse
import sys
from pathlib import Path

from simulators.hubspot.seed import SeedUnusable
from simulators.hubspot.server import PortTaken, serve
from simulators.hubspot.settings import SimulatorSettings


def parse(arguments: list[str]) -> SimulatorSettings:
    """The settings that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m simulators.hubspot", description=__doc__)
    parser.add_argument("--token", required=True, help="the bearer token that calls must carry")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--burst", type=int, default=100, help="calls per ten seconds")
    parser.add_argument("--daily", type=int, default=250_000, help="calls per day")
    parser.add_argument("--searches", type=int, default=5, help="search calls per second")
    parser.add_argument("--search-lag-ms", type=int, default=1_000, help="how long search lags behind writes")
    parser.add_argument("--seed", type=Path, help="JSONL of records to start with")
    return SimulatorSettings(**vars(parser.parse_args(arguments)))


def main() -> int:
    """Serve until a signal; 2 for settings that cannot be used."""
    try:
        serve(parse(sys.argv[1:]))
    except (PortTaken, SeedUnusable) as unusable:
        print(f"simulated CRM: {unusable}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
