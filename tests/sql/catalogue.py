"""The schema as text, from the catalogue: the same on every PostgreSQL from 15 on, and read as a diff."""

from __future__ import annotations

from typing import Any, Final

_TABLES: Final = """
select c.relname, format('table %s%s%s%s', c.relname,
       coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', ''),
       case when c.relrowsecurity then ' row security' else '' end,
       case when c.relforcerowsecurity then ' forced' else '' end)
  from pg_class c where c.relnamespace = 'hub'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')"""

_COLUMNS: Final = """
select c.relname, format('  %s %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
       case when a.attcollation <> t.typcollation then ' collate ' || quote_ident(l.collname) else '' end,
       case when a.attnotnull then ' not null' else '' end,
       coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), ''))
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid
  left join pg_collation l on l.oid = a.attcollation
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
 where c.relnamespace = 'hub'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') order by c.relname, a.attnum"""

_CONSTRAINTS: Final = """
select c.relname, format('  constraint %s %s', k.conname, pg_get_constraintdef(k.oid))
  from pg_constraint k join pg_class c on c.oid = k.conrelid
 where k.connamespace = 'hub'::regnamespace and k.contype <> 'n' order by c.relname, k.conname"""

_INDEXES: Final = """
select c.relname, format('  %s', pg_get_indexdef(i.indexrelid)) from pg_index i join pg_class c on c.oid = i.indrelid
 where c.relnamespace = 'hub'::regnamespace and not exists (select from pg_constraint k where k.conindid = i.indexrelid
   and k.conrelid = c.oid) order by c.relname, i.indexrelid::regclass::text collate "C" """

_POLICIES: Final = """
select tablename, format('  policy %s for %s to %s using %s with check %s', policyname, lower(cmd),
       array_to_string(roles, ', '), qual, coalesce(with_check, '-'))
  from pg_policies where schemaname = 'hub' order by tablename, policyname"""

_GRANTS: Final = """
select c.relname, format('  grant %s to %s', string_agg(lower(x.privilege_type), ', ' order by x.privilege_type),
       coalesce(g.rolname, 'public'))
  from pg_class c cross join aclexplode(c.relacl) x left join pg_roles g on g.oid = x.grantee
 where c.relnamespace = 'hub'::regnamespace and x.grantee <> c.relowner group by c.relname, g.rolname
 order by c.relname, g.rolname"""

_TYPES: Final = """
select format('type %s (%s)', c.relname,
       string_agg(format('%s %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum))
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
 where c.relnamespace = 'hub'::regnamespace and c.relkind = 'c' group by c.relname order by c.relname"""

_FUNCTIONS: Final = """
select format(E'function %s(%s)\\n  returns %s\\n  %s%s of %s, set %s, for %s, body %s', p.proname,
       pg_get_function_identity_arguments(p.oid), pg_get_function_result(p.oid),
       case p.provolatile when 'v' then 'volatile' when 's' then 'stable' else 'immutable' end,
       case when p.prosecdef then ' security definer' else '' end, p.proowner::regrole,
       array_to_string(p.proconfig, '; '),
       (select string_agg(coalesce(g.rolname, 'public'), ' ' order by g.rolname) from aclexplode(p.proacl) x
          left join pg_roles g on g.oid = x.grantee where x.grantee <> p.proowner), md5(p.prosrc))
  from pg_proc p where p.pronamespace = 'hub'::regnamespace order by p.proname"""

_STEPS: Final = """
select format('legal step %s: %s %s %s', machine, from_state, act, to_state) from hub.legal_steps
 order by machine collate "C", from_state collate "C", act collate "C" """


async def schema_text(superuser: Any) -> str:
    """Give tables with all that belongs to each, then types, functions and legal steps."""
    of_tables: dict[str, list[str]] = {row[0]: [row[1]] for row in await superuser.fetch(_TABLES)}
    for query in (_COLUMNS, _CONSTRAINTS, _INDEXES, _POLICIES, _GRANTS):
        for table, line in await superuser.fetch(query):
            of_tables[table].append(line)
    parts = ["\n".join(of_tables[table]) for table in sorted(of_tables)]
    lists = [await superuser.fetch(query) for query in (_TYPES, _FUNCTIONS, _STEPS)]
    return "\n\n".join([*parts, *("\n".join(row[0] for row in rows) for rows in lists)]) + "\n"
