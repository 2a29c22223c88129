"""Owns what is decided of a dossier: eligibility, partners' opinions, jury, scores, ranking, results."""
