-- The lines of catalog.txt, from PostgreSQL's own catalogs after script.sql.
SELECT line FROM (
SELECT 'rel ' || n.nspname || '.' || relname || ' ' || relkind::text || ' ' || relrowsecurity::text || ' ' || relforcerowsecurity::text AS line
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('r', 'v', 'S', 'c')
AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
UNION ALL
SELECT 'con ' || n.nspname || '.' || relname || ' ' || conname || ' ' || contype::text || ' ' ||
	CASE WHEN contype = 'c' THEN '-' ELSE (SELECT string_agg(attname, ',' ORDER BY o) FROM unnest(conkey) WITH ORDINALITY k (a, o)
	JOIN pg_attribute ON attrelid = conrelid AND attnum = a) END || ' ' || condeferrable::text || ' ' || condeferred::text || ' ' ||
	convalidated::text || CASE WHEN contype = 'f' THEN ' ' || confupdtype::text || confdeltype::text || confmatchtype::text ELSE '' END
FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid JOIN pg_namespace n ON n.oid = relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
UNION ALL
SELECT 'idx ' || n.nspname || '.' || t.relname || ' ' || c.relname || ' ' || indisunique::text || ' ' || amname || ' ' || indnkeyatts || '/' || indnatts || ' ' || (indpred IS NOT NULL)::text
FROM pg_index i JOIN pg_class c ON c.oid = indexrelid JOIN pg_class t ON t.oid = indrelid JOIN pg_am am ON am.oid = c.relam
JOIN pg_namespace n ON n.oid = t.relnamespace WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
UNION ALL
SELECT 'col ' || n.nspname || '.' || relname || ' ' || attname || ' ' || typname || ' ' || atttypmod || ' ' || attnotnull::text || ' ' ||
	coalesce(nullif(attidentity::text || attgenerated::text, ''), '-') || ' ' || (d.oid IS NOT NULL)::text
FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_type t ON t.oid = atttypid JOIN pg_namespace n ON n.oid = relnamespace
LEFT JOIN pg_attrdef d ON adrelid = attrelid AND adnum = attnum
WHERE relkind IN ('r', 'v', 'c') AND attnum > 0 AND NOT attisdropped AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
UNION ALL
SELECT 'acl ' || n.nspname || '.' || relname || ' ' || CASE WHEN grantee = 0 THEN 'public' WHEN grantee = relowner THEN 'owner' ELSE grantee::regrole::text END || ' ' ||
	lower(privilege_type) || ' ' || is_grantable::text
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace, aclexplode(relacl)
WHERE relkind IN ('r', 'v', 'S') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
UNION ALL
SELECT 'upd ' || n.nspname || '.' || relname || ' ' || (pg_relation_is_updatable(c.oid, false) & 8 > 0)::text || ' ' ||
	(pg_relation_is_updatable(c.oid, false) & 4 > 0)::text || ' ' || (pg_relation_is_updatable(c.oid, false) & 16 > 0)::text
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'v' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
) lines ORDER BY line COLLATE "C";
