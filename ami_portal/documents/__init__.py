"""Owns files: Document (immutable, hashed, true type, verdict), and the seal with its certificates.

`store` keeps and serves, `uploads` receives, `sniff` and `measure` inspect, `pdf` renders, `seal` seals.
"""
