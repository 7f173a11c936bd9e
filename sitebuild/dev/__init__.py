"""The environment, and files to begin with."""
