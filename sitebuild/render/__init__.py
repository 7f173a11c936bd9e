"""Values to HTML, CSS, SVG, PNG, feeds and the search index."""
