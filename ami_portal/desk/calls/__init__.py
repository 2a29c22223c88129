"""A call from its file: read and checked, compared with what is there, loaded, written back."""

from .loading import carry_out, checked, load, moved, read
from .plan import Plan, plan
from .writing import dump, written

__all__ = ["Plan", "carry_out", "checked", "dump", "load", "moved", "plan", "read", "written"]
