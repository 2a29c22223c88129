"""Why a file is refused."""


class Refused(ValueError):
    """A file that cannot be kept; the message is a French sentence that says what to do."""
