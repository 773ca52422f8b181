"""Pure functions over events and facts, and the Bytewax stage around them."""
