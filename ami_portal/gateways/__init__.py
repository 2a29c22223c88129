"""Owns every socket that the portal opens toward an outside service, each service with its Fake for the tests.

Does not own what their answers mean: a gateway gives values that it has checked, or says why it has none, and the rooms
above read « not yet known » (DESIGN.md §5.12).
"""
