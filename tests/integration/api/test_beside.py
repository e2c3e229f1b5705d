"""Exports, figures and logs over HTTP: masked, safe, and without anybody's data where it does not belong."""

from __future__ import annotations

import csv
import io
import json
import logging
from collections import Counter
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from knotwork.access.masks import Mask
from knotwork.access.roles import Role
from knotwork.access.secret import Secret
from knotwork.service.exports import TABLES
from knotwork.service.streams import COLUMNS, FORMULA, Csv, Reader, begins_formula, shown
from tests.integration.api.conftest import LAN, PHONE, SECRETS
from tests.unit.web.conftest import TOKEN, Visitor

FORMULAS = ["=1+1", "+84901", "-5", "@sum", "\tx", "\rx", 'say "hi"', "plain", "a,b", "a\nb", "", None]


@pytest.mark.parametrize("what", sorted(COLUMNS))
@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_tables_are_streamed_without_secrets(as_role: Callable[[str], Visitor], what: str, form: str) -> None:
    answer = as_role("analyst").get(f"/v1/export/{what}?format={form}")
    assert answer.status_code == 200, answer.text
    assert f"{what}.{form}" in answer.headers["content-disposition"]
    body = answer.content
    rows = pq.read_table(pa.BufferReader(body)).to_pylist() if form == "parquet" else body.decode()
    assert not [secret for secret in SECRETS if secret in str(rows)]
    names = set(COLUMNS[what])
    if form == "csv":
        assert set(body.decode().split("\n", 1)[0].replace('"', "").split(",")) == names
    elif form == "parquet":
        assert set(pq.read_schema(pa.BufferReader(body)).names) == names


def test_every_form_says_the_same(as_role: Callable[[str], Visitor]) -> None:
    analyst = as_role("analyst")
    lines = [json.loads(one) for one in analyst.get("/v1/export/members?format=jsonl").text.splitlines()]
    table = pq.read_table(pa.BufferReader(analyst.get("/v1/export/members?format=parquet").content)).to_pylist()
    rows = list(csv.DictReader(io.StringIO(analyst.get("/v1/export/members").text)))
    assert lines == table
    assert [one["hash"] for one in rows] == [one["hash"] for one in lines]
    assert len(lines) == 45


def test_customers_count_what_members_tell(as_role: Callable[[str], Visitor]) -> None:
    analyst = as_role("analyst")
    tables = [csv.DictReader(io.StringIO(analyst.get(f"/v1/export/{one}").text)) for one in ("customers", "members")]
    told = {one["customer_id"]: int(one["identifiers"]) for one in tables[0]}
    assert told == dict(Counter(one["customer_id"] for one in tables[1] if one["customer_id"]))
    assert sum(told.values()) > len(told) > 1


def test_masked_holders_join_on_hashes(as_role: Callable[[str], Visitor]) -> None:
    analyst = as_role("analyst")
    rows = [json.loads(one) for one in analyst.get("/v1/export/members?format=jsonl").text.splitlines()]
    asked = analyst.graphql(f'{{ identifier(key: "{PHONE}") {{ hash customer key }} }}')["data"]["identifier"]
    found = [one for one in rows if one["hash"] == asked["hash"]]
    assert [one["customer_id"] for one in found] == [asked["customer"]]
    assert asked["key"] == "phone:+84 90 *** **21"


def test_formulas_become_texts_and_read_back() -> None:
    batch = pa.record_batch({"text": pa.array(FORMULAS, pa.string()), "number": pa.array(range(len(FORMULAS)))})
    text = Csv().part(batch).decode()
    cells = [row["text"] for row in csv.DictReader(io.StringIO(text, newline=""))]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    assert [cell.removeprefix("'") for cell in cells] == [one or "" for one in FORMULAS]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_a_formula_is_known_by_its_first_byte_wherever_a_batch_begins(kind: pa.DataType) -> None:
    texts = pa.array([*FORMULAS, "é=", None, "=é"], kind)
    for start in range(len(texts)):
        for end in range(start, len(texts) + 1):
            part = texts.slice(start, end - start)
            expected = [bool(one) and one[0] in FORMULA for one in part.to_pylist()]
            assert begins_formula(part).tolist() == expected


