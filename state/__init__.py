"""The vocabulary and the store: what flows, what is kept, and where."""
