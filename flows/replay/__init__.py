"""Replay: what a model would have done with a log, and what another one would do instead."""
