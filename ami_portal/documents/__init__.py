"""Owns files: Document (immutable, hashed, true type, verdict), its Examination, and the seal with its certificates.

`store` keeps and serves, `uploads` receives, `sniff` and `measure` inspect, `format_rules` judges, `office`
writes blank files, `pdf` renders, `seal` seals.
"""
