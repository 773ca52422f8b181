"""Where batches of raw events come from."""
