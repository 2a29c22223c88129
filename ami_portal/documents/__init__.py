"""Owns files: Document (immutable, hashed, true type, verdict); store keeps and serves, pdf renders, measure inspects."""
