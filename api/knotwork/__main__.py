"""``python -m knotwork`` is the command ``knotwork``."""

from knotwork.cli.main import run

if __name__ == "__main__":
    run()
