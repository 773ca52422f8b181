"""Where scores, changes and dead letters go."""
