"""What each role may do, spelled out: a grant, a policy or a function that is not in these lists fails a test."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import pytest

from tests.worlds import connected, differing, everything

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.world import World

#: Organisational data that anybody who has logged in may read (domain: S0), and what the hub says of itself.
PUBLIC: Final = {
    "unions", "union_employers", "union_federations", "union_keys", "union_statements", "legal_steps", "clock",
    "installation", "union_former_names", "union_amendments", "numbering_schemes",
    "policy_parameters", "policies", "policy_values",
}  # fmt: skip
#: Member data that hub_app reads, each by one column that must equal the acting union.
SEEN_BY: Final = {
    "persons": "holder_union",
    "memberships": "holder_union",
    "dockets": "union_id",
    "cards": "union_id",
    "statements": "iss",
    "disclosures": "union_id",
    "filings": "higher_union",
}
#: Member data that nobody reads but through a function.
HIDDEN: Final = {
    "person_ids", "holdings", "handoffs", "steps", "join_cards", "membership_claims", "handoff_claims",
    "identity_claims", "certificate_claims", "statement_claims", "assertion_claims", "matches", "amendments",
    "duplicates", "unassigned", "statuses", "retentions", "retention_steps", "entrustments", "entrustment_steps",
    "entrustment_documents", "coverages", "care_records",
    "certificates", "certificate_steps", "endings", "expulsion_steps", "expulsion_proposals",
    "secondments", "secondment_steps", "secondment_words", "histories", "dues",
    "certificate_samples", "printer_choices", "seal_loans", "print_runs", "stock_losses", "print_reports",
    "print_steps",
}  # fmt: skip

#: What the mover may do besides reading; rows that are never updated nor deleted are what makes a record one (I14).
_NOTHING: Final = set[str]()
_READ: Final = {"SELECT"}
_MOVED: Final = {"SELECT", "INSERT", "UPDATE"}
_APPENDED: Final = {"SELECT", "INSERT"}
_RIGHTED: Final = {"SELECT", "INSERT", "UPDATE", "DELETE"}
_PASSING: Final = {"SELECT", "INSERT", "DELETE"}
MOVER: Final = {
    **dict.fromkeys(("union_statements", "union_former_names", "union_amendments", "numbering_schemes"), _APPENDED),
    **dict.fromkeys(("policies", "policy_values"), _APPENDED),
    # What of a union is put right is put right in its place; what never began, or was wrong, goes.
    **dict.fromkeys(("union_employers", "union_federations"), _RIGHTED),
    **dict.fromkeys(("legal_steps", "clock", "installation", "policy_parameters"), _READ),
    **dict.fromkeys(
        ("unions", "union_keys", "persons", "person_ids", "memberships", "holdings", "handoffs", "duplicates",
         "unassigned", "statuses", "retentions", "entrustments", "coverages", "endings",
         "filings", "secondments", "matches", "certificate_samples", "seal_loans", "print_reports"),
        _MOVED,
    ),
    # A certificate that is found again is the valid one.
    "certificates": _RIGHTED,
    # A copy for a union above goes before it was ever seen, if the case was settled without it.
    "dockets": _RIGHTED,
    # The number of a person goes on with the one of two memberships that does; one that was wrong is free again.
    "identity_claims": _RIGHTED,
    **dict.fromkeys(
        ("steps", "statements", "join_cards", "membership_claims", "handoff_claims", "statement_claims",
         "disclosures", "amendments", "retention_steps", "entrustment_steps", "entrustment_documents",
         "care_records", "certificate_steps", "expulsion_steps", "expulsion_proposals", "secondment_steps",
         "secondment_words", "histories", "dues",
         "printer_choices", "print_runs", "stock_losses", "print_steps"),
        _APPENDED,
    ),
    # A number that was wrong is free again.
    **dict.fromkeys(("cards", "assertion_claims", "certificate_claims"), _PASSING),
}  # fmt: skip

#: The doors of hub_app.
FUNCTIONS: Final = {
    "hub_now", "hub_begin",
    "facts_for_release", "facts_for_request", "facts_for_case", "facts_for_join", "facts_for_union", "facts_for_login",
    "facts_for_amendment", "facts_for_union_amendment", "record_amendment", "record_union_amendment", "read_amendments",
    "record_release", "record_request", "record_answer", "record_match",
    "record_acceptance", "record_closure", "record_join", "record_union", "record_key",
    "hold_keys", "hold_key_to_end_it", "record_key_end", "record_login", "record_disclosure", "reveal_id_number",
    "facts_for_import", "facts_for_merge", "facts_for_decision", "record_suspected", "record_merge", "record_decision",
    "reveal_duplicates", "read_merge_cases", "read_awaited",
    "facts_for_retention", "read_exempt_spans", "read_open_retention", "read_last_retention",
    "read_place_of_holder", "record_placing",
    "record_retention", "read_retentions",
    "read_headcount", "read_counted",
    "facts_for_entrustment", "facts_for_care", "is_entrusted_host", "record_entrustment", "record_entrustment_act",
    "record_roster", "record_coverage_answer", "record_on_suspended",
    "record_care", "read_entrustments", "read_entrustment_steps",
    "read_coverages", "read_member_coverages", "read_care", "reveal_entrusted",
    "facts_for_certificate", "record_certificate", "record_numbering_scheme", "read_certificates",
    "facts_for_history", "facts_for_dues", "record_retained_import", "record_history", "record_dues",
    "read_histories", "read_dues", "read_electors",
    "record_policy", "policy_record_of", "policy_in_force",
    "facts_for_ending", "facts_for_filing", "record_ending", "record_filing", "record_filing_mark",
    "record_reversal", "read_endings", "read_overdue_filings",
    "facts_for_proposal", "record_proposal", "read_expulsion_proposals",
    "facts_of_secondments", "facts_for_secondment", "record_secondment", "record_return_match",
    "facts_for_winding", "record_winding", "record_closing", "still_active", "record_retargeting",
    "record_pushed_in_lieu", "enter_manifest",
    "read_secondments", "read_secondment_steps",
    "facts_of_stock", "facts_for_printing", "record_sample", "record_sample_approval", "record_printer",
    "record_seal_loan", "record_seal_step", "record_print_run", "record_stock_loss", "record_print_report",
    "record_print_acknowledgement", "read_samples", "read_seal_loans", "read_print_runs", "read_issued",
    "read_stock_losses", "read_print_reports", "read_printed",
    "read_steps", "read_holdings", "read_transfers", "find_held",
}  # fmt: skip
#: Parts of the others.
INNER: Final = {
    "signers_of", "higher_of", "decider_of", "settle_pair", "merge_pair", "enter_join", "enter_suspected",
    "enter_statuses", "end_retention", "keep_retained", "kid_of", "dissolve_pair", "part_pair", "enter_unassigned",
    "move_membership", "place_of", "union_of_employer",
    "entrustment_states", "coverages_now", "roster_members",
    "record_entrustment_statement", "keep_entrustment_document", "close_ended_coverages",
    "enter_coverages", "supersede_entrustment",
    "enter_ending",
    "end_membership", "free_partner", "enter_statement", "step_expulsion", "step_certificate", "collect_with_end",
    "secondment_state", "step_secondment", "enter_secondment", "release_seconded", "accept_seconded", "end_return",
    "enter_release", "enter_answer", "enter_acceptance",
    "left_with", "enter_union_statement", "send_back", "wound", "suspend_agreements", "lay_above",
    "enter_case_statement", "succeed_seconded", "release_membership", "push_in_lieu", "retain_released",
    "side_in_agreement", "answer_coverage",
    "number_place", "number_range", "is_printing", "enter_print_step",
}  # fmt: skip

_VERBS: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


@pytest.fixture
async def app(world: World) -> AsyncIterator[Any]:
    async with connected(world.app_dsn, "hub_app") as connection:
        yield connection


async def granted(superuser: Any, role: str) -> dict[str, set[str]]:
    """Give what a role may do on each table, view or sequence of the hub."""
    rows = await superuser.fetch(
        """select c.relname, v.verb, has_table_privilege($1, c.oid, v.verb) as may
             from pg_class c cross join unnest($2::text[]) v (verb)
            where c.relnamespace = 'hub'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')""",
        role,
        _VERBS,
    )
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["relname"], set()).update({row["verb"]} if row["may"] else set())
    return found


