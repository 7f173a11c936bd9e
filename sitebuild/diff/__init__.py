"""What differs between two built trees, and why."""
