"""Owns mail: Message (the outbox), written with the change that causes it and sent after it, once."""