class TestGrants:
    async def test_the_app_reads_what_is_listed_and_writes_nothing(self, superuser: Any) -> None:
        may = {**dict.fromkeys((*PUBLIC, *SEEN_BY), _READ), **dict.fromkeys(HIDDEN, _NOTHING)}
        assert await granted(superuser, "hub_app") == may

    async def test_the_mover_appends_and_moves_what_is_listed(self, superuser: Any) -> None:
        assert await granted(superuser, "hub_mover") == MOVER

    async def test_nobody_else_has_anything(self, superuser: Any) -> None:
        await superuser.execute("create role passer_by")
        try:
            assert set().union(*(await granted(superuser, "passer_by")).values()) == set()
            for schema in ("hub", "public"):
                assert not await superuser.fetchval("select has_schema_privilege('passer_by', $1, 'usage')", schema)
        finally:
            await superuser.execute("drop role passer_by")

    async def test_no_column_is_granted_by_itself(self, superuser: Any) -> None:
        assert (
            await superuser.fetch(
                """select attrelid::regclass from pg_attribute a join pg_class c on c.oid = a.attrelid
                where c.relnamespace = 'hub'::regnamespace and a.attacl is not null"""
            )
            == []
        )

    async def test_the_roles_are_no_more_than_they_are(self, superuser: Any) -> None:
        rows = await superuser.fetch(
            """select rolname, rolsuper or rolcreaterole or rolcreatedb or rolreplication, rolcanlogin, rolbypassrls,
                      array(select m.roleid::regrole::text from pg_auth_members m where m.member = r.oid) as member_of
                 from pg_roles r where rolname in ('hub_app', 'hub_mover', 'hub_owner')"""
        )
        assert {row["rolname"]: tuple(row)[1:] for row in rows} == {
            "hub_app": (False, True, False, []),
            "hub_mover": (False, False, False, []),
            "hub_owner": (False, True, False, ["hub_mover"]),
        }

    @pytest.mark.invariant("I14")
    async def test_the_app_is_refused_every_verb_but_reading(self, app: Any, superuser: Any) -> None:
        before = await everything(superuser)
        tables = await granted(superuser, "hub_app")
        for table in tables:
            (column,) = await superuser.fetchrow(
                "select attname from pg_attribute where attrelid = ('hub.' || $1)::regclass and attnum = 1", table
            )
            for statement in (
                f"insert into hub.{table} default values",
                f"update hub.{table} set {column} = {column}",
                f"delete from hub.{table}",
                f"truncate hub.{table} cascade",
                f"select 1 from hub.{table} for update",
                f"copy hub.{table} from stdin",
            ):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await app.execute(statement)
        assert differing(before, await everything(superuser)) == set()

    @pytest.mark.invariant("I14")
    async def test_the_mover_does_not_rewrite_records(self, superuser: Any) -> None:
        await superuser.execute("set role hub_mover")
        for table, verbs in MOVER.items():
            (column,) = await superuser.fetchrow(
                "select attname from pg_attribute where attrelid = ('hub.' || $1)::regclass and attnum = 1", table
            )
            statements = {
                "UPDATE": f"update hub.{table} set {column} = {column}",
                "DELETE": f"delete from hub.{table}",
                "TRUNCATE": f"truncate hub.{table} cascade",
            }
            for verb in statements.keys() - verbs:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await superuser.execute(statements[verb])


