"""Owns the workplace of the operator's staff inside the admin: what there is to do, the board, a dossier, the jury."""
