"""SQL mutants: each policy, constraint and key of the schema, and each condition of the functions that move custody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tests.mutants.mutant import ROOT, Mutant, source, without

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SQL: Final = "hub/database/migrations/sql/"

#: Each revision's folder, the later one's functions in the place of the earlier one's.
REVISIONS: Final = sorted(f"{SQL}{path.name}/" for path in (ROOT / SQL).iterdir() if path.is_dir())
_OF_FUNCTIONS: Final = ("3_facts.sql", "4_records.sql", "5_reads.sql")
_FUNCTION: Final = re.compile(r"create (?:or replace )?function hub\.(\w+).*?\nend\$\$;", re.DOTALL)

#: Lists of what there is are no proof that it does anything: they sit these runs out.
_SEEN: Final = ("tests/sql/test_visibility.py", "tests/sql/test_privileges.py")
_REFUSED: Final = ("tests/sql/test_constraints.py", "-k", "not has_its_wrong_row")
_DESK: Final = (
    "tests/desk/test_accepting.py", "tests/desk/test_closing.py", "tests/desk/test_releasing.py",
    "tests/desk/test_joining.py", "tests/desk/test_opening.py", "tests/desk/test_registering.py",
)  # fmt: skip
_ACTS: Final = (*_DESK, "tests/desk/test_pulling.py", "tests/desk/test_correcting.py", "tests/sql/test_amendments.py")
_PAIRS: Final = ("tests/desk/test_duplicates.py", "tests/desk/test_merging.py", "tests/desk/test_deciding.py")
_MERGING: Final = ("tests/sql/test_merging.py", "tests/sql/test_merging_among_others.py")
#: Cases that a person had before the one that is acted on: no act touches them.
_EARLIER: Final = ("tests/desk/test_correcting.py", "tests/desk/test_pull_refusals.py")
_EXTERNAL: Final = "tests/desk/test_external.py"
#: Acts that write tables which those on custody don't.
_WRITING: Final = {
    "duplicates": _PAIRS,
    "unassigned": ("tests/desk/test_counting.py",),
    "certificates": ("tests/desk/test_certifying.py",),
    "certificate_steps": ("tests/desk/test_certifying.py",),
    "expulsion_proposals": ("tests/desk/test_proposing.py",),
}
_READING: Final = ("tests/sql/test_reading.py", "tests/sql/test_visibility.py")
_ENTRUSTING: Final = ("tests/desk/test_entrusting.py", "tests/desk/test_entrusting_refused.py")
_OF_FUNCTION: Final = {
    **dict.fromkeys(
        (
            *("entrustment_states", "coverages_now", "is_entrusted_host", "roster_members", "facts_for_entrustment"),
            *("facts_for_care", "record_entrustment_statement", "keep_entrustment_document", "record_entrustment"),
            *("close_ended_coverages", "enter_coverages", "supersede_entrustment", "record_entrustment_act"),
            *("record_roster", "record_coverage_answer", "record_care", "read_entrustments", "read_entrustment_steps"),
            *("read_coverages", "read_member_coverages", "reveal_entrusted", "read_care"),
        ),
        _ENTRUSTING,
    ),
    "record_union": ("tests/desk/test_registering.py", "tests/sql/test_registers.py"),
    "record_key": ("tests/desk/test_registering.py", "tests/sql/test_registers.py"),
    "record_key_end": ("tests/desk/test_registering.py", "tests/sql/test_registers.py"),
    "hold_keys": ("tests/sql/test_held_keys.py",),
    "hold_key_to_end_it": ("tests/sql/test_held_keys.py",),
    "dissolve_pair": ("tests/desk/test_pairs_attacked.py",),
    "record_login": ("tests/sql/test_registers.py",),
    "record_amendment": (
        "tests/sql/test_amendments.py",
        "tests/desk/test_amending.py",
        "tests/desk/test_amending_documents.py",
    ),
    "record_union_amendment": ("tests/sql/test_amendments.py", "tests/desk/test_amending_unions.py"),
    "facts_for_amendment": ("tests/desk/test_amending.py", "tests/sql/test_visibility.py"),
    "facts_for_union_amendment": ("tests/desk/test_amending_unions.py",),
    "record_request": ("tests/desk/test_pulling.py", "tests/sql/test_pull_races.py"),
    "record_answer": ("tests/desk/test_pulling.py", "tests/sql/test_pull_races.py"),
    "record_closure": ("tests/sql/test_custody.py", *_DESK, "tests/desk/test_pulling.py", *_EARLIER),
    "enter_answer": ("tests/desk/test_pulling.py", "tests/sql/test_pull_races.py", _EXTERNAL),
    "move_membership": (
        *("tests/sql/test_custody.py", "tests/sql/test_amendments.py", "tests/sql/test_placement_races.py"),
        *(*_DESK, "tests/desk/test_correcting.py", _EXTERNAL),
    ),
    "record_match": ("tests/desk/test_pulling.py", *_PAIRS),
    "facts_for_request": ("tests/desk/test_pulling.py", "tests/sql/test_visibility.py"),
    "higher_of": ("tests/desk/test_pulling.py",),
    "facts_for_import": (*_PAIRS,),
    "facts_for_merge": (*_PAIRS,),
    "facts_for_decision": (*_PAIRS,),
    "decider_of": (*_PAIRS, "tests/sql/test_merging.py"),
    "record_suspected": (*_MERGING, *_PAIRS),
    "record_merge": (*_MERGING, *_PAIRS),
    "record_decision": (*_MERGING, *_PAIRS),
    "settle_pair": (*_MERGING, *_PAIRS),
    "reveal_duplicates": (*_MERGING, *_PAIRS),
    "read_merge_cases": (*_MERGING, *_PAIRS),
    "find_held": ("tests/sql/test_reading.py", "tests/sql/test_visibility.py", *_PAIRS),
    "record_join": ("tests/sql/test_custody.py", "tests/desk/test_joining.py"),
    "facts_for_join": ("tests/sql/test_reading.py", "tests/desk/test_joining.py", "tests/sql/test_visibility.py"),
    "facts_for_union": ("tests/desk/test_registering.py", "tests/sql/test_registers.py"),
    "facts_for_login": ("tests/sql/test_registers.py",),
    "hub_begin": ("tests/sql/test_registers.py",),
    "signers_of": ("tests/desk/test_opening.py", "tests/sql/test_visibility.py", "tests/sql/test_registers.py"),
}

_SCHEMA: Final = "\n".join(
    source(f"{revision}{name}")
    for revision in REVISIONS
    for name in ("1_tables.sql", "2_guards.sql")
    if (ROOT / f"{revision}{name}").is_file()
)
#: A key that others refer to can't be left out: the schema would not be made.
_REFERRED_TO: Final = {*re.findall(r"references hub\.(\w+)", _SCHEMA), "clock"}
#: The end of a revision that makes functions: until then they may be given to the mover.
_NO_MORE: Final = "revoke create on schema hub from hub_mover;"
#: What a later revision puts another in the place of: it is tried in the later one's form.
_REPLACED: Final = re.findall(r"drop (?:constraint|index) (?:hub\.)?(\w+)", _SCHEMA)
#: Columns without which there is no custody.
_NEVER_NULL: Final = {
    ("memberships", "holder_union"), ("memberships", "custody_version"), ("memberships", "held_since"),
    ("memberships", "status"), ("holdings", "holder_union"), ("holdings", "during"), ("handoffs", "from_union"),
    ("handoffs", "to_union"), ("handoffs", "is_open"), ("handoffs", "custody_version"), ("steps", "from_state"),
    ("steps", "act"), ("steps", "to_state"), ("persons", "holder_union"), ("statements", "receipt"),
}  # fmt: skip

#: Conditions that bring together the columns of one item, or of one person; and those that only save work, since what
#: they leave out is left out by a later join or key as well. Without them a call is slow, or none at all; never wrong.
_JOINING: Final = re.compile(
    r"""
      true | \(?\s*prune\ is\ null.* | \w+\.member_id\ =\ \w+\.member_id | \w+\.ord\ =\ \w+\.ord | i\.id_no\ =\ 1
    | c\.membership_id\ =\ u\.membership_id | [st]\.sha256\ =\ \w+\.sha256
    # Looked up for all items at once, and told apart by item afterwards.
    | [ch]\.\w+\ =\ any\ \(p_\w+\) | i\.id_hash\ =\ any\ \(p_id_hash\) | m\.member_id\ =\ any\ \(people\)
    | n\.uri\ =\ any\ \(p_listed\) | c\.jti\ =\ u\.jti | c\.iss\ =\ u\.union_id
    # An id names one row in the whole hub: with the person's it is found on one shard. Which rows are locked, in what
    # order, shows under load alone. Of a pair, the row that a membership is in is named by either.
    | [md]\.member_id\ =\ [pv]_(other_)?member | m\.member_id\ in\ \(v_member,\ v_other_member\)
    | m\.member_id\ =\ (least|greatest)\(.* | .*\ for\ update
    | d\.membership_id\ =\ m\.membership_id | m\.membership_id\ =\ d\.membership_id
    # A hash names one statement, whomever it is about.
    | s\.union_id\ =\ e\.about_union
    # Whether a union holds is asked of federations; of others nobody looks at the answer.
    | s\.kind\ in\ \('REGIONAL_FEDERATION',\ '\w+'\)
    # A membership has one certificate at a time.
    | n\.number\ =\ c\.freed_number | n\.province_code\ =\ c\.freed_province
    # Who is no known person has no claim yet, or else the key of person_ids speaks first.
    | g\.known
    """,
    re.DOTALL | re.VERBOSE,
)
#: The functions by whose compare-and-set custody moves.
_GATES: Final = {
    "record_release", "record_acceptance", "record_closure", "record_join", "record_suspected", "record_merge",
    "record_decision", "settle_pair", "hold_keys", "hold_key_to_end_it", "dissolve_pair",
    # As later revisions have named what was once `record_acceptance` and `record_answer`.
    "move_membership", "enter_answer",
}  # fmt: skip


def policies() -> Iterator[Mutant]:
    """Give each policy left out, each opened wide, each table's row security off or not forced."""
    for file, text in _files("2_guards.sql"):
        for found in re.finditer(r"create policy (\w+) on hub\.(\w+) for select to hub_app\s+using \((.*?)\);", text):
            yield Mutant("policy", f"{found[1]} left out", file, without(text, *found.span()), _SEEN)
            yield Mutant("policy", f"{found[1]} open to all", file, without(text, *found.span(3), "true"), _SEEN)
        for found in re.finditer(r"create policy \w+ on hub\.(\w+) to hub_mover[^;]*;", text):
            name = f"{found[1]}: no policy of the mover"
            yield Mutant("policy", name, file, without(text, *found.span()), _WRITING.get(found[1], _ACTS))
        for found in re.finditer(r"alter table hub\.(\w+) (enable|force) row level security;", text):
            yield Mutant("policy", f"{found[1]}: not {found[2]}d", file, without(text, *found.span()), _SEEN)
        # The first revision's tables are named in two lists: those that have row security, those that acts write.
        listed = re.findall(r"array\[[^\]]*\]", text)
        for array, what in zip(listed, ("no row security", "no policy of the mover"), strict=False):
            start = text.index(array)
            for named in re.finditer(r"'(\w+)',?\s*", array):
                cut = re.sub(r",\s*\]", "]", without(array, *named.span()))
                mutated = without(text, start, start + len(array), cut)
                yield Mutant("policy", f"{named[1]}: {what}", file, mutated, (*_SEEN, *_DESK))


def grants() -> Iterator[Mutant]:
    """Give each REVOKE left out, each function not given to the mover, or left to everybody."""
    last = max((file for file, text in _files("5_reads.sql") if _NO_MORE in text), default="")
    for file, text in (*_files("2_guards.sql"), *_files("5_reads.sql")):
        for found in re.finditer(r"^ *(revoke [^;]*;|execute format\('(?:revoke|alter)[^;]*;)", text, re.MULTILINE):
            if (found[1] == _NO_MORE and file != last) or _is_renamed_after(file, found[1]):
                continue  # a later revision says it again
            yield Mutant(
                "grant",
                f"without {found[1][:70]}",
                file,
                without(text, *found.span(1), "null;" if "format" in found[1] else ""),
                ("tests/sql/test_privileges.py", "tests/sql/test_migrations.py", "tests/sql/test_visibility.py"),
            )


def _is_renamed_after(file: str, statement: str) -> bool:
    """Tell whether a later revision gives the function of this REVOKE another name, and revokes it under that."""
    named = re.match(r"revoke all on function hub\.(\w+)\(", statement)
    if named is None:
        return False
    return any(
        later > file and re.search(rf"alter function hub\.{named[1]}\([^;]*rename to", text) is not None
        for later, text in _files("4_records.sql")
    )


def constraints() -> Iterator[Mutant]:
    """Give the schema without each of its constraints."""
    for file, text in _files("1_tables.sql"):
        for made in re.finditer(r"create table hub\.(\w+) \(\n(.*?)\)(?: with \([^)]*\))?;", text, re.DOTALL):
            table, start = made[1], made.start(2)
            for span, what in _constraints_in(table, made[2]):
                if f"{table}_{what.split()[0]}_check" in _REPLACED and " check " in what:
                    continue
                mutated = without(text, start + span[0], start + span[1])
                mutated = re.sub(r",(\s*(?:--[^\n]*)?\s*)\)( with \([^)]*\))?;", r"\1)\2;", mutated)
                yield Mutant("constraint", f"{table}: {what}", file, mutated, _REFUSED)
        for found in re.finditer(r"create table hub\.(\w+_claims) \(\w+ \w+( primary key)", text):
            yield Mutant("constraint", f"{found[1]} without its key", file, without(text, *found.span(2)), _REFUSED)
    made_alone = r"create unique index (\w+)[^;]*;|alter table hub\.\w+ add constraint (\w+)[^;]*;"
    for file, text in (*_files("1_tables.sql"), *_files("2_guards.sql")):
        for found in re.finditer(made_alone, text):
            name = found[1] or found[2]
            if not _is_replaced(name, found[0]) and not _is_referred_to(found[0]):
                yield Mutant("constraint", name, file, without(text, *found.span()), _REFUSED)


def _is_referred_to(made: str) -> bool:
    """Tell whether another table's key refers to the columns of this one: without it there is no schema."""
    unique = re.search(r"alter table hub\.(\w+) add constraint \w+ unique \(([^)]*)\)", made)
    return unique is not None and f"references hub.{unique[1]} ({unique[2]})" in _SCHEMA


def _is_replaced(name: str, made: str) -> bool:
    """Tell whether a constraint made there is dropped after that."""
    after = _SCHEMA[_SCHEMA.rindex(made) + len(made) :]
    return re.search(rf"drop (?:constraint|index) (?:hub\.)?{name}\b", after) is not None


def _files(name: str) -> Iterator[tuple[str, str]]:
    """Give each revision's file of a name, and its text."""
    for revision in REVISIONS:
        file = f"{revision}{name}"
        if (ROOT / file).is_file():
            yield file, source(file)


def _constraints_in(table: str, body: str) -> Iterator[tuple[tuple[int, int], str]]:
    for found in re.finditer(
        r"^    ((?:constraint \w+ )?(?:primary key|check|exclude|foreign key|unique)\b.*(?:\n {8}.*)*)$",
        body,
        re.MULTILINE,
    ):
        if not (found[1].startswith("primary key") and table in _REFERRED_TO):
            yield found.span(), found[1].rstrip(",")[:60]
    for line in re.finditer(r"^    (\w+) .*(?:\n {10}.*)*$", body, re.MULTILINE):
        if line[1] in {"primary", "check", "constraint", "unique", "exclude"}:
            continue
        column = line[1]
        code = re.sub(r"--[^\n]*", lambda comment: " " * len(comment[0]), line[0])
        for found in re.finditer(
            r" references hub\.\w+| unique\b| primary key\b| check \((?:[^()]|\([^()]*\))*\)", code
        ):
            if not (found[0] == " primary key" and table in _REFERRED_TO):
                yield (line.start() + found.start(), line.start() + found.end()), f"{column}{found[0][:40]}"
        if (table, column) in _NEVER_NULL:
            at = line.start() + code.index(" not null")
            yield (at, at + len(" not null")), f"{column} not null"


def conditions() -> Iterator[Mutant]:
    """Give each function of the schema with one of its conditions held for true, or one of its alarms left out."""
    files = sorted(found for name in _OF_FUNCTIONS for found in _files(name))
    in_force = _in_force(files)
    for file, text in files:
        for function in _FUNCTION.finditer(text):
            name, start = function[1], function.start()
            if (file, start) not in in_force:
                continue  # a later revision has made it anew
            kind = "gate" if name in _GATES else "condition"
            tests = _OF_FUNCTION.get(name, ("tests/sql/test_custody.py", "tests/sql/test_reading.py", *_DESK))
            for span, condition in _conditions_in(function[0]):
                mutated = without(text, start + span[0], start + span[1], "true")
                yield Mutant(kind, f"{name} without {_short(condition)}", file, mutated, tests)
            for alarm in re.finditer(r"if [^;]*? then\s+(?:raise exception|return)[^;]*;\s*end if;", function[0]):
                span = alarm.span()
                mutated = without(text, start + span[0], start + span[1])
                yield Mutant(kind, f"{name} without {_short(alarm[0])}", file, mutated, tests)


def _in_force(files: Sequence[tuple[str, str]]) -> set[tuple[str, int]]:
    """Give where each function is made that there is at head: one that was renamed goes on under its new name."""
    made: dict[str, tuple[str, int]] = {}
    for file, text in files:
        for found in re.finditer(r"^(?:create (?:or replace )?|alter )function hub\.(\w+)", text, re.MULTILINE):
            if found[0].startswith("alter"):
                renamed = re.match(r"[^;]*\brename to (\w+);", text[found.end() :])
                if renamed is not None:
                    made[renamed[1]] = made.pop(found[1])
            else:
                made[found[1]] = (file, found.start())
    return set(made.values())


def _short(text: str) -> str:
    return " ".join(text.split())[:90]


def _conditions_in(body: str) -> Iterator[tuple[tuple[int, int], str]]:
    for keyword in re.finditer(r"\b(where|on)\s+(?!conflict\b)", body):
        start = keyword.end()
        end = _end_of_condition(body, start)
        for span in _split_at_and(body, start, end):
            condition = body[slice(*span)].strip()
            if condition and not _JOINING.fullmatch(condition):
                offset = span[0] + body[slice(*span)].index(condition)
                yield (offset, offset + len(condition)), condition


_AFTER: Final = re.compile(
    r"\b(returning|order by|limit|group by|where|left join|join|cross join|on conflict|union)\b|;", re.IGNORECASE
)


_OF_A_CASE: Final = re.compile(r"(?<!\w)(case|end)\b")


def _end_of_condition(body: str, start: int) -> int:
    depth, place = 0, start
    while place < len(body):
        character = body[place]
        depth += (character == "(") - (character == ")")
        if depth < 0 or (depth == 0 and _AFTER.match(body, place)):
            return place
        place += 1
    return place


def _split_at_and(body: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    depth, begin = 0, start
    for place in range(start, end):
        depth += (body[place] == "(") - (body[place] == ")")
        word = _OF_A_CASE.match(body, place)
        if word is not None:
            depth += 1 if word[0] == "case" else -1
        if depth == 0 and re.match(r"\sand\s", body[place : place + 5]):
            yield begin, place
            begin = place + 5
    yield begin, end
