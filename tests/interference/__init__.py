"""Nobody learns what is not theirs: pairs of worlds, planted leaks, hostile requests (docs/decisions/0034)."""
