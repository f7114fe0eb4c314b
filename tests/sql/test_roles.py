"""roles.sql: what each role may do before any table is there, and that running it again changes nothing."""

import subprocess
from collections.abc import Iterator

import pytest

from hub.database import binaries, embedded
from hub.database.embedded import EmbeddedServer
from tests.sql.psql import ask

ATTRIBUTES = """
select rolname, rolcanlogin, rolbypassrls, rolsuper or rolcreatedb or rolcreaterole or rolreplication
  from pg_roles where rolname like 'hub\\_%' order by rolname
"""
EVERYTHING = f"""
{ATTRIBUTES.strip()};
select pg_get_userbyid(roleid), pg_get_userbyid(member) from pg_auth_members order by 1, 2;
select setrole::regrole, setconfig from pg_db_role_setting order by 1;
select datname, datdba::regrole, datacl from pg_database order by 1;
select nspname, nspacl from pg_namespace order by 1;
select defaclrole::regrole, defaclobjtype, defaclacl from pg_default_acl order by 1;
"""


@pytest.fixture(scope="module", params=list(binaries.installed()), ids=lambda found: found.version)
def server(request: pytest.FixtureRequest) -> Iterator[EmbeddedServer]:
    with embedded.start(throwaway=True, pg_bin=None if request.param.module else request.param.folder) as started:
        yield started


def refused(server: EmbeddedServer, role: str, attempt: str) -> str:
    with pytest.raises(subprocess.CalledProcessError) as found:
        ask(server.dsn(role), attempt)
    return str(found.value.stderr)


def test_the_attributes_of_the_roles(server: EmbeddedServer) -> None:
    assert ask(server.dsn("hub"), ATTRIBUTES).splitlines() == [
        "hub_app|t|f|f",
        "hub_backup|t|t|f",
        "hub_mover|f|f|f",
        "hub_owner|t|f|f",
    ]


@pytest.mark.parametrize(
    "attempt",
    [
        "create table public.x ()",
        "create schema x",
        "create temporary table x ()",
        "create function pg_temp.f() returns int language sql as 'select 1'",
        "create extension btree_gist",
        "create database x",
        "create role x",
        "set role hub_owner",
        "set role hub_mover",
        "set role hub",
        "set session authorization hub_owner",
        "alter role hub_app bypassrls",
        "alter database hub owner to hub_app",
        "copy (select 1) to program 'true'",
        "select pg_read_file('postgresql.conf')",
    ],
)
def test_hub_app_creates_nothing_and_becomes_nobody_else(server: EmbeddedServer, attempt: str) -> None:
    said = refused(server, "hub_app", attempt)
    assert "permission denied" in said or "must be " in said  # owner, superuser, a member of some role


def test_nobody_logs_in_as_hub_mover(server: EmbeddedServer) -> None:
    assert "not permitted to log in" in refused(server, "hub_mover", "select 1")


def test_hub_app_plans_once_and_the_others_each_time(server: EmbeddedServer) -> None:
    assert ask(server.dsn("hub_app"), "show plan_cache_mode") == "force_generic_plan"
    assert ask(server.dsn("hub_owner"), "show plan_cache_mode") == "auto"


def test_the_owner_makes_what_a_migration_makes(server: EmbeddedServer) -> None:
    made = """
        begin;
        create extension btree_gist;
        create schema hub;
        create table hub.t (id uuid, during tstzrange, exclude using gist (id with =, during with &&));
        create function hub.f() returns int language sql security definer set search_path = hub, pg_temp as 'select 1';
        grant create on schema hub to hub_mover;
        alter function hub.f() owner to hub_mover;
        revoke create on schema hub from hub_mover;
        grant usage on schema hub to hub_app;
        commit"""
    try:
        ask(server.dsn("hub_owner"), made)
        # Not granted to the public by itself, unlike PostgreSQL's own habit.
        assert "permission denied for function f" in refused(server, "hub_app", "select hub.f()")
        ask(server.dsn("hub_owner"), "grant execute on function hub.f() to hub_app")
        assert ask(server.dsn("hub_app"), "select hub.f()") == "1"
        assert "permission denied for table t" in refused(server, "hub_app", "select * from hub.t")
        assert "permission denied for schema hub" in refused(server, "hub_backup", "create table hub.x ()")
        assert ask(server.dsn("hub_backup"), "select count(*) from hub.t") == "0"
    finally:
        ask(server.dsn("hub"), "drop schema if exists hub cascade; drop extension if exists btree_gist")


async def test_running_it_again_changes_nothing(server: EmbeddedServer) -> None:
    before = ask(server.dsn("hub"), EVERYTHING)
    await embedded.apply_roles(server.dsn("hub"))
    assert ask(server.dsn("hub"), EVERYTHING) == before


async def test_it_takes_back_what_would_lift_row_level_security(server: EmbeddedServer) -> None:
    before = ask(server.dsn("hub"), EVERYTHING)
    ask(
        server.dsn("hub"),
        "alter role hub_app bypassrls createdb; grant hub_owner, hub_mover to hub_app; alter role hub_mover login;"
        "grant create on schema public to public; grant temporary on database hub to public;"
        "alter role hub_app reset plan_cache_mode",
    )
    await embedded.apply_roles(server.dsn("hub"))
    assert ask(server.dsn("hub"), EVERYTHING) == before
