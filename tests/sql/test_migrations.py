"""Migrations: from nothing and from every revision that was, by the owner alone, once and for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from hub.database import embedded, migrate
from hub.database.migrate import statements_of
from tests.databases import WORKER
from tests.sql import bases
from tests.sql.catalogue import schema_text
from tests.sql.wholeness import assert_whole
from tests.world import World
from tests.worlds import APART, connected, everything

if TYPE_CHECKING:
    from pathlib import Path

    from tests.databases import Cluster

#: The revisions that were head once, each with rows as it left them.
STORED: Final = {file.stem: file.read_text(encoding="utf-8") for file in sorted(bases.FOLDER.glob("*.json"))}


@pytest.fixture
def world(world_apart: World) -> World:
    """A database of its own: these tests are about its schema."""
    return world_apart


@pytest.fixture
async def empty(cluster: Cluster) -> str:
    """The name of a database with roles and nothing else."""
    name = f"hub_empty_{WORKER}"
    await cluster.fresh(name)
    await embedded.apply_roles(cluster.dsn("hub", name))
    return name


class TestUpgrade:
    async def test_an_empty_database_to_head_and_again_changes_nothing(self, cluster: Cluster, empty: str) -> None:
        owner = cluster.dsn("hub_owner", empty)
        assert await migrate.stamped(owner) is None
        await migrate.upgrade(owner)
        assert await migrate.stamped(owner) == migrate.head()
        async with connected(cluster.dsn("hub", empty), "hub") as superuser:
            before = await schema_text(superuser), await everything(superuser)
            await migrate.upgrade(owner)
            assert (await schema_text(superuser), await everything(superuser)) == before

    async def test_a_filled_database_to_head_changes_no_row(
        self, cluster: Cluster, empty: str, key_folder: Path
    ) -> None:
        owner = cluster.dsn("hub_owner", empty)
        await migrate.upgrade(owner)
        world = await World.open(cluster.dsn("hub_app", empty), owner, key_folder)
        try:
            open_case = await bases.fill(world)
            async with connected(cluster.dsn("hub", empty), "hub") as superuser:
                before = await schema_text(superuser), await everything(superuser)
                await migrate.upgrade(owner)
                assert (await schema_text(superuser), await everything(superuser)) == before
                await world.accept(world.actors["U2"], open_case)  # and what was open goes on
                await assert_whole(superuser)
        finally:
            await world.close()

    async def test_a_database_of_every_earlier_revision_to_head(self, cluster: Cluster, empty: str) -> None:
        owner = cluster.dsn("hub_owner", empty)
        for revision, text in STORED.items():
            await cluster.fresh(empty)
            await embedded.apply_roles(cluster.dsn("hub", empty))
            await migrate.upgrade(owner, revision)
            async with connected(cluster.dsn("hub", empty), "hub") as superuser:
                await bases.load(superuser, text)
                before = await everything(superuser)
                await migrate.upgrade(owner)
                after = await everything(superuser)
                # What may be done in law is the code's, and comes with it; all else is as it was.
                kept = before.keys() - {"legal_steps"}
                assert {name: after[name][0] for name in kept} == {name: before[name][0] for name in kept}
                await assert_whole(superuser)

    def test_every_revision_but_head_has_its_base(self) -> None:
        revisions = {script.revision for script in ScriptDirectory(str(migrate._MIGRATIONS)).walk_revisions()}
        assert STORED.keys() >= revisions - {migrate.head()}

    async def test_a_base_gives_back_every_row(self, cluster: Cluster, empty: str, world: World) -> None:
        await bases.fill(world)
        await migrate.upgrade(cluster.dsn("hub_owner", empty))
        async with connected(cluster.dsn("hub", APART), "hub") as superuser:
            text, before = await bases.dump(superuser), await everything(superuser)
        async with connected(cluster.dsn("hub", empty), "hub") as superuser:
            await bases.load(superuser, text)
            assert await everything(superuser) == before

    async def test_what_fails_leaves_nothing(self, cluster: Cluster, empty: str) -> None:
        owner = cluster.dsn("hub_owner", empty)
        async with connected(owner, "hub_owner") as connection:
            await connection.execute("create schema hub")
            await connection.execute("create table hub.handoff_claims (mine int)")
        with pytest.raises(DBAPIError):
            await migrate.upgrade(owner)
        assert await migrate.stamped(owner) is None
        async with connected(owner, "hub_owner") as connection:
            tables = await connection.fetch("select relname from pg_class where relnamespace = 'hub'::regnamespace")
        assert [row[0] for row in tables] == ["handoff_claims"]


class TestRoles:
    @pytest.mark.parametrize("role", ["hub_app", "hub_backup"])
    async def test_nobody_but_the_owner_migrates(self, cluster: Cluster, empty: str, role: str) -> None:
        with pytest.raises(DBAPIError, match="permission denied"):
            await migrate.upgrade(cluster.dsn(role, empty))
        assert await migrate.stamped(cluster.dsn("hub_owner", empty)) is None

    async def test_the_owner_owns_all_but_the_movers_functions(self, superuser: Any) -> None:
        owners = await superuser.fetch(
            """select relowner::regrole::text as owner from pg_class where relnamespace = 'hub'::regnamespace
               union select nspowner::regrole::text from pg_namespace where nspname = 'hub'
               union select typowner::regrole::text from pg_type where typnamespace = 'hub'::regnamespace"""
        )
        assert [row["owner"] for row in owners] == ["hub_owner"]

    async def test_functions_are_nobody_s_even_where_defaults_give_them_to_all(
        self, cluster: Cluster, empty: str
    ) -> None:
        async with connected(cluster.dsn("hub", empty), "hub") as superuser:
            for role in ("hub_owner", "hub_mover"):
                await superuser.execute(
                    f"alter default privileges for role {role} grant execute on functions to public"
                )
            await migrate.upgrade(cluster.dsn("hub_owner", empty))
            rows = await superuser.fetch(
                """select proname from pg_proc where pronamespace = 'hub'::regnamespace
                      and (proacl is null or exists (select from aclexplode(proacl) where grantee = 0))"""
            )
        assert rows == []

    async def test_roles_can_be_applied_again_over_a_filled_database(
        self, cluster: Cluster, world: World, superuser: Any
    ) -> None:
        before = await schema_text(superuser), await everything(superuser)
        await embedded.apply_roles(cluster.dsn("hub", APART))
        assert (await schema_text(superuser), await everything(superuser)) == before


class TestStatements:
    @pytest.mark.parametrize(
        ("sql", "statements"),
        [
            ("", []),
            ("-- nothing; but a comment\n", []),
            ("select 1;", ["select 1;"]),
            ("select 1;\nselect 2;\n", ["select 1;", "select 2;"]),
            ("select 1; select 2;\n", ["select 1; select 2;"]),
            ("select 1,\n       2;\n\n-- of two:\nselect 3;", ["select 1,\n       2;", "-- of two:\nselect 3;"]),
            ("create table a (b int); -- why;\nselect 1;", ["create table a (b int); -- why;", "select 1;"]),
            ("select 1 -- not yet;\n  , 2;", ["select 1 -- not yet;\n  , 2;"]),
            ("do $$\nbegin\n  a;\nend$$;\nselect 1;", ["do $$\nbegin\n  a;\nend$$;", "select 1;"]),
            ("as $body$\nselect 1;\n$body$;", ["as $body$\nselect 1;\n$body$;"]),
            ("as $$begin a; end$$;\nselect 2;", ["as $$begin a; end$$;", "select 2;"]),
        ],
    )
    def test_end_with_a_semicolon_at_the_end_of_a_line(self, sql: str, statements: list[str]) -> None:
        assert list(statements_of(sql)) == statements

    @pytest.mark.parametrize("sql", ["select 1", "select 1;\nselect 2", "do $$\nbegin\nend;\n"])
    def test_without_an_end_are_no_statements(self, sql: str) -> None:
        with pytest.raises(AssertionError, match="without its end"):
            list(statements_of(sql))
