"""CSV through a mapping: what a row becomes, and which rows are refused."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from knotwork_graph.errors import InputError, MappingError
from knotwork_graph.facts import FactLog, read_dead_letters
from knotwork_resolvers.loading import Mapping, load

Facts = Callable[..., list[Any]]
Read = Callable[[str], Mapping]
Write = Callable[..., Path]

CRM = """
[source]
name = "crm"
channel = "crm"
timestamp = "updated_at"
timezone = "Asia/Ho_Chi_Minh"
message_id = "record_id"
event = "Contact Updated"
vouched = ["email"]
[identifiers]
email = "email"
phone = ["mobile", "home_phone"]
[traits]
name = "full_name"
[properties]
revenue = "amount"
code = "code"
[consent]
ads = "may_advertise"
"""
HEADER = "record_id, updated_at ,email,mobile,home_phone,full_name,amount,code,may_advertise"
ROW = "r1,2026-03-01 09:30:00,lan@example.com,0903,028,Nguyễn Thị Lan,250000,007,yes"


def test_a_row_becomes_an_event(log: FactLog, write: Write, mapping: Read, facts: Facts) -> None:
    report = load([write(HEADER, ROW, name="crm.csv")], log, mapping=mapping(CRM))
    assert report.line() == "received 1 = accepted 1 + duplicate 0 + rejected 0"
    (row,) = facts("source", "message_id", "timestamp", "channel", "event", "identifiers", "vouched")
    assert row[:5] == ("crm", "r1", datetime(2026, 3, 1, 2, 30), "crm", "Contact Updated")  # noqa: DTZ001 - the column holds UTC without saying so
    assert [(pair["type"], pair["value"]) for pair in row[5]] == [
        ("email", "lan@example.com"),
        ("phone", "0903"),
        ("phone", "028"),
    ]
    assert row[6] == ["email"]
    (parts,) = facts("traits", "properties", "consent")
    assert [json.loads(part) for part in parts] == [
        {"name": "Nguyễn Thị Lan"},
        {"revenue": 250000, "code": "007"},
        {"ads": True},
    ]


def test_empty_cells_are_absent(log: FactLog, write: Write, mapping: Read, facts: Facts) -> None:
    load([write(HEADER, "r1,2026-03-01,,0903,  ,,,,", name="crm.csv")], log, mapping=mapping(CRM))
    (row,) = facts("identifiers", "traits", "properties", "consent")
    assert row[0] == [{"type": "phone", "value": "0903"}]
    assert [json.loads(part) if part else {} for part in row[1:]] == [{}, {}, {}]


def test_an_offset_in_the_cell_beats_the_zone(log: FactLog, write: Write, mapping: Read, facts: Facts) -> None:
    load([write(HEADER, ROW.replace("09:30:00", "09:30:00Z"), name="crm.csv")], log, mapping=mapping(CRM))
    assert facts("timestamp") == [datetime(2026, 3, 1, 9, 30)]  # noqa: DTZ001 - the column holds UTC without saying so


def test_quotes_newlines_and_blanks(log: FactLog, write: Write, mapping: Read, facts: Facts) -> None:
    row = 'r1,2026-03-01, "a ""b"" \n c" ,1,,"x,y",,,'
    report = load([write(HEADER, row, "", "r2,never,a,,,,,,", name="crm.csv")], log, mapping=mapping(CRM))
    assert facts("identifiers")[0][0]["value"] == 'a "b" \n c'
    (letter,) = read_dead_letters(Path(report.dead_letters))
    assert letter.line == 5, "the row before it takes two lines, and one is blank"


BAD_ROWS = {
    "too few cells": ("r1,2026-03-01", "row has another number of cells than the header: 2 instead of 9"),
    "too many cells": (ROW + ",x", "row has another number of cells than the header: 10 instead of 9"),
    "not UTF-8": (ROW.encode().replace(b"lan@", b"\xff@"), "row is not UTF-8 text"),
    "NUL": (ROW.encode().replace(b"lan@", b"\x00@"), "line holds a NUL character"),
    "no identifier": ("r1,2026-03-01,,,,x,,,", "no identifier"),
    "impossible date": (ROW.replace("2026-03-01", "2026-02-30"), "`timestamp` 2026-02-30 09:30:00 is not a time"),
    "no message id": (ROW.removeprefix("r1"), "`message_id` is missing"),
    "a cell without end": (f'r1,2026-03-01,"{"x" * 17_000_000}",,,,,,', "row cannot be read: a cell is too long"),
}  # fmt: skip


def test_bad_rows_are_refused_and_their_neighbours_are_not(log: FactLog, write: Write, mapping: Read) -> None:
    good = [ROW.replace("r1", f"good-{number}") for number in range(len(BAD_ROWS) + 1)]
    rows = [row for pair in zip(good, (bad for bad, _ in BAD_ROWS.values()), strict=False) for row in pair]
    report = load([write(HEADER, *rows, good[-1], name="crm.csv")], log, mapping=mapping(CRM))
    assert (report.accepted, report.rejected) == (len(good), len(BAD_ROWS))
    letters = {letter.line: letter.reason for letter in read_dead_letters(Path(report.dead_letters))}
    for place, (_, reason) in enumerate(BAD_ROWS.values()):
        assert letters[3 + 2 * place].startswith(reason)


def test_a_row_without_a_message_id_is_known_by_its_cells(log: FactLog, write: Write, mapping: Read) -> None:
    nameless = mapping(CRM.replace('message_id = "record_id"\n', ""))
    other = ROW.replace("007", "008")
    first = load([write(HEADER, ROW, other, ROW, name="a.csv")], log, mapping=nameless)
    again = load([write(HEADER, other, ROW, name="b.csv")], log, mapping=nameless)
    assert (first.accepted, first.duplicate, again.accepted, again.duplicate) == (2, 1, 0, 2)


def test_several_sources_and_one_time_for_all(log: FactLog, write: Write, mapping: Read, facts: Facts) -> None:
    text = """
    [source]
    name = { column = "system" }
    channel = { column = "system" }
    event = { constant = "Seen" }
    timestamp = { constant = "2026-01-01T00:00:00Z" }
    message_id = "id"
    [identifiers]
    email = "email"
    """
    load([write("id,system,email", "1,web,a", "2,pos,b", name="all.csv")], log, mapping=mapping(text))
    moment = datetime(2026, 1, 1)  # noqa: DTZ001 - the column holds UTC without saying so
    assert facts("source", "channel", "event", "timestamp") == [
        ("web", "web", "Seen", moment),
        ("pos", "pos", "Seen", moment),
    ]


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(";", "utf-8"), ("\t", "utf-16"), ("|", "cp1258"), (",", "utf-8-sig")]
)
def test_other_delimiters_and_encodings(
    delimiter: str, encoding: str, log: FactLog, tmp_path: Path, mapping: Read, facts: Facts
) -> None:
    text = CRM.replace("[identifiers]", f"delimiter = {json.dumps(delimiter)}\nencoding = '{encoding}'\n[identifiers]")
    row = ROW.replace("Nguyễn Thị Lan", "Đỗ Lan" if encoding != "cp1258" else "Đô Lan")
    file = tmp_path / "crm.csv.gz"
    file.write_bytes(gzip.compress("\r\n".join([HEADER, row]).replace(",", delimiter).encode(encoding)))
    assert load([file], log, mapping=mapping(text)).accepted == 1
    assert "Lan" in json.loads(facts("traits")[0])["name"]


def test_a_csv_without_a_mapping_is_told_how_to_write_one(log: FactLog, write: Write) -> None:
    with pytest.raises(MappingError, match=r"(?s)crm.csv: a CSV file needs a mapping.*--mapping.*\[identifiers\]"):
        load([write(HEADER, ROW, name="crm.csv")], log)


@pytest.mark.parametrize(
    ("header", "error"),
    [
        (HEADER.replace("email", "e_mail"), r"crm.csv has no column 'email'. Did you mean 'e_mail'\?"),
        (HEADER.replace("email", "zzz").replace("mobile", "yyy"), r"has no column 'email'. It has: .*zzz"),
        (HEADER + ",email", "has 2 columns named 'email'; rename all but one"),
    ],
)
def test_columns_that_do_not_fit_are_named(header: str, error: str, log: FactLog, write: Write, mapping: Read) -> None:
    with pytest.raises(MappingError, match=error):
        load([write(header, ROW, name="crm.csv")], log, mapping=mapping(CRM))
    assert log.segments() == ()


@pytest.mark.parametrize(
    ("text", "error"),
    [("", "this file is empty"), (",".join(f"c{n}" for n in range(1_000_000)), "has 1000000 columns")],
)
def test_files_that_are_no_table_are_refused_before_anything(
    text: str, error: str, log: FactLog, write: Write, mapping: Read
) -> None:
    with pytest.raises(InputError, match=error):
        load([write(text, name="crm.csv")], log, mapping=mapping(CRM))


@pytest.mark.parametrize("row", ["too,few,cells", '"a quote left open', "r1,2026-03-01,\udcff,,,,,,"])
def test_a_file_of_which_every_row_is_refused_is_counted(log: FactLog, write: Write, mapping: Read, row: str) -> None:
    file = write(HEADER, name="crm.csv")
    file.write_bytes(file.read_bytes() + row.encode("utf-8", "surrogateescape") + b"\n")
    report = load([file], log, mapping=mapping(CRM))
    assert report.line() == "received 1 = accepted 0 + duplicate 0 + rejected 1"


def test_a_header_in_another_encoding_is_said_to_be_so(log: FactLog, write: Write, mapping: Read) -> None:
    file = write(HEADER, ROW, name="crm.csv")
    file.write_text(file.read_text(encoding="utf-8"), encoding="utf-16")
    with pytest.raises(InputError, match=r"column names is no utf-8.*encoding ="):
        load([file], log, mapping=mapping(CRM))


LIST = """
[source]
name = "crm"
timestamp = "at"
timezone = "Asia/Ho_Chi_Minh"
time_format = ["%d/%m/%Y %H:%M", "%d/%m/%Y"]
delimiter = ";"
decimal = ","
[identifiers]
phone = "phone"
[properties]
revenue = "amount"
[consent]
ads = "ads"
"""


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("25/12/2025 14:30", datetime(2025, 12, 25, 7, 30)),  # noqa: DTZ001 - the column holds UTC without saying so
        ("1/2/2026", datetime(2026, 1, 31, 17)),  # noqa: DTZ001 - the same
        ("2026-02-01 00:00", datetime(2026, 1, 31, 17)),  # noqa: DTZ001 - the same
        ("2026-02-01T00:00:00Z", datetime(2026, 2, 1)),  # noqa: DTZ001 - the same
    ],
)
def test_times_are_read_as_the_mapping_says(
    written: str, moment: datetime, log: FactLog, write: Write, mapping: Read, facts: Facts
) -> None:
    load([write("at;phone;amount;ads", f"{written};0903;;", name="list.csv")], log, mapping=mapping(LIST))
    assert facts("timestamp") == [moment]


def test_a_day_that_no_format_fits_is_rejected(log: FactLog, write: Write, mapping: Read) -> None:
    file = write("at;phone;amount;ads", "12/25/2025;0903;;", "31/02/2026;0903;;", name="list.csv")
    assert load([file], log, mapping=mapping(LIST)).rejected == 2


@pytest.mark.parametrize(("form", "written"), [("epoch", "1767225600.5"), ("epoch_ms", "1767225600500")])
def test_times_may_be_counted_since_1970(
    form: str, written: str, log: FactLog, write: Write, mapping: Read, facts: Facts
) -> None:
    text = LIST.replace('["%d/%m/%Y %H:%M", "%d/%m/%Y"]', f'"{form}"')
    load([write("at;phone;amount;ads", f"{written};0903;;", name="list.csv")], log, mapping=mapping(text))
    assert facts("timestamp") == [datetime(2026, 1, 1, 0, 0, 0, 500_000)]  # noqa: DTZ001 - the column holds UTC


@pytest.mark.parametrize(
    ("decimal", "written", "value"),
    [
        (",", "1.250.000,50", 1250000.5), (",", "1.250", 1250), (",", "1 250 000", 1250000), (",", "-99,5", -99.5),
        (",", "100,00", 100), (",", "1.2", "1.2"), (",", "007", "007"), (",", "1,250,000", "1,250,000"),
        (".", "1,250,000.50", 1250000.5), (".", "1.50", 1.5), (".", "1\u00a0250.5", 1250.5), (".", "12 cái", "12 cái"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_the_mapping_says(
    decimal: str, written: str, value: object, log: FactLog, write: Write, mapping: Read, facts: Facts
) -> None:
    text = LIST.replace('decimal = ","', f'decimal = "{decimal}"')
    load([write("at;phone;amount;ads", f"1/2/2026;0903;{written};có", name="list.csv")], log, mapping=mapping(text))
    ((properties, consent),) = facts("properties", "consent")
    assert json.loads(properties) == {"revenue": value}
    assert type(json.loads(properties)["revenue"]) is type(value)
    assert json.loads(consent) == {"ads": True}


def test_a_table_that_is_parted_otherwise_is_told_so(log: FactLog, write: Write, mapping: Read) -> None:
    with pytest.raises(MappingError, match=r"has one column alone.*write delimiter = \";\" under \[source\]"):
        load([write("at;phone", "1;2", name="list.csv")], log, mapping=mapping(LIST.replace('delimiter = ";"\n', "")))
