"""What must be true of sources and finished pages, and advice to the editor."""
