"""Owns what follows the results: conventions, schedules, the ledger of payments and retentions."""
