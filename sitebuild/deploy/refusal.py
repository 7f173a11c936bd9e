"""The one way in which a deploy ends before its end."""


class RefusedError(SystemExit):
    """A deploy that may not or cannot be done, in a plain sentence.

    A SystemExit, so that nobody meets a traceback.
    """
