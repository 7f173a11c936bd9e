"""Built bytes to headers, policies, server configurations and the manifest."""
