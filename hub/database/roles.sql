-- The roles of the hub. Idempotent. Run by a superuser, in the hub's own database:
--   createdb hub && psql -d hub -f roles.sql
-- The embedded server runs this file by itself at each start. On a server of your own give the three login roles a
-- password afterwards (\password hub_app, …); the migrations (hub_owner) make everything else.
--
-- hub_owner   owns database and schema, runs migrations (HUB_DATABASE_OWNER_URL)
-- hub_app     what the hub serves with (HUB_DATABASE_URL): owns nothing, creates nothing, is bound by every policy
-- hub_mover   nobody logs in as it: owns the functions that move custody (Citus alone needs it to log in)
-- hub_backup  reads all rows, past row-level security, and writes none: unionhub backup (HUB_DATABASE_BACKUP_URL)
begin;
select pg_advisory_xact_lock(7568413209);

-- Roles belong to the whole cluster: an unchanged one is left untouched, so that two databases never race for its row.
do $$
declare
  on_citus constant boolean := exists (select from pg_extension where extname = 'citus');
  wanted record;
begin
  for wanted in
    select * from (values
      ('hub_owner',  true,     false),
      ('hub_app',    true,     false),
      ('hub_mover',  on_citus, false),
      ('hub_backup', true,     true)
    ) as w(name, login, bypasses)
  loop
    if not exists (select from pg_roles where rolname = wanted.name) then
      execute format('create role %I', wanted.name);
    end if;
    if not exists (
      select from pg_roles where rolname = wanted.name and rolcanlogin = wanted.login and rolbypassrls = wanted.bypasses
         and not (rolsuper or rolcreatedb or rolcreaterole or rolreplication)
    ) then
      execute format('alter role %I nosuperuser nocreatedb nocreaterole noreplication %s %s', wanted.name,
                     case when wanted.login then 'login' else 'nologin' end,
                     case when wanted.bypasses then 'bypassrls' else 'nobypassrls' end);
    end if;
  end loop;
  -- Prepared once and run for ever: a generic plan saves planning at each act. Citus cannot take it.
  if on_citus then
    alter role hub_app reset plan_cache_mode;
  elsif not exists (
    select from pg_db_role_setting s
     where s.setrole = 'hub_app'::regrole and s.setdatabase = 0
       and 'plan_cache_mode=force_generic_plan' = any (s.setconfig)
  ) then
    alter role hub_app set plan_cache_mode = force_generic_plan;
  end if;
  -- The owner hands functions over to hub_mover; hub_app is bound by row-level security only as a member of neither.
  if not pg_has_role('hub_owner', 'hub_mover', 'member') then
    grant hub_mover to hub_owner;
  end if;
  if not pg_has_role('hub_backup', 'pg_read_all_data', 'member') then
    grant pg_read_all_data to hub_backup;
  end if;
  if pg_has_role('hub_app', 'hub_owner', 'member') then
    revoke hub_owner from hub_app;
  end if;
  if pg_has_role('hub_app', 'hub_mover', 'member') then
    revoke hub_mover from hub_app;
  end if;
  -- This database: its owner makes things in it, the others connect and no more (no temporary tables either).
  execute format('alter database %I owner to hub_owner', current_database());
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to hub_app, hub_backup', current_database());
end
$$;

revoke create on schema public from public;
-- A function is nobody's to call until it is granted.
alter default privileges for role hub_owner revoke execute on functions from public;
alter default privileges for role hub_mover revoke execute on functions from public;
commit;
