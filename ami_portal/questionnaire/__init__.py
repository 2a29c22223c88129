"""Owns forms as data: revisions, question types, cleaning of answers, conditions, completeness (pure).

It serves the dossier today; reports and opinions are meant to be asked with the same engine.
"""
