"""Owns the measures of `make bench`: ratios within one run, on PostgreSQL behind the production server."""
