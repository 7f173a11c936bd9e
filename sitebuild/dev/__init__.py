"""The environment that the tasks run in."""