class TestPolicies:
    async def test_every_member_table_is_behind_forced_row_security(self, superuser: Any) -> None:
        rows = await superuser.fetch(
            """select relname, relrowsecurity, relforcerowsecurity from pg_class
                where relnamespace = 'hub'::regnamespace and relkind in ('r', 'p')"""
        )
        guarded = {row["relname"] for row in rows if row["relrowsecurity"] and row["relforcerowsecurity"]}
        bare = {row["relname"] for row in rows if not row["relrowsecurity"] and not row["relforcerowsecurity"]}
        assert (guarded, bare) == ({*SEEN_BY, *HIDDEN}, PUBLIC)

    async def test_the_app_has_one_equality_per_table(self, superuser: Any) -> None:
        rows = await superuser.fetch("select * from pg_policies where schemaname = 'hub' and 'hub_app' = any (roles)")
        found = {}
        for row in rows:
            assert (row["permissive"], row["roles"], row["cmd"]) == ("PERMISSIVE", ["hub_app"], "SELECT")
            assert row["with_check"] is None
            equality = re.fullmatch(
                r"\((\w+) = \(NULLIF\(current_setting\('hub\.acting'::text, true\), ''::text\)\)::uuid\)", row["qual"]
            )
            assert equality is not None, row["qual"]
            assert row["tablename"] not in found
            found[row["tablename"]] = equality[1]
        assert found == SEEN_BY

    async def test_the_mover_has_one_policy_per_table_and_nobody_else_any(self, superuser: Any) -> None:
        rows = await superuser.fetch("select * from pg_policies where schemaname = 'hub' and roles <> '{hub_app}'")
        assert {tuple(row["roles"]) for row in rows} == {("hub_mover",)}
        assert sorted(row["tablename"] for row in rows) == sorted({*SEEN_BY, *HIDDEN})

    @pytest.mark.attack("Z15")
    async def test_row_security_is_active_for_the_app(self, app: Any) -> None:
        for table in {*SEEN_BY, *HIDDEN}:
            assert await app.fetchval("select row_security_active(('hub.' || $1)::regclass)", table), table

    async def test_turning_row_security_off_gives_an_error_and_no_row(self, app: Any) -> None:
        await app.execute("set row_security = off")
        for table in SEEN_BY:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await app.fetch(f"select * from hub.{table}")


