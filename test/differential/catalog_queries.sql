-- What step_catalogs.py asks both engines; /* anon */ asks as that role.
select n.nspname, c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relnatts, c.relchecks, c.relhasindex, c.relispartition, c.relpersistence, c.relreplident, c.relhasrules, c.relhastriggers from pg_class c join pg_namespace n on n.oid = relnamespace where n.nspname = 'public' order by 2
select c.relname, a.attname, format_type(atttypid, atttypmod), attnum, attnotnull, atthasdef, attidentity, attgenerated, attisdropped, atttypmod, attlen, attndims, pg_get_expr(d.adbin, d.adrelid) from pg_attribute a join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace left join pg_attrdef d on d.adrelid = attrelid and d.adnum = attnum where attnum > 0 and relkind in ('r', 'v', 'c') and nspname = 'public' order by 1, attnum
select c.relname, conname, contype, condeferrable, condeferred, convalidated, conkey, confkey, confupdtype, confdeltype, confmatchtype, confrelid::regclass::text, pg_get_constraintdef(k.oid) from pg_constraint k join pg_class c on c.oid = conrelid join pg_namespace n on n.oid = c.relnamespace where nspname = 'public' order by 1, 2
select conname, t.typname, pg_get_constraintdef(k.oid) from pg_constraint k join pg_type t on t.oid = contypid where conname = 'email_check'
select c.relname, i.relname, indnatts, indnkeyatts, indisunique, indisprimary, indimmediate, indnullsnotdistinct, indkey, indoption, pg_get_expr(indexprs, indrelid), pg_get_expr(indpred, indrelid), pg_get_indexdef(indexrelid), pg_get_indexdef(indexrelid, 1, false) from pg_index x join pg_class c on c.oid = indrelid join pg_class i on i.oid = indexrelid join pg_namespace n on n.oid = c.relnamespace where nspname = 'public' order by 1, 2
select * from pg_indexes where schemaname = 'public' order by 2, 3
select * from pg_policies where schemaname = 'public' order by 2, 3
select polname, polcmd, polpermissive, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid), c.relname from pg_policy p join pg_class c on c.oid = polrelid order by 1
select c.relname, tgname, tgtype, tgenabled, tgnargs, tgattr, tgargs, pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = tgrelid join pg_namespace n on n.oid = relnamespace where not tgisinternal and nspname = 'public' order by 1, 2
select proname, pg_get_function_identity_arguments(p.oid), pg_get_function_arguments(p.oid), pg_get_function_result(p.oid), l.lanname, format_type(prorettype, null), prosecdef, provolatile, proisstrict, proretset, prokind, pronargs, pronargdefaults, proargmodes, proargnames, prosrc, proconfig, prorows from pg_proc p join pg_namespace n on n.oid = pronamespace join pg_language l on l.oid = prolang where nspname = 'public' and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e') order by 1
select pg_get_functiondef(p.oid) from pg_proc p join pg_namespace n on n.oid = pronamespace where nspname = 'public' and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e') order by proname
select t.typname, e.enumlabel, e.enumsortorder from pg_enum e join pg_type t on t.oid = enumtypid join pg_namespace n on n.oid = typnamespace where nspname = 'public' order by 1, 3
select typname, typtype, typcategory, typnotnull, format_type(typbasetype, typtypmod), typarray <> 0, typrelid <> 0 from pg_type t join pg_namespace n on n.oid = typnamespace where nspname = 'public' and typname !~ '^(_|citext)' order by 1
select typname, oid, typtype, typcategory, typispreferred, typlen, typelem, typarray from pg_type where typname in ('bool', 'int4', 'int8', 'text', '_text', 'uuid', 'jsonb', 'timestamptz', 'numeric', 'varchar', 'oid', 'regclass', 'date', 'bytea') order by 1
select viewname, viewowner, definition from pg_views where schemaname = 'public' order by 1
select pg_get_viewdef('public.open_items'::regclass), pg_get_viewdef('plain')
select * from pg_tables where schemaname = 'public' order by 2
select sequencename, data_type, start_value, min_value, max_value, increment_by, cycle, cache_size from pg_sequences where schemaname = 'public' order by 1
select c.relname, format_type(seqtypid, null), seqstart, seqincrement, seqmax, seqmin, seqcache, seqcycle from pg_sequence s join pg_class c on c.oid = seqrelid join pg_namespace n on n.oid = relnamespace where nspname = 'public' order by 1
select pubname, schemaname, tablename, attnames from pg_publication_tables order by 2, 3
select pubname, puballtables, pubinsert, pubupdate, pubdelete, pubtruncate from pg_publication order by 1
select c.relname, objsubid, description from pg_description d join pg_class c on c.oid = objoid join pg_namespace n on n.oid = relnamespace where classoid = 'pg_class'::regclass and nspname = 'public' order by 1, 2
select rolname, rolinherit, rolcanlogin, rolbypassrls from pg_roles where rolname in ('anon', 'authenticated', 'service_role', 'authenticator') order by 1
select r.rolname, m.rolname from pg_auth_members a join pg_roles r on r.oid = roleid join pg_roles m on m.oid = member where m.rolname = 'authenticator' order by 1
select obj_description('public.orgs'::regclass), col_description('public.orgs'::regclass, 3), obj_description('public.orgs'::regclass, 'pg_class')
select to_regclass('public.orgs'), to_regclass('orgs')::text, to_regclass('nope'), to_regclass('pg_class'), to_regtype('mood'), to_regtype('text[]'), to_regtype('nope'), to_regproc('touch'), to_regprocedure('public.add(int, integer)'), to_regprocedure('add(text)'), to_regrole('anon'), to_regnamespace('auth'), to_regnamespace('nope')
select 'orgs'::regclass, 'public.orgs'::regclass::text, 'auth.users'::regclass::text, 'orgs'::regclass::oid = (select oid from pg_class where relname = 'orgs'), 'int'::regtype, 'public.mood'::regtype::text, 'anon'::regrole, 'auth'::regnamespace::text, 'touch'::regproc, 'add(int,int)'::regprocedure
select 'nope'::regclass
select 'nope'::regtype
select 'nope'::regrole
select 'nope'::regproc
select 'nope'::regnamespace
select 1 from pg_class where oid = 'items'::regclass
select relname from pg_class where oid = 'items_title_idx'::regclass
select conrelid::regclass, conname from pg_constraint where conrelid = 'public.items'::regclass and contype = 'f'
select attname from pg_attribute where attrelid = 'public.orgs'::regclass and attnum > 0 and not attisdropped order by attnum
select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey) where i.indrelid = 'public.members'::regclass and i.indisprimary order by 1
select pg_typeof(1), pg_typeof('x'::text), pg_typeof(array[1]), pg_typeof(now()), pg_typeof('ok'::mood)
select has_table_privilege('anon', 'public.orgs', 'select'), has_table_privilege('anon', 'public.orgs', 'INSERT'), has_table_privilege('public.orgs', 'update'), has_table_privilege('authenticated', 'public.orgs'::regclass, 'select, delete')
select has_column_privilege('anon', 'public.items', 'title', 'insert'), has_column_privilege('anon', 'public.items', 'price', 'insert'), has_any_column_privilege('anon', 'public.items', 'insert')
select has_schema_privilege('anon', 'public', 'usage'), has_schema_privilege('anon', 'public', 'create'), has_schema_privilege('anon', 'auth', 'usage'), has_schema_privilege('pg_catalog', 'usage')
select has_function_privilege('anon', 'public.add(int, int)', 'execute'), has_function_privilege('anon', 'public.touch()', 'execute'), has_function_privilege('anon', 'now()', 'execute')
select has_sequence_privilege('public.counter', 'usage'), has_type_privilege('anon', 'public.mood', 'usage'), pg_has_role('authenticator', 'anon', 'member'), pg_has_role('anon', 'authenticated', 'usage')
select has_table_privilege('anon', 'public.nope', 'select')
select has_table_privilege('nope', 'public.orgs', 'select')
select has_table_privilege('anon', 'public.orgs', 'fly')
select pg_table_is_visible('public.orgs'::regclass), pg_table_is_visible('auth.users'::regclass), pg_type_is_visible('public.mood'::regtype)
select format_type(1043, 24), format_type(1700, 524294), format_type(23, null), format_type(1009, -1), format_type(0, null), format_type(99999999, null)
select pg_size_pretty(0::bigint), pg_size_pretty(10239::bigint), pg_size_pretty(10240::bigint), pg_size_pretty(123456789::bigint), pg_size_pretty(-98765432100::bigint)
select pg_get_serial_sequence('public.items', 'id'), pg_get_userbyid(nspowner) = nspowner::regrole::text, pg_encoding_to_char(6), pg_is_in_recovery() from pg_namespace where nspname = 'auth'
select pg_try_advisory_lock(1), pg_advisory_unlock(1), pg_try_advisory_xact_lock(1, 2)
select table_name, table_type, is_insertable_into from information_schema.tables where table_schema = 'public' order by 1
select table_name, column_name, ordinal_position, column_default, is_nullable, data_type, character_maximum_length, character_octet_length, numeric_precision, numeric_precision_radix, numeric_scale, datetime_precision, domain_schema, domain_name, udt_schema, udt_name, is_identity, identity_generation, identity_start, identity_increment, identity_maximum, identity_minimum, identity_cycle, is_generated, generation_expression, is_updatable from information_schema.columns where table_schema = 'public' order by 1, 3
select table_name, column_name, data_type, udt_name, is_nullable from information_schema.columns where table_schema = 'information_schema' and table_name = 'columns' order by ordinal_position
select constraint_name, table_name, constraint_type, is_deferrable, initially_deferred, enforced, nulls_distinct from information_schema.table_constraints where table_schema = 'public' and constraint_name !~ 'not_null' order by 1
select table_name, count(*) from information_schema.table_constraints where table_schema = 'public' and constraint_name ~ 'not_null' group by 1 order by 1
select constraint_name, table_name, column_name, ordinal_position, position_in_unique_constraint from information_schema.key_column_usage where table_schema = 'public' order by 1, 4
select constraint_name, table_name, column_name from information_schema.constraint_column_usage where constraint_schema = 'public' order by 1, 2, 3
select constraint_name, unique_constraint_name, match_option, update_rule, delete_rule from information_schema.referential_constraints where constraint_schema = 'public' order by 1
select constraint_name, check_clause from information_schema.check_constraints where constraint_schema = 'public' and constraint_name !~ 'not_null' order by 1
select table_name, view_definition, check_option, is_updatable, is_insertable_into from information_schema.views where table_schema = 'public' order by 1
select routine_name, routine_type, data_type, type_udt_name, routine_body, routine_definition, external_language, is_deterministic, is_null_call, security_type from information_schema.routines where routine_schema = 'public' and routine_name in ('add', 'noop', 'touch', 'org_rows') order by 1
select p.parameter_name, r.routine_name, ordinal_position, parameter_mode, p.data_type, p.udt_name, parameter_default from information_schema.parameters p join information_schema.routines r using (specific_name) where routine_schema = 'public' and routine_name in ('add', 'noop', 'touch', 'org_rows') order by 2, 3
select trigger_name, event_manipulation, event_object_table, action_order, action_condition, action_statement, action_orientation, action_timing from information_schema.triggers where trigger_schema = 'public' order by 1, 2
select grantee, table_name, privilege_type, is_grantable from information_schema.role_table_grants where table_schema = 'public' and table_name = 'orgs' order by 1, 3
select grantee, table_name, privilege_type from information_schema.table_privileges where table_schema = 'public' and grantee = 'anon' order by 2, 3
select grantee, table_name, column_name, privilege_type from information_schema.column_privileges where table_schema = 'public' and table_name = 'items' and grantee = 'anon' order by 3, 4
select grantee, routine_name, privilege_type from information_schema.routine_privileges where routine_schema = 'public' and routine_name in ('add', 'noop', 'touch', 'org_rows') and grantee in ('PUBLIC', 'anon') order by 2, 1
select sequence_name, data_type, start_value, minimum_value, maximum_value, increment, cycle_option from information_schema.sequences where sequence_schema = 'public' order by 1
select domain_name, data_type, udt_name from information_schema.domains where domain_schema = 'public'
select schema_name from information_schema.schemata where schema_name in ('public', 'auth', 'information_schema', 'pg_catalog') order by 1
/* anon */ select table_name from information_schema.tables where table_schema = 'public' order by 1
/* anon */ select column_name from information_schema.columns where table_schema = 'public' and table_name = 'items' order by 1
/* anon */ select policyname from pg_policies where schemaname = 'public' order by 1
/* anon */ select rolname from pg_authid
/* anon */ update pg_class set relname = 'x'
/* anon */ insert into information_schema.tables (table_name) values ('x')
select exists (select 1 from pg_publication_tables where pubname = 'app_changes' and schemaname = 'public' and tablename = 'orgs')
select jsonb_agg(t order by t.tablename) from (select tablename, rowsecurity from pg_tables where schemaname = 'public') t
select count(*) from pg_inherits
select c.relname, (select string_agg(a.attname, ',' order by u.o) from unnest(k.conkey) with ordinality u(n, o) join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.n) from pg_constraint k join pg_class c on c.oid = k.conrelid where k.contype = 'p' and k.connamespace = 'public'::regnamespace order by 1
select i.indkey[0], i.indkey[1], i.indkey[5] from pg_index i where indrelid = 'public.members'::regclass and indisprimary
select attname, atttypid = any ('{int,int8,int2}'::regtype[]) from pg_attribute where attrelid = 'public.orgs'::regclass and attnum > 0 order by attnum
select '{int,text}'::regtype[]::text, array['orgs'::regclass::oid] = '{orgs}'::regclass[]::oid[]
select a.attname from pg_attribute a where a.attrelid = '"public"."orgs"'::regclass::oid and a.attnum > 0 order by 1
select c.relname, a.grantee::regrole::text, a.privilege_type, a.is_grantable from pg_class c cross join lateral aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) as a where c.oid = 'public.orgs'::regclass order by 2, 3
select x.grantee::regrole::text, x.privilege_type from aclexplode(acldefault('f', 'postgres'::regrole)) x order by 1, 2
select * from public.table_names order by 1
