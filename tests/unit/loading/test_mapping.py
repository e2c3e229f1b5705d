"""A mapping is checked in full when it is read, and what is wrong is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from knotwork_graph.errors import MappingError
from knotwork_resolvers.loading import Mapping, read_mapping
from knotwork_resolvers.loading.mapping import SECTIONS, SOURCE_KEYS, Field

MINIMAL = '[source]\nname = "crm"\ntimestamp = "at"\n[identifiers]\nemail = "mail"\n'
PAGE = Path(__file__).resolve().parents[3] / "docs" / "loading.md"


def test_a_minimal_mapping(mapping: Callable[[str], Mapping]) -> None:
    found = mapping(MINIMAL)
    assert (found.name, found.timestamp) == (Field(constant="crm"), Field(column="at"))
    assert (found.message_id, found.timezone, found.delimiter) == (None, "UTC", ",")
    assert found.identifiers == {"email": ("mail",)}
    assert found.columns() == ["at", "mail"]


WRONG = {
    "no TOML": ("[source", "is not valid TOML"),
    "an unknown section": (MINIMAL + "[trait]\n", r"trait is not a key of a mapping. Did you mean 'traits'\?"),
    "an unknown key": (
        MINIMAL.replace("timestamp", "timestamps"),
        r"source.timestamps is not a key .* Did you mean 'timestamp'\?"),
    "a section that is none": ('source = "crm"', "source must be a section"),
    "no name": (MINIMAL.replace('name = "crm"\n', ""), "source.name is missing: say name = "),
    "no timestamp": (
        MINIMAL.replace('timestamp = "at"\n', ""), r"source.timestamp is missing: say timestamp = \{ column"),
    "a number for a column": (MINIMAL.replace('"at"', "7"), "source.timestamp must be text"),
    "an unknown form": (MINIMAL.replace('"at"', '{ colum = "at" }'), "source.timestamp must be text"),
    "no identifiers": ('[source]\nname = "crm"\ntimestamp = "at"\n', "identifiers is empty: name at least one column"),
    "an empty list": (MINIMAL.replace('"mail"', "[]"), "identifiers.email must be a column or a list of columns"),
    "a type with a colon": (MINIMAL.replace("email", '"e:mail"'), "is no name of a type"),
    "a trait without a column": (MINIMAL + "[traits]\nname = true\n", "traits.name must be the name of a column"),
    "an unknown zone": (
        MINIMAL.replace("[id", 'timezone = "Asia/Ho_Chi_Min"\n[id'),
        r"no time zone. Did you mean 'Asia/Ho_Chi_Minh'\?"),
    "an unknown encoding": (MINIMAL.replace("[id", 'encoding = "utf-9"\n[id'), "'utf-9' is no known encoding"),
    "a long delimiter": (MINIMAL.replace("[id", 'delimiter = ";;"\n[id'), "source.delimiter must be one character"),
    "no way to write a time": (
        MINIMAL.replace("[id", 'time_format = "dd/mm/yyyy"\n[id'), "source.time_format must say"),
    "a time with its own offset": (
        MINIMAL.replace("[id", 'time_format = ["%d/%m/%Y %z"]\n[id'), "its own offset is written as ISO 8601"),
    "an unknown letter": (MINIMAL.replace("[id", 'time_format = "%d/%Q"\n[id'), "source.time_format must say"),
    "another mark for decimals": (MINIMAL.replace("[id", "decimal = \"'\"\n[id"), "source.decimal must be"),
    "vouched for nothing": (
        MINIMAL.replace("[id", 'vouched = ["emial"]\n[id'),
        r"names 'emial', which \[identifiers\] does not. Did you mean 'email'\?"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named(case: str, mapping: Callable[[str], Mapping]) -> None:
    text, error = WRONG[case]
    with pytest.raises(MappingError, match=error) as caught:
        mapping(text)
    assert "mapping.toml" in str(caught.value)


def test_a_mapping_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"none.toml: cannot be read: No such file"):
        read_mapping(tmp_path / "none.toml")


def test_every_key_of_a_mapping_is_documented() -> None:
    page = PAGE.read_text("utf-8")
    assert not [key for key in (*SOURCE_KEYS, *(f"[{name}]" for name in SECTIONS)) if f"`{key}`" not in page]
