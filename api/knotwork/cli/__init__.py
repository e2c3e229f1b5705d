"""The command line: it reads what was asked, calls the service, and shows what came back.

It starts at once, so whatever is heavy (DuckDB, NumPy, FastAPI, rich's tables) is imported where it is used.
"""
