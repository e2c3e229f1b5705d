"""Mappings: which column of a table is which part of an event."""

from __future__ import annotations

import codecs
import difflib
import tomllib
from collections.abc import Collection
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from knotwork_graph.errors import MappingError
from knotwork_resolvers.loading.check_sql import quoted
from knotwork_resolvers.loading.time_sql import COUNTED

SECTIONS = ("source", "identifiers", "traits", "properties", "consent")
SOURCE_KEYS = (
    "name", "channel", "timestamp", "timezone", "message_id", "event", "vouched", "delimiter", "encoding",
    "time_format", "decimal",
)  # fmt: skip
HOW = (
    "Write a mapping and give it with --mapping, for example:\n"
    '  [source]\n  name = "crm"\n  timestamp = "updated_at"\n  message_id = "record_id"\n'
    '  [identifiers]\n  email = "email"'
)
NONE: Dict[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Field:
    """Where one part of an event comes from: a column, or the same text in every row."""

    column: str | None = None
    constant: str | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping that was read and checked; ``file`` is where it stands, for messages.

    ``identifiers`` names for each type the columns that hold its values; the other sections one column for each key.
    """

    file: str
    name: Field
    timestamp: Field
    message_id: Field | None = None
    channel: Field | None = None
    event: Field | None = None
    timezone: str = "UTC"
    vouched: tuple[str, ...] = ()
    delimiter: str = ","
    encoding: str = "utf-8"
    time_format: tuple[str, ...] = ()
    decimal: str = ""
    identifiers: Dict[str, tuple[str, ...]] = field(default_factory=lambda: NONE)
    traits: Dict[str, str] = field(default_factory=lambda: NONE)
    properties: Dict[str, str] = field(default_factory=lambda: NONE)
    consent: Dict[str, str] = field(default_factory=lambda: NONE)

    def columns(self) -> list[str]:
        """Every column that the mapping names, once, in the order of the file."""
        singles = [self.name, self.timestamp, self.message_id, self.channel, self.event]
        named = [one.column for one in singles if one is not None and one.column is not None]
        listed = [column for several in self.identifiers.values() for column in several]
        rest = [column for section in (self.traits, self.properties, self.consent) for column in section.values()]
        return list(dict.fromkeys([*named, *listed, *rest]))

    def fit(self, columns: Collection[str], file: Path) -> None:
        """Nothing comes back where ``file`` with these columns can be mapped; else ``MappingError``."""
        for wanted in self.columns():
            if wanted not in columns:
                near = nearest(wanted, columns)
                have = "" if near else f" It has: {', '.join(sorted(columns)[:20])}."
                raise MappingError(f"{self.file}: {file} has no column {wanted!r}.{near}{have} Mend the mapping.")


def nearest(word: str, words: Collection[str]) -> str:
    """A question naming the word most like ``word``, or nothing."""
    folded = {candidate.lower(): candidate for candidate in words}
    close = difflib.get_close_matches(word.lower(), list(folded)[:2_000], n=1, cutoff=0.5)
    return f" Did you mean {folded[close[0]]!r}?" if close else ""


def read_mapping(path: Path) -> Mapping:
    """The mapping that the TOML file ``path`` holds. Raises ``MappingError`` naming file, key and remedy."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise MappingError(f"{path}: cannot be read: {error.strerror}. Check the name.") from error
    except UnicodeDecodeError as error:
        raise MappingError(f"{path}: is not UTF-8 text. Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"{path}: is not valid TOML: {error}.") from error
    return _Reader(str(path), document).mapping()


class _Reader:
    """Reads one document, naming file and key whenever something is wrong."""

    def __init__(self, file: str, document: dict[str, Any]) -> None:
        self.file = file
        self.document = document
        self.known("", document, SECTIONS)
        for name in SECTIONS:
            if not isinstance(document.get(name, {}), dict):
                raise self.wrong(name, "must be a section")
        self.source: dict[str, Any] = document.get("source", {})
        self.known("source.", self.source, SOURCE_KEYS)

    def mapping(self) -> Mapping:
        """The whole mapping."""
        identifiers = self.identifiers()
        return Mapping(
            file=self.file,
            name=self.required("name", plain="constant"),
            timestamp=self.required("timestamp", plain="column"),
            message_id=self.one("message_id", plain="column"),
            channel=self.one("channel", plain="constant"),
            event=self.one("event", plain="constant"),
            timezone=self.timezone(),
            vouched=self.vouched(identifiers),
            delimiter=self.delimiter(),
            encoding=self.encoding(),
            time_format=self.time_format(),
            decimal=self.decimal(),
            identifiers=identifiers,
            traits=self.section("traits"),
            properties=self.section("properties"),
            consent=self.section("consent"),
        )

    def wrong(self, key: str, message: str) -> MappingError:
        """The error that ``key`` deserves."""
        return MappingError(f"{self.file}: {key} {message}.")

    def known(self, prefix: str, given: dict[str, Any], names: Collection[str]) -> None:
        """Nothing comes back where all keys are known."""
        for key in given:
            if key not in names:
                near = nearest(key, names)
                raise MappingError(
                    f"{self.file}: {prefix}{key} is not a key of a mapping.{near} Known are: {', '.join(names)}."
                )

    def required(self, key: str, plain: str) -> Field:
        """The field of a key that must be there."""
        found = self.one(key, plain)
        if found is None:
            raise self.wrong(f"source.{key}", f"is missing: say {self.example(key, plain)}")
        return found

    def one(self, key: str, plain: str) -> Field | None:
        """The field that ``key`` says; a plain text is a column or a constant, as ``plain`` tells."""
        value = self.source.get(key)
        if value is None:
            return None
        if isinstance(value, dict) and len(value) == 1:
            ((plain, value),) = value.items()
        if plain not in {"column", "constant"} or not isinstance(value, str) or not value.strip():
            raise self.wrong(
                f"source.{key}",
                f"must be text, {{ column = ... }} or {{ constant = ... }}, for example {self.example(key, 'column')}",
            )
        return Field(column=value.strip()) if plain == "column" else Field(constant=value)

    def example(self, key: str, plain: str) -> str:
        """How a right line looks."""
        return f'{key} = "..." (a {plain})' if plain == "constant" else f'{key} = {{ column = "..." }}'

    def identifiers(self) -> dict[str, tuple[str, ...]]:
        """The columns of each identifier type; at least one type must be there."""
        found: dict[str, tuple[str, ...]] = {}
        for kind, value in self.document.get("identifiers", {}).items():
            names = [value] if isinstance(value, str) else value
            if (
                not isinstance(names, list)
                or not names
                or not all(isinstance(name, str) and name.strip() for name in names)
            ):
                raise self.wrong(f"identifiers.{kind}", "must be a column or a list of columns")
            if not kind.strip() or ":" in kind:
                raise self.wrong(
                    f"identifiers.{kind!r}", "is no name of a type: it may be neither empty nor hold a colon"
                )
            found[kind] = tuple(name.strip() for name in names)
        if not found:
            raise self.wrong("identifiers", 'is empty: name at least one column, for example email = "email"')
        return found

    def section(self, name: str) -> dict[str, str]:
        """The column of each key of a section."""
        found: dict[str, str] = {}
        for key, value in self.document.get(name, {}).items():
            if not isinstance(value, str) or not value.strip():
                raise self.wrong(f"{name}.{key}", "must be the name of a column")
            found[key] = value.strip()
        return found

    def vouched(self, identifiers: Collection[str]) -> tuple[str, ...]:
        """The types that the source vouches for."""
        names = self.source.get("vouched", [])
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise self.wrong("source.vouched", 'must be a list of identifier types, for example ["email"]')
        for name in names:
            if name not in identifiers:
                raise self.wrong(
                    "source.vouched", f"names {name!r}, which [identifiers] does not.{nearest(name, identifiers)}"
                )
        return tuple(names)

    def text(self, key: str, default: str) -> str:
        """A key that is plain text."""
        value = self.source.get(key, default)
        if not isinstance(value, str) or not value:
            raise self.wrong(f"source.{key}", f'must be text, for example "{default}"')
        return value

    def delimiter(self) -> str:
        """One character."""
        value = self.text("delimiter", ",")
        if len(value) != 1 or value in '\r\n"':
            raise self.wrong("source.delimiter", 'must be one character, such as ";" or "\\t"')
        return value

    def encoding(self) -> str:
        """The name of an encoding that Python knows."""
        value = self.text("encoding", "utf-8")
        try:
            return codecs.lookup(value).name
        except LookupError as error:
            raise self.wrong(
                "source.encoding", f"{value!r} is no known encoding; common ones are utf-8, utf-16, cp1258, latin-1"
            ) from error

    def time_format(self) -> tuple[str, ...]:
        """The ways in which times are written, to be tried in their order."""
        value = self.source.get("time_format", [])
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list) or not all(isinstance(one, str) and self.is_format(one) for one in found):
            raise self.wrong(
                "source.time_format",
                'must say how times are written, for example "%d/%m/%Y %H:%M" (a list of such is tried in its order),'
                ' "epoch" or "epoch_ms"; what bears its own offset is written as ISO 8601',
            )
        return tuple(found)

    def is_format(self, form: str) -> bool:
        """Whether ``form`` says how a day, and all that is said of its time, is written without an offset."""
        import duckdb

        if form in COUNTED:
            return True
        with duckdb.connect() as connection:
            try:
                kind = connection.execute("SELECT typeof(try_strptime('', " + quoted(form) + "))").fetchall()[0][0]
            except duckdb.Error:
                return False
        return bool(kind == "TIMESTAMP" and "%" in form)

    def decimal(self) -> str:
        """What stands before the decimals of a number; empty where nothing was said."""
        value = self.source.get("decimal", "")
        if value not in {"", ".", ","}:
            raise self.wrong("source.decimal", 'must be "," or "."')
        return str(value)

    def timezone(self) -> str:
        """The name of a time zone that DuckDB knows, for it will do the sums."""
        import duckdb

        value = self.text("timezone", "UTC")
        if value == "UTC":
            return value
        with duckdb.connect() as connection:
            names = [name for (name,) in connection.execute("SELECT name FROM pg_timezone_names()").fetchall()]
        if value not in names:
            raise self.wrong(
                "source.timezone",
                f"{value!r} is no time zone.{nearest(value, names)} A name looks like Asia/Ho_Chi_Minh",
            )
        return value
