"""How the SQLite store runs its statements: kept prepared, once for each row, remembered, and all at once."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pyarrow as pa
import pytest

from knotwork_graph.errors import StoreError
from knotwork_graph.model import Identifier, RunState
from knotwork_graph.sqlite import SqliteGraphStore
from knotwork_graph.sqlite.driver import MOST_STATEMENTS, PIECE, Connection
from tests.contract.graph.made import Found, Named, Seen, ids, increment, project, publish

A, B, C = "cookie:a", "cookie:b", "cookie:c"


@pytest.fixture
def connection(tmp_path):
    opened = Connection(tmp_path / "some.db")
    opened.change("BEGIN")
    opened.change("CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT)")
    yield opened
    opened.close()


@pytest.fixture
def store(tmp_path):
    opened = SqliteGraphStore(tmp_path)
    project(opened, increment(1, Seen(A, B)))
    publish(opened, 1, Found({A: 1, B: 1}))
    yield opened
    opened.close()


@pytest.fixture
def other(store, tmp_path):
    """Somebody else with the same file."""
    opened = SqliteGraphStore(tmp_path)
    yield opened
    opened.close()


def test_values_are_bound_by_place_or_by_name_whatever_their_types_were_before(connection):
    text = "SELECT ?1 AS a, ?2 AS b"
    assert [connection.rows(text, given) for given in ((1, "x"), ("x", 1), (RunState.HELD, None))] == [
        [(1, "x")],
        [("x", 1)],
        [("held", None)],
    ]
    for given in ({"b": 2, "a": 1}, {"a": 1, "b": 2}):
        assert connection.rows("SELECT :a AS a, :b AS b", given) == [(1, 2)]


def test_a_statement_that_failed_is_told_of_in_words_and_can_be_run_again(connection):
    add = "INSERT INTO things VALUES (?, ?)"
    connection.change(add, (1, "x"))
    with pytest.raises(StoreError, match=r"some\.db refused a statement.*UNIQUE"):
        connection.change(add, (1, "y"))
    connection.change(add, (2, "y"))
    assert connection.rows("SELECT * FROM things ORDER BY id") == [(1, "x"), (2, "y")]


def test_a_statement_that_is_kept_sees_what_changed_below_it(connection):
    ask = "SELECT id, name FROM things"
    assert connection.rows(ask) == []
    connection.change("DROP TABLE things")
    connection.change("CREATE TABLE things (name TEXT, id INTEGER)")
    connection.change("INSERT INTO things (id, name) VALUES (1, 'x')")
    assert connection.rows(ask) == [(1, "x")]


def test_more_statements_than_are_kept_are_run_all_the_same(connection):
    texts = [f"SELECT {number} AS n" for number in range(MOST_STATEMENTS + 5)]
    assert [connection.rows(text) for text in texts * 2] == [[(number,)] for number in range(len(texts))] * 2


@pytest.mark.parametrize("many", [1, 3, PIECE + 7])
def test_a_statement_runs_once_for_each_row_and_answers_in_their_order(connection, many):
    numbers = list(range(many, 0, -1))
    rows = pa.table({"id": pa.array(numbers, pa.int64()), "name": pa.array([None] * many, pa.string())})
    found = connection.table_of_each("INSERT INTO things VALUES (?, ?) RETURNING id", rows)
    assert found["id"].to_pylist() == numbers
    named = rows.set_column(1, "name", pa.array(["x"] * many, pa.string()))
    connection.change_each("UPDATE things SET name = ?2 WHERE id = ?1", named)
    assert connection.rows("SELECT count(*) AS n FROM things WHERE name = 'x'") == [(many,)]


def test_no_rows_change_nothing_and_have_no_answers(connection):
    none = pa.table({"id": pa.array([], pa.int64())})
    connection.change_each("INSERT INTO things (id) VALUES (?)", none)
    with pytest.raises(ValueError, match="given none"):
        connection.table_of_each("INSERT INTO things (id) VALUES (?) RETURNING id", none)
    gaps = pa.concat_tables([none, pa.table({"id": [1]}), none, pa.table({"id": [2]}), none])
    assert connection.table_of_each("INSERT INTO things (id) VALUES (?) RETURNING id", gaps)["id"].to_pylist() == [1, 2]


def test_single_values_are_remembered_until_anybody_writes(store, other, monkeypatch):
    asked = []
    look = store._lookup.rows
    monkeypatch.setattr(store._lookup, "rows", lambda query, bound=None: asked.append(query) or look(query, bound))
    said = [(store.state().current, store.run(1).number, len(store.decisions()), store.run(2)) for _ in range(3)]
    assert said == [(1, 1, 0, None)] * 3
    assert len([query for query in asked if not query.startswith("PRAGMA")]) == 2
    project(other, increment(2, Seen(B, C)))
    assert (store.projected().segments, store.sizes()) == ({1, 2}, (3, 2))
    publish(other, 2, Found({C: 1}))
    assert (store.state().current, store.run(2).number) == (2, 2)
    project(store, increment(3, upto=9))
    assert (store.projected().segments, store.projected().upto) == ({1, 2, 3}, 9)


def test_while_the_store_itself_writes_it_is_not_asked_again_whether_somebody_did(store, monkeypatch):
    asked = []
    for owner in (store._lookup, store._bulk):
        look = owner.rows
        monkeypatch.setattr(owner, "rows", lambda query, *more, look=look: asked.append(query) or look(query, *more))
    with store.at_once():
        project(store, increment(2, Seen(B, C)))
        for _ in range(3):
            assert (store.state().current, store.run(1).number, store.sizes()) == (1, 1, (3, 2))
            assert store.projected().segments == {1, 2}
        project(store, increment(3, Seen(A, C)))
        assert (store.sizes(), store.projected().segments) == ((3, 3), {1, 2, 3})
    assert asked.count("PRAGMA data_version") == 2
    assert store.state().current == 1
    assert asked.count("PRAGMA data_version") == 3


def test_verbs_at_once_are_one_transaction_that_nobody_sees_half_of(store, other):
    with store.at_once():
        project(store, increment(2, Seen(B, C)))
        assert (store.sizes(), store.projected().segments) == ((3, 2), {1, 2})
        publish(store, 2, Found({C: 1}))
        assert (other.state().current, other.sizes(), other.projected().segments) == (1, (2, 1), {1})
    assert (other.state().current, other.customer_of(Identifier.parse(C))) == (2, 1)
    assert store.state().current == 2


def test_what_fails_amid_verbs_at_once_takes_back_all_of_them(store):
    def both():
        with store.at_once():
            project(store, increment(2, Seen(B, C)))
            raise KeyError

    with pytest.raises(KeyError):
        both()
    assert (store.sizes(), store.projected().segments, set(ids(store))) == ((2, 1), {1}, {A, B})
    project(store, increment(2, Seen(B, C)))
    assert store.sizes() == (3, 2)


def test_a_verb_that_fails_at_once_with_others_fails_them_though_its_error_be_swallowed(store):
    def refuse(_):
        raise KeyError

    def both():
        with store.at_once():
            project(store, increment(2, Seen(B, C)))
            with pytest.raises(KeyError):
                project(store, increment(3, Seen(A, C)), refuse)

    with pytest.raises(StoreError, match="nothing of it was"):
        both()
    assert store.projected().segments == {1}


def test_what_is_calm_is_asked_once_and_again_after_another_run(store, monkeypatch):
    project(store, increment(2, Seen(A, B)))
    asked = []
    fetch = store._bulk.fetch
    monkeypatch.setattr(store._bulk, "fetch", lambda text, given=(): asked.append(text) or fetch(text, given))

    def pending():
        asked.clear()
        found = store.pending(ages=False).tolist()
        return found, len(asked)

    assert [pending(), pending()] == [([], 2), ([], 1)]
    publish(store, 2, Found({}, severed=[(A, B, "limit", "two")]))
    project(store, increment(3, Seen(A, B)))
    assert [pending(), pending()] == [(sorted(ids(store).values()), 2)] * 2


def test_where_some_stand_is_what_three_looks_find(store):
    project(store, increment(2, Seen(B, C), Seen(C, "email:x"), Seen(A, "email:new")))
    publish(store, 2, Found({C: 1, "email:x": (0, 3, "crowd")}, severed=[(B, C, "limit", "two")]))
    publish(store, 3, Found({B: 2}, severed=[(A, B, "limit", "two")]))
    known = np.array(sorted(ids(store).values()))
    for run in (1, 2, 3):
        seen = store.memberships(known)
        rows = seen.seen_by(run)
        told = dict(zip(seen.identifier[rows], zip(seen.customer[rows], seen.status[rows], strict=True), strict=True))
        found = store.stood(known, run)
        assert [told.get(one, (0, 1)) for one in known] == list(zip(found.customer, found.status, strict=True))
        types = store.identifiers_of(known).types
        assert found.types.tolist() == types.tolist()
        assert found.type_names == ("cookie", "email")
        ends = {1: (), 2: (B, C), 3: (A, B)}[run]
        assert known[found.cut].tolist() == sorted(ids(store)[key] for key in ends)


def test_little_that_waits_is_not_counted_again_before_it_is_left_waiting(store, monkeypatch):
    project(store, increment(2, Seen(A, B)))
    said = []
    run = store._bulk.execute
    monkeypatch.setattr(store._bulk, "execute", lambda text, given=(): said.append(text) or run(text, given))
    for least, waiting in ((3, 2), (2, 0)):
        store.pending()
        store.settle(least)
        assert len(store.pending()) == waiting
    assert len(said) == 1
    project(store, increment(3, Seen(A, B), Seen(B, C)))
    store.settle(3)
    assert len(store.pending()) == 0


def test_who_was_seen_again_and_with_nobody_waits_for_no_run(store):
    publish(store, 2, Found({}))
    project(store, increment(2, named=(Named(A),)))
    assert store.pending().tolist() == []
    project(store, increment(3, named=(Named(A), Named("email:new"))))
    assert store.pending().tolist() == [ids(store)["email:new"]]
    project(store, increment(4, named=(Named(A),), traits=((A, "family_name", 7),)))
    assert set(store.pending().tolist()) == {ids(store)[A], ids(store)["email:new"]}


def test_what_a_run_of_the_same_transaction_has_looked_at_is_never_written_down(store, monkeypatch):
    publish(store, 2, Found({}))
    said = []
    for verb in ("execute", "execute_each"):
        run = getattr(store._bulk, verb)
        monkeypatch.setattr(store._bulk, verb, lambda text, given=(), run=run: said.append(text) or run(text, given))
    assert store.pending().tolist() == []
    with store.at_once():
        project(store, increment(3, Seen(A, B), Seen(B, "email:new")))
        assert store.pending(ages=False).tolist() == [ids(store)[B], ids(store)["email:new"]]
        store.settle()
    assert store.pending().tolist() == []
    assert not [text for text in said if "pending" in text]
    with store.at_once():
        project(store, increment(4, Seen(A, "email:newer")))
    assert store.pending().tolist() == [ids(store)[A], ids(store)["email:newer"]]
    with suppress(KeyError), store.at_once():
        project(store, increment(5, Seen(A, "email:newest")))
        raise KeyError
    assert store.pending().tolist() == [ids(store)[A], ids(store)["email:newer"]]
