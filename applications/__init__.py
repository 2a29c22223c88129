"""Owns the call, its perimeter and the applicant's dossier: drafting, submission, frozen versions, automatic checks."""
