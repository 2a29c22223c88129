"""Owns people and what they are entitled to: User, Organisation, RoleGrant; sign-in and the second factor."""
