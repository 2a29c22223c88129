"""Owns what every page is made of: template tags, form fields, the context of the layout."""
