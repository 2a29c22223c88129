"""Owns the demonstration: believable projects, and a population that lives its months through the real actions."""
