"""The explorer's pages: made on the server, complete without scripts, in Vietnamese and English."""
