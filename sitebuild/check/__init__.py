"""What must be true before anything is written, and advice to the editor."""
