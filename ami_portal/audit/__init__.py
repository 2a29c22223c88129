"""Owns the journal of decisions: append-only (triggers in both engines), each event chained to the one before."""
