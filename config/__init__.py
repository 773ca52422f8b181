"""Settings and the scoring model: types, loading, validation."""
