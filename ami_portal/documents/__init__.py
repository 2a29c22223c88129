"""Owns files: Document (immutable, hashed, true type, verdict).

`store` keeps and serves, `uploads` receives, `sniff` and `measure` inspect, `pdf` renders.
"""
