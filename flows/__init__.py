"""Composition: the score, deliver and replay flows, the launcher and the command line."""
