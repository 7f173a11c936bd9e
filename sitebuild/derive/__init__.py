"""Documents to the site: topics, provenance, cautions, what each page shows. Pure."""
