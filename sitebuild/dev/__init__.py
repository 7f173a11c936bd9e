"""The environment, the test browser, and files to begin with."""
