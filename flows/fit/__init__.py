"""Fitting: the points, half-lives and limits that rank outcomes best, proposed as a model file."""
