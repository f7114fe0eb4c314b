"""SQL that runs on plain PostgreSQL and not, or not rightly, on Citus: each construct with the way to see it.

Text is looked at as `statements_of` splits it, without comments; what the catalogue knows better is asked there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Words that stand nowhere in our SQL, and what stands there instead.
WORDS: Final = {
    r"\bcreate\s+(constraint\s+)?trigger\b": "triggers run on a worker, if at all: the act's own statement writes",
    r"\bmerge\s+into\b": "MERGE takes no parameters: INSERT … ON CONFLICT",
    r"\bdeferrable\b|\binitially\s+deferred\b|\bset\s+constraints\b": "deferred keys fail as XX000: parents first",
    r"\bset_config\s*\(": "set_config is not sent to workers: SET LOCAL by hub_begin",
    r"\blanguage\s+sql\b": "SQL functions with parameters can't be planned: plpgsql",
    r"\bgenerated\s+(always|by\s+default)\s+as\s+identity\b|\b(small|big)?serial\b": "numbers of workers lie far apart",
    r"\bgen_random_uuid\s*\(|\buuid_generate": "ids come from Python",
    r"\bwithout\s+overlaps\b|\buuidv7\s*\(": "PostgreSQL 15 has it not",
    r"\bplan_cache_mode\b": "set on the role, never on a function",
    r"\bset\s+(?!local\b)(session\s+)?hub\.acting\b": "a session's setting is not sent to workers: SET LOCAL",
}
_VOLATILE: Final = r"\b(clock_timestamp|random|statement_timestamp|timeofday|nextval|hub_now)\s*\("
_BY_MEMBER: Final = re.compile(r"\bmember_id\s*=(?!\s*any\b)")


def without_comments(statement: str) -> str:
    """Give a statement in small letters, its comments left out."""
    return "\n".join(line.split("--", 1)[0] for line in statement.lower().splitlines())


def faults(statement: str) -> list[str]:
    """Name what is wrong with one statement of a migration."""
    text = without_comments(statement)
    found = [why for word, why in WORDS.items() if re.search(word, text)]
    return found + [why for rule in RULES for why in rule(text)]


def _locks_one_member(text: str) -> Iterator[str]:
    for lock in re.finditer(r"\bselect\b(?:(?!\bselect\b|;).)*\bfor\s+(no\s+key\s+)?(update|share)\b", text, re.DOTALL):
        if not _BY_MEMBER.search(lock[0]):
            yield "a row lock needs `member_id = …`"
    if re.search(r"\bskip\s+locked\b", text):
        yield "SKIP LOCKED belongs to a local table"


def _policies_compare_columns(text: str) -> Iterator[str]:
    if re.search(r"\bcreate\s+policy\b", text) and re.search(r"\bselect\b", text.partition("using")[2]):
        yield "a policy has no subquery"


def _prunes_by_the_one_form(text: str) -> Iterator[str]:
    if re.search(r"=\s*any\s*\(\s*p_members?\b", text):
        yield "`= any (p_member)` is quadratic: (prune is null or member_id = any (prune))"
    for found in re.finditer(r"\w+\.member_id = any \(prune\)", text):
        before = text[: found.start()].rstrip()
        if not before.endswith("prune is null or"):
            yield "`= any (prune)` stands behind `prune is null or`"


def _inserts_return(text: str) -> Iterator[str]:
    """Within functions: Citus else copies into the shards, which row-level security forbids."""
    if not re.search(r"\bcreate\s+(or\s+replace\s+)?function\b", text):
        return
    for found in re.finditer(r"\binsert\s+into\b", text):
        sentence = _to_its_end(text, found.start())
        if re.search(r"\bselect\b", sentence) and not re.search(r"\breturning\s+[\w., ]+$", sentence.rstrip()):
            yield f"an INSERT … SELECT ends in RETURNING: {sentence[:60]}"


def _updates_are_stable(text: str) -> Iterator[str]:
    for found in re.finditer(r"(?<!for )\bupdate\s+[\w.]+\s+(\w+\s+)?set\b|\bdo\s+update\s+set\b", text):
        if re.search(_VOLATILE, _to_its_end(text, found.start())):
            yield "an UPDATE calls no volatile function: the time is a parameter"
    for found in re.finditer(r"\bdo\s+update\s+set\b", text):
        if re.search(r"\bnow\s*\(", _to_its_end(text, found.start())):
            yield "ON CONFLICT DO UPDATE takes `excluded.…`"


def _one_constraint_at_a_time(text: str) -> Iterator[str]:
    if text.lstrip().startswith("alter table") and len(re.findall(r"\badd\s+constraint\b", text)) > 1:
        yield "one constraint per statement"


def _definers_are_pinned(text: str) -> Iterator[str]:
    if "security definer" in text and "set search_path = hub, pg_temp" not in text:
        yield "a definer function has its search_path pinned"


RULES: Final[tuple[Callable[[str], Iterator[str]], ...]] = (
    _locks_one_member,
    _policies_compare_columns,
    _prunes_by_the_one_form,
    _inserts_return,
    _updates_are_stable,
    _one_constraint_at_a_time,
    _definers_are_pinned,
)


def _to_its_end(text: str, start: int) -> str:
    """Give the sentence that begins here: to the bracket that closes around it, or to its semicolon."""
    depth = 0
    for place in range(start, len(text)):
        character = text[place]
        depth += (character == "(") - (character == ")")
        if depth < 0 or (character == ";" and depth == 0):
            return text[start:place]
    return text[start:]
