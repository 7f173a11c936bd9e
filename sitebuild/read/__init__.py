"""Sources to documents: schema, blocks, Markdown, evidence, redirects, and which files are read."""
