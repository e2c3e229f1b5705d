"""Charts as SVG, made on the server: a page without scripts shows them as well."""
