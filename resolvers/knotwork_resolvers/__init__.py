"""From facts to answers: loading, normalising, resolving, and the questions people ask of the result."""
