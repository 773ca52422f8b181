"""Programs that stand in for the outside world; they know nothing of leadstream."""
