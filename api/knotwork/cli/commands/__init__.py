"""One module for each kind of command; ``knotwork.cli.application`` names them all."""
