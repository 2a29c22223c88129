"""Owns the catalogue: the partners' Datasets and their described versions. Knows nothing of calls."""
