"""The options that several commands share, each written once."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from knotwork.cli.moments import moment

Form = Literal["text", "json"]

FormOption = Annotated[Form, typer.Option("--format", help="Text for people, or one JSON document.")]
AsOfOption = Annotated[
    datetime | None,
    typer.Option(
        "--as-of", parser=moment, metavar="TIME", help="As it was at this time: 2026-03-01 or 2026-03-01T09:30+07:00."
    ),
]
KnownAtOption = Annotated[
    datetime | None,
    typer.Option("--known-at", parser=moment, metavar="TIME", help="Who readers saw at this time, by what was known."),
]
KeyOrId = Annotated[
    str, typer.Argument(metavar="KEY_OR_ID", help="An identifier such as email:lan@example.com, or a customer id.")
]
OutOption = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="The file to write; standard output without it.")
]
