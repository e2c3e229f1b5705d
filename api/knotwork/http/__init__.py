"""The HTTP server: one gate that every request passes, the pages, GraphQL and the health of the process."""
