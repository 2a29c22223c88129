"""Owns what spans stages: homes, public pages of a call, staff's board, search, health, loading a call, the demo."""
