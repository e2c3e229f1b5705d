"""A workspace of people who come twice, once with a typing error; households, and one who must stay apart."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import knotwork
from knotwork import Workspace

MAPPING = """
[source]
name = { column = "source" }
timestamp = { constant = "2026-01-05T00:00:00Z" }
message_id = "row"
event = "Contact Updated"
[identifiers]
user_id = "user_id"
email = "email"
phone = "phone"
[traits]
name = "name"
address = "address"
birth_date = "born"
"""
POLICY = """
[identifiers.user_id]
priority = 1
max_per_customer = 1
[identifiers.email]
priority = 2
normaliser = "email"
[identifiers.phone]
priority = 3
normaliser = "phone"
"""
FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô")
MIDDLES = ("Thị Thu", "Văn Quốc", "Minh", "Ngọc", "Đức", "Thanh", "Gia", "Xuân")
GIVEN = ("Lan", "Hùng", "Quỳnh", "Tuấn", "Trang", "Dũng", "Phượng", "Khoa", "Yến", "Sơn", "Giang")
STREETS = ("Lê Lợi", "Trần Phú", "Hai Bà Trưng", "Nguyễn Huệ", "Lý Thường Kiệt", "Phan Đình Phùng", "Điện Biên Phủ")
PEOPLE = 130
COLUMNS = ("row", "source", "user_id", "email", "phone", "name", "address", "born")


def person(number: int) -> dict[str, str]:
    """One person's card, all different."""
    name = f"{FAMILIES[number % 10]} {MIDDLES[number // 3 % 8]} {GIVEN[number * 7 % 11]}"
    return {
        "row": f"a{number}",
        "source": "crm",
        "user_id": "",
        "email": f"khach{number * 7919 % 100_000}@example.com",
        "phone": "",
        "name": name,
        "address": f"{number * 3 + 1} {STREETS[number % 7]}, Phường Bến Nghé, Quận 1, TP.HCM",
        "born": f"{1960 + number * 11 % 45}-{number * 5 % 12 + 1:02}-{number * 13 % 28 + 1:02}",
    }


def again(card: dict[str, str]) -> dict[str, str]:
    """The same person at another till: no marks, the birth date turned round, another e-mail address."""
    year, month, day = card["born"].split("-")
    number = card["row"].removeprefix("a")
    return card | {
        "row": f"b{number}",
        "source": "shop",
        "email": "",
        "phone": f"09{(int(number) + 1) * 104_729 % 100_000_000:08}",
        "name": card["name"].upper(),
        "address": card["address"].replace("Phường Bến Nghé", "P. Bến Nghé").replace("TP.HCM", "Hồ Chí Minh"),
        "born": f"{day}/{month}/{year}",
    }


def cards() -> list[dict[str, str]]:
    """Everybody once, and every third person twice."""
    every = [person(number) for number in range(PEOPLE)]
    return [*every, *(again(one) for one in every[::3])]


def written(folder: Path, rows: list[dict[str, str]], name: str = "people.csv") -> Path:
    """The rows as a CSV file."""
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


Opened = Callable[..., Workspace]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Opens a workspace with ``rows`` loaded; ``joins`` lets the policy join."""
    held: list[Workspace] = []

    def make(rows: list[dict[str, str]], *, joins: bool = False, more: str = "") -> Workspace:
        folder = tmp_path / f"shop{len(held)}"
        folder.mkdir()
        matching = f"[matching]\nauto_join = {'true' if joins else 'false'}\n"
        (folder / "knotwork.toml").write_text(POLICY + matching + more, encoding="utf-8")
        (tmp_path / "mapping.toml").write_text(MAPPING, encoding="utf-8")
        workspace = knotwork.open(folder)
        held.append(workspace)
        workspace.load(written(tmp_path, rows), mapping=tmp_path / "mapping.toml")
        return workspace

    yield make
    for workspace in held:
        workspace.close()


def partition(workspace: Workspace) -> set[frozenset[str]]:
    """The customers as sets of keys."""
    found: dict[Any, set[str]] = {}
    for row in workspace.home.store.member_rows().to_pylist():
        if row["customer"]:
            found.setdefault(row["customer"], set()).add(f"{row['type']}:{row['value']}")
    return {frozenset(keys) for keys in found.values()}