def test_every_table_that_is_streamed_exists_and_has_its_columns_classed(kw: Any) -> None:
    assert set(COLUMNS) - {"segments"} <= set(TABLES)
    reader = Reader(Mask(Role.ANALYST), Secret(b"x" * 32))
    with pytest.raises(KeyError):
        shown(pa.record_batch({"new": ["x"]}), COLUMNS["members"], reader)


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("collector", 403), ("steward", 200), ("admin", 200)])
def test_who_may_export(as_role: Callable[[str], Visitor], role: str, status: int) -> None:
    assert as_role(role).get("/v1/export/members").status_code == status


def test_an_export_is_kept_in_the_chain_and_bad_ones_are_told_so(kw: Any, as_role: Callable[[str], Visitor]) -> None:
    analyst = as_role("analyst")
    for path, word in (("/v1/export/nothing", "Known: members"), ("/v1/export/members?format=xls", "no form xls")):
        answer = analyst.get(path)
        assert answer.status_code == 400
        assert word in answer.json()["errors"][0]["message"]
    analyst.get("/v1/export/members")
    kept = kw.audit.rows(kind="export")[-1]
    assert (kept.who, kept.what) == ("a analyst", "members")


def test_the_figures_are_prometheus_text(app: Any, as_role: Callable[[str], Visitor]) -> None:
    assert Visitor(app).get("/metrics").status_code == 401
    assert as_role("collector").get("/metrics").status_code == 403
    viewer = as_role("viewer")
    viewer.graphql("{ overview { events } }")
    text = viewer.get("/metrics").text
    assert 'knotwork_http_requests_total{method="POST",route="/graphql",status="200"} 1' in text
    assert "knotwork_customers 22" in text
    for line in text.splitlines():
        assert line.startswith("# ") or len(line.rsplit(" ", 1)) == 2
        assert line.startswith("# ") or float(line.rsplit(" ", 1)[1]) >= 0


def test_the_http_part_describes_itself(app: Any, as_role: Callable[[str], Visitor]) -> None:
    assert Visitor(app).get("/openapi.json").status_code == 401
    found = as_role("viewer").get("/openapi.json").json()
    assert set(found["paths"]) == {"/healthz", "/readyz", "/metrics", "/v1/export/{what}"}


def test_canary(
    kw: Any, app: Any, as_role: Callable[[str], Visitor], caplog: pytest.LogCaptureFixture, tmp_path: Any
) -> None:
    """A seeded phone and e-mail occur in no log, no redirect, no error text and no figure, whatever goes wrong."""
    programs = [as_role(role) for role in ("analyst", "admin", "viewer", "collector")]
    pages = Visitor(app)
    seen: list[str] = []
    with caplog.at_level(logging.DEBUG):
        assert pages.get(f"/?token={TOKEN}").status_code == 303
        for value in ("lan.nguyen@example.com", "0901234521", LAN, PHONE):
            answer = pages.post("/find", data={"q": value})
            seen.append(answer.headers.get("location", ""))
            for program in programs:
                for query in (
                    f'{{ customer(key: "{value}") {{ id }} }}',
                    f'{{ customer(id: "{value}") {{ id }} }}',
                    f'{{ why(a: "{value}", b: "{value}") {{ run }} }}',
                    f'{{ whyNot(a: "{value}", b: "email:nobody@x.vn") {{ run }} }}',
                    f'{{ history(of: "{value}") {{ __typename }} }}',
                    f'{{ rfm(customers: ["{value}"]) {{ notes }} }}',
                    f'{{ funnel(steps: ["{value}"]) {{ notes }} }}',
                    f'mutation {{ decide(input: {{ kind: "block", a: "{value} x", reason: "" }}) {{ __typename }} }}',
                    f'mutation {{ defineSegment(input: {{ name: "{value}", rule: {{ a: 1 }} }}) {{ warnings }} }}',
                    f'mutation {{ loadEvents(input: {{ events: [{{ source: "{value}" }}] }}) {{ problems }} }}',
                ):
                    program.graphql(query)
                program.get(f"/v1/export/{value}")
                program.get(f"/customers/{value}")
                program.get("/graphql", params={"query": f'{{ customer(key: "{value}") {{ id }} }}'})
        figures = programs[1].get("/metrics").text
    ours = [one for one in caplog.records if not one.name.startswith("httpx")]  # the client's own log names addresses
    everything = "\n".join([*(one.getMessage() for one in ours), *seen, figures])
    assert any(one.name == "knotwork.http" for one in ours)
    assert not [secret for secret in ("lan.nguyen", "901234521") if secret in everything]
