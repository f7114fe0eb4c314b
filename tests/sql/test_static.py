"""The migrations hold to what Citus runs unchanged (architecture 5): in their text, and in the tables they make."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

import hub.database
from hub.database.migrate import statements_of
from hub.transfers.ledger import (
    acts,
    certificates,
    entrusting,
    founding,
    history,
    policies,
    printing,
    reads,
    reads_secondment,
    retaining,
    seconding,
    winding,
)
from hub.transfers.machines import MACHINES
from tests.sql.constructs import faults, without_comments

_DATABASE: Final = Path(hub.database.__file__).parent
MIGRATIONS: Final = sorted((_DATABASE / "migrations" / "sql").rglob("*.sql"))

#: Member data, together on one shard; all by member_id.
TOGETHER: Final = {
    "persons", "person_ids", "memberships", "holdings", "handoffs", "steps", "statements", "join_cards", "dockets",
    "cards", "amendments", "duplicates", "unassigned", "statuses", "retentions", "retention_steps", "coverages",
    "care_records", "certificates", "certificate_steps",
    "endings", "expulsion_steps", "expulsion_proposals", "filings",
    "secondments", "secondment_steps", "secondment_words", "histories", "dues",
}  # fmt: skip


@pytest.mark.parametrize("file", MIGRATIONS, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_migrations_use_no_refused_construct(file: Path) -> None:
    found = [fault for statement in statements_of(file.read_text(encoding="utf-8")) for fault in faults(statement)]
    assert found == []


_SENDING: Final = (
    *(acts, certificates, entrusting, founding, policies, reads, reads_secondment, retaining, seconding),
)


def test_what_the_hub_sends_has_none_either() -> None:
    texts = {
        f"{module.__name__}.{name}": text
        for module in (
            *(acts, certificates, entrusting, founding, history, policies, printing),
            *(reads, reads_secondment, retaining, seconding, winding),
        )
        for name, text in vars(module).items()
        if name.isupper() and isinstance(text, str)
    }
    assert len(texts) > 30
    assert {name: found for name, text in texts.items() if (found := faults(text))} == {}


@pytest.mark.parametrize(
    "statement",
    [
        "create trigger steps_insert_notice after insert on hub.steps for each row execute function f()",
        "MERGE INTO hub.persons p using x on true when matched then delete",
        "alter table hub.steps add constraint a foreign key (member_id) references hub.persons deferrable",
        "select set_config('hub.acting', p_union::text, true)",
        "create function f(p uuid) returns uuid language sql as $$select p$$",
        "create table hub.x (id bigint generated always as identity)",
        "create table hub.x (id bigserial)",
        "create table hub.x (id uuid default gen_random_uuid())",
        "select 1 from hub.memberships where holder_union = $1 for update",
        "select 1 from hub.memberships where member_id = any ($1) for no key update",
        "select 1 from hub.jobs for update skip locked",
        "create policy p on hub.persons using (holder_union in (select union_id from hub.unions))",
        "update hub.persons p set name = u.name from unnest(p_member) u where p.member_id = any (p_member)",
        "update hub.persons p set name = 'x' where p.member_id = any (prune)",
        "create function f() returns void language plpgsql as $$begin insert into a select 1 from b; end$$",
        "create function f() returns int language plpgsql as $$begin with s as (insert into a select 1) table s; end$$",
        "update hub.persons set seen_at = clock_timestamp()",
        "insert into hub.clock values (true) on conflict (only_row) do update set set_at = now()",
        "alter table hub.steps add constraint a check (true), add constraint b check (true)",
        "create function f() returns void language plpgsql security definer as $$begin end$$",
        "execute format('set hub.acting = %L', p_union)",
    ],
)
def test_each_refused_construct_is_seen(statement: str) -> None:
    assert len(faults(statement)) >= 1


@pytest.mark.parametrize(
    "statement",
    [
        "select 1 from hub.memberships where member_id = $1 for update",
        "update hub.persons p set name = 'x' where (prune is null or p.member_id = any (prune))",
        "create function f() as $$begin with s as (insert into a select 1 returning 1) table s; end$$",
        "create function f() as $$begin insert into b values (1); end$$",
        "create policy p on hub.persons using (holder_union = nullif(current_setting('hub.acting', true), '')::uuid)",
        "-- no MERGE INTO, no trigger\nselect 1",
    ],
)
def test_what_is_allowed_is_let_pass(statement: str) -> None:
    assert faults(statement) == []


def test_tables_refer_to_reference_tables_only_before_they_are_distributed() -> None:
    public = set(_distribution()[0])
    for file in MIGRATIONS:
        for statement in map(without_comments, statements_of(file.read_text(encoding="utf-8"))):
            made = re.match(r"\s*create table hub\.(\w+)", statement)
            for target in re.findall(r"\breferences hub\.(\w+)", statement) if made else ():
                assert target in public, f"{made and made[1]} refers to {target} inline"


def _distribute() -> str:
    """Give what is run on Citus alone: beside roles.sql for the first revision, in its folder for each later one."""
    files = [_DATABASE / "distribute.sql", *(file for file in MIGRATIONS if file.name == "distribute.sql")]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def _distribution() -> tuple[list[str], dict[str, str]]:
    """Read distribute.sql: the reference tables, and each distributed table with its column."""
    text = without_comments(_distribute())
    reference = re.findall(r"create_reference_table\('hub\.(\w+)'\)", text)
    distributed = dict(re.findall(r"create_distributed_table\('hub\.(\w+)', '(\w+)'", text))
    for column, names in re.findall(
        r"create_distributed_table\(t::regclass, '(\w+)'.*?array\[(.*?)\]", text, re.DOTALL
    ):
        distributed |= dict.fromkeys(re.findall(r"hub\.(\w+)", names), column)
    return reference, distributed


async def test_distribute_names_every_table_once(superuser: Any) -> None:
    rows = await superuser.fetch(
        "select relname from pg_class where relnamespace = 'hub'::regnamespace and relkind in ('r', 'p')"
    )
    text = _distribute()
    named = Counter(re.findall(r"'hub\.(\w+)'", re.sub(r"colocate_with => 'hub\.\w+'", "", text)))
    assert named == Counter(row["relname"] for row in rows)
    reference, distributed = _distribution()
    assert {*reference, *distributed} == set(named)
    assert {name for name, column in distributed.items() if column == "member_id"} == TOGETHER


async def test_keys_have_the_distribution_column(superuser: Any) -> None:
    _, distributed = _distribution()
    rows = await superuser.fetch(
        """select t.relname as table, c.relname as index, i.indisprimary as is_key,
                  array(select a.attname::text from unnest(i.indkey::smallint[]) with ordinality k (n, place)
                          left join pg_attribute a on a.attrelid = t.oid and a.attnum = k.n order by k.place) as columns
             from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
            where t.relnamespace = 'hub'::regnamespace and (i.indisunique or i.indisexclusion)"""
    )
    for row in rows:
        column = distributed.get(row["table"])
        assert column is None or column in row["columns"], row["index"]
        if column is not None and row["is_key"]:
            assert row["columns"][0] == column, row["index"]
    assert {row["table"] for row in rows} >= distributed.keys()


async def test_references_stay_on_their_shard(superuser: Any) -> None:
    reference, distributed = _distribution()
    rows = await superuser.fetch(
        """select conname, r.relname as referring, t.relname as target, k.condeferrable as later,
                  array(select attname::text from pg_attribute a
                         where a.attrelid = r.oid and a.attnum = any (k.conkey)) as columns
             from pg_constraint k join pg_class r on r.oid = k.conrelid join pg_class t on t.oid = k.confrelid
            where k.connamespace = 'hub'::regnamespace and k.contype = 'f'"""
    )
    assert rows
    for row in rows:
        assert not row["later"], row["conname"]
        if row["referring"] in reference:
            assert row["target"] in reference, row["conname"]
        elif row["target"] not in reference:
            assert {row["referring"], row["target"]} <= TOGETHER, row["conname"]
            assert distributed[row["referring"]] in row["columns"], row["conname"]


async def test_there_is_no_trigger_nor_sequence(superuser: Any) -> None:
    assert await superuser.fetch("select tgname from pg_trigger where not tgisinternal") == []
    assert (
        await superuser.fetch("select relname from pg_class where relnamespace = 'hub'::regnamespace and relkind = 'S'")
        == []
    )


async def test_the_legal_steps_are_the_machines(superuser: Any) -> None:
    rows = await superuser.fetch("select machine, from_state, act, to_state from hub.legal_steps")
    assert {tuple(row) for row in rows} == {(m.name, s.source, s.act, s.target) for m in MACHINES for s in m.steps}
