"""What the plugin refuses to do, said so that the officer can mend it."""


class Refused(Exception):
    """The sentence is shown to the officer; nothing was changed."""