class TestFunctions:
    async def test_the_app_calls_what_is_listed_and_others_nothing(self, superuser: Any) -> None:
        rows = await superuser.fetch(
            """select proname, has_function_privilege('hub_app', oid, 'execute') as app,
                      exists (select from aclexplode(proacl) where grantee = 0) or proacl is null as anybody
                 from pg_proc where pronamespace = 'hub'::regnamespace"""
        )
        assert {row["proname"] for row in rows if row["app"]} == FUNCTIONS
        assert {row["proname"] for row in rows if not row["app"]} == INNER
        assert not any(row["anybody"] for row in rows)

    async def test_definer_functions_are_the_movers_and_pinned(self, superuser: Any) -> None:
        rows = await superuser.fetch(
            """select proname, prosecdef, proowner::regrole::text as owner, proconfig, l.lanname
                 from pg_proc p join pg_language l on l.oid = p.prolang where pronamespace = 'hub'::regnamespace"""
        )
        for row in rows:
            assert row["proconfig"] == ["search_path=hub, pg_temp"], row["proname"]
            assert row["lanname"] == "plpgsql", row["proname"]
            assert row["owner"] == ("hub_mover" if row["prosecdef"] else "hub_owner"), row["proname"]
        assert {row["proname"] for row in rows if not row["prosecdef"]} == {
            *("hub_now", "hub_begin", "kid_of"),
            *("policy_record_of", "policy_in_force"),
        }

    @pytest.mark.attack("F04")
    async def test_what_only_reads_answers_from_one_snapshot(self, superuser: Any) -> None:
        rows = await superuser.fetch(
            "select proname from pg_proc where pronamespace = 'hub'::regnamespace and provolatile = 's'"
        )
        stable = (
            "facts_",
            "read_",
            "find_",
            "signer",
            "higher",
            "decider",
            "place",
            "union_of",
            "entrustment_",
            "coverages_",
            "roster_",
            "is_",
            "left_",
            "side_in_",
            "policy_",
        )
        reading = {name for name in FUNCTIONS | INNER if name.startswith(stable)}
        assert {row["proname"] for row in rows} == reading

    async def test_the_mover_cannot_make_things(self, superuser: Any) -> None:
        assert not await superuser.fetchval("select has_schema_privilege('hub_mover', 'hub', 'create')")

    async def test_inner_functions_are_no_doors(self, app: Any) -> None:
        for call in (
            "signers_of(now(), '{}', '{}', '{}', '{}', '{}')",
            "higher_of(null, null, null)",
            "decider_of(null, null)",
            "kid_of('e30.e30.x')",
            "dissolve_pair(now(), null, null)",
            "place_of(current_date, null, null, null, null)",
            "union_of_employer(null, current_date)",
            "settle_pair(now(), null, null, null, null, null, null, null, null, null)",
            "entrustment_states(now(), '{}')",
            "coverages_now(now(), '{}')",
            "roster_members(now(), null, null, '{}')",
            "close_ended_coverages(now(), '{}')",
            "record_entrustment_statement(now(), null, null, null, null, null, null, null)",
            "keep_entrustment_document(now(), null, null, null)",
            "enter_coverages(now(), null, null, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')",
            "supersede_entrustment(now(), null, null, null, null, null, '{}')",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await app.fetch(f"select hub.{call}")


@pytest.mark.attack("Z18")
@pytest.mark.parametrize(
    "statement",
    [
        "set role hub_mover",
        "set role hub_owner",
        "set role hub",
        "set session authorization hub_mover",
        "set session_replication_role = replica",
        "alter role hub_app bypassrls",
        "alter role hub_app superuser",
        "grant hub_mover to hub_app",
        "copy hub.memberships from stdin",
        "copy hub.memberships from '/etc/passwd'",
        "copy hub.memberships from program 'id'",
        "copy hub.unions to '/tmp/unions'",
        "truncate hub.steps",
        "create function hub.mine() returns void language plpgsql as $$begin end$$",
        "create function public.mine() returns void language plpgsql as $$begin end$$",
        "create or replace function hub.hub_now(p boolean) returns timestamptz language plpgsql as $$begin end$$",
        "create table hub.mine (a int)",
        "create table public.mine (a int)",
        "create temporary table mine (a int)",
        "create schema mine",
        "create extension pg_stat_statements",
        "create policy mine on hub.persons using (true)",
        "drop policy persons_are_seen_by_their_holder on hub.persons",
        "alter table hub.persons disable row level security",
        "alter table hub.persons no force row level security",
        "alter function hub.hub_begin(uuid, text, boolean) reset search_path",
        "drop table hub.statements",
        "select pg_read_file('/etc/passwd')",
        "select pg_read_binary_file('/etc/passwd')",
        "select pg_ls_dir('.')",
        "select lo_import('/etc/passwd')",
        "select pg_reload_conf()",
        "select * from pg_authid",
        "select * from pg_shadow",
        "select * from hub.identity_claims",
        "select * from hub.person_ids",
        "update hub.union_keys set revoked_at = null",
        "delete from hub.union_keys",
        "insert into hub.legal_steps values ('handoff', 'RELEASED', 'take', 'ACCEPTED')",
        "update hub.clock set set_to = now()",
    ],
)
async def test_the_app_is_denied(app: Any, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute(statement)
