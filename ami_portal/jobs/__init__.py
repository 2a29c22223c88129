"""Owns background work: a Job row is written with the change that causes it, and run after it, at least once.

The row is the truth, Celery is the courier: a job that the courier lost is found by the sweeper and sent again.
So handlers are idempotent: they may run twice, and at the same time.
"""
