-- What stands before the tables of bootstrap.sql on a PostgreSQL server: roles,
-- schemas, types, extensions and the functions that policies call. Each step
-- does nothing where its object exists, so that a database which Supabase's own
-- services made stays as it is. Needs CREATEROLE and CREATE on the database;
-- only the attributes SUPERUSER and BYPASSRLS of new roles need a superuser.

DO $prelude$
DECLARE
	is_super boolean := (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
	r record;
BEGIN
	FOR r IN SELECT * FROM (VALUES
		('anon', 'NOLOGIN'),
		('authenticated', 'NOLOGIN'),
		('service_role', 'NOLOGIN BYPASSRLS'),
		('authenticator', 'LOGIN NOINHERIT'),
		('postgres', 'LOGIN CREATEROLE CREATEDB BYPASSRLS'),
		('dashboard_user', 'NOLOGIN CREATEROLE CREATEDB'),
		('supabase_admin', 'LOGIN CREATEROLE CREATEDB BYPASSRLS SUPERUSER'),
		('supabase_auth_admin', 'LOGIN NOINHERIT CREATEROLE'),
		('supabase_storage_admin', 'LOGIN NOINHERIT CREATEROLE'),
		('supabase_realtime_admin', 'NOLOGIN NOINHERIT'),
		('supabase_functions_admin', 'LOGIN NOINHERIT CREATEROLE'),
		('supabase_read_only_user', 'LOGIN BYPASSRLS')
	) AS wanted (name, attributes)
	WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted.name)
	LOOP
		IF r.name = 'service_role' AND NOT is_super THEN
			RAISE insufficient_privilege USING
				MESSAGE = 'role "service_role" is missing and needs BYPASSRLS',
				HINT = 'A superuser must run once: CREATE ROLE service_role NOLOGIN BYPASSRLS';
		END IF;
		-- Another session may be doing the same.
		BEGIN
			EXECUTE format('CREATE ROLE %I %s', r.name, CASE WHEN is_super THEN r.attributes
				ELSE replace(replace(r.attributes, 'BYPASSRLS', ''), 'SUPERUSER', '') END);
		EXCEPTION WHEN duplicate_object OR unique_violation THEN
			NULL;
		END;
	END LOOP;

	FOR r IN SELECT * FROM (VALUES
		('anon', 'authenticator'), ('authenticated', 'authenticator'), ('service_role', 'authenticator'),
		('anon', 'postgres'), ('authenticated', 'postgres'), ('service_role', 'postgres'),
		('supabase_auth_admin', 'postgres'), ('supabase_storage_admin', 'postgres'),
		('supabase_realtime_admin', 'postgres'), ('authenticator', 'supabase_storage_admin')
	) AS membership (role, member)
	WHERE NOT EXISTS (SELECT FROM pg_auth_members m
		WHERE m.roleid = (SELECT oid FROM pg_roles WHERE rolname = membership.role)
		AND m.member = (SELECT oid FROM pg_roles WHERE rolname = membership.member))
	LOOP
		BEGIN
			EXECUTE format('GRANT %I TO %I', r.role, r.member);
		EXCEPTION WHEN unique_violation OR invalid_grant_operation THEN
			NULL;
		END;
	END LOOP;

	-- The tables are made as their services' roles.
	IF NOT is_super THEN
		FOR r IN SELECT unnest(ARRAY['supabase_auth_admin', 'supabase_storage_admin', 'postgres']) AS name LOOP
			IF NOT pg_has_role(current_user, r.name, 'MEMBER') THEN
				EXECUTE format('GRANT %I TO current_user', r.name);
			END IF;
		END LOOP;
	END IF;
END
$prelude$;

CREATE SCHEMA IF NOT EXISTS public;
CREATE SCHEMA IF NOT EXISTS extensions;
CREATE SCHEMA IF NOT EXISTS auth;
CREATE SCHEMA IF NOT EXISTS storage;
CREATE SCHEMA IF NOT EXISTS realtime;
CREATE SCHEMA IF NOT EXISTS graphql_public;
CREATE SCHEMA IF NOT EXISTS vault;
CREATE SCHEMA IF NOT EXISTS supabase_functions;
CREATE SCHEMA IF NOT EXISTS supabase_migrations;
CREATE SCHEMA IF NOT EXISTS bedplate;

DO $grants$
DECLARE
	s text;
	kind text;
BEGIN
	FOREACH s IN ARRAY ARRAY['public', 'extensions', 'auth', 'storage', 'realtime', 'graphql_public', 'supabase_functions'] LOOP
		EXECUTE format('GRANT USAGE ON SCHEMA %I TO postgres, anon, authenticated, service_role', s);
	END LOOP;
	GRANT USAGE ON SCHEMA vault TO postgres, service_role;
	GRANT ALL ON SCHEMA public, extensions, supabase_migrations TO postgres;
	GRANT ALL ON SCHEMA auth TO postgres, dashboard_user, supabase_auth_admin;
	GRANT ALL ON SCHEMA bedplate TO supabase_auth_admin;
	GRANT ALL ON SCHEMA storage TO postgres, dashboard_user, supabase_storage_admin;
	GRANT ALL ON SCHEMA realtime TO supabase_realtime_admin;
	FOREACH kind IN ARRAY ARRAY['TABLES', 'SEQUENCES', 'FUNCTIONS'] LOOP
		FOREACH s IN ARRAY ARRAY['public', 'storage'] LOOP
			EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA %I GRANT ALL ON %s TO postgres, anon, authenticated, service_role', s, kind);
			-- What the connected user makes is exposed alike.
			EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT ALL ON %s TO postgres, anon, authenticated, service_role', s, kind);
		END LOOP;
	END LOOP;
EXCEPTION WHEN insufficient_privilege THEN
	RAISE insufficient_privilege USING MESSAGE = 'cannot grant the schemas of the project: ' || SQLERRM,
		HINT = 'Connect as the owner of the database, or let it run `bedplate migrate` once.';
END
$grants$;

DO $extensions$
DECLARE
	e text;
BEGIN
	FOREACH e IN ARRAY ARRAY['pgcrypto', 'uuid-ossp'] LOOP
		BEGIN
			EXECUTE format('CREATE EXTENSION IF NOT EXISTS %I WITH SCHEMA extensions', e);
		EXCEPTION WHEN undefined_file OR feature_not_supported OR insufficient_privilege THEN
			RAISE NOTICE 'extension % is not available here', e;
		END;
	END LOOP;
	IF NOT EXISTS (SELECT FROM pg_publication WHERE pubname = 'supabase_realtime') THEN
		BEGIN
			CREATE PUBLICATION supabase_realtime;
		EXCEPTION WHEN insufficient_privilege THEN
			RAISE NOTICE 'publication supabase_realtime needs CREATE on the database';
		END;
	END IF;
END
$extensions$;

DO $types$
DECLARE
	r record;
BEGIN
	FOR r IN SELECT * FROM (VALUES
		('auth', 'aal_level', 'aal1,aal2,aal3', 'supabase_auth_admin'),
		('auth', 'code_challenge_method', 's256,plain', 'supabase_auth_admin'),
		('auth', 'factor_status', 'unverified,verified', 'supabase_auth_admin'),
		('auth', 'factor_type', 'totp,webauthn,phone', 'supabase_auth_admin'),
		('auth', 'oauth_authorization_status', 'pending,approved,denied,expired', 'supabase_auth_admin'),
		('auth', 'oauth_client_type', 'public,confidential', 'supabase_auth_admin'),
		('auth', 'oauth_registration_type', 'dynamic,manual', 'supabase_auth_admin'),
		('auth', 'oauth_response_type', 'code', 'supabase_auth_admin'),
		('auth', 'one_time_token_type', 'confirmation_token,reauthentication_token,recovery_token,'
			'email_change_token_new,email_change_token_current,phone_change_token', 'supabase_auth_admin'),
		('storage', 'buckettype', 'STANDARD,ANALYTICS,VECTOR', 'supabase_storage_admin')
	) AS wanted (schema, name, labels, owner)
	WHERE to_regtype(format('%I.%I', wanted.schema, wanted.name)) IS NULL
	LOOP
		EXECUTE format('CREATE TYPE %I.%I AS ENUM (%s)', r.schema, r.name,
			(SELECT string_agg(quote_literal(l), ', ' ORDER BY n)
			 FROM unnest(string_to_array(r.labels, ',')) WITH ORDINALITY AS labels (l, n)));
		EXECUTE format('ALTER TYPE %I.%I OWNER TO %I', r.schema, r.name, r.owner);
	END LOOP;
END
$types$;

DO $functions$
DECLARE
	r record;
BEGIN
	FOR r IN SELECT * FROM (VALUES
		('auth.uid()', 'uuid', 'sub'), ('auth.role()', 'text', 'role'), ('auth.email()', 'text', 'email')
	) AS wanted (name, result, claim)
	WHERE to_regprocedure(wanted.name) IS NULL
	LOOP
		EXECUTE format('CREATE FUNCTION %s RETURNS %s LANGUAGE sql STABLE AS %L', r.name, r.result, format(
			$sql$ SELECT coalesce(nullif(current_setting('request.jwt.claim.%1$s', true), ''),
				nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> '%1$s')::%2$s $sql$, r.claim, r.result));
		EXECUTE format('ALTER FUNCTION %s OWNER TO supabase_auth_admin', r.name);
	END LOOP;
	IF to_regprocedure('auth.jwt()') IS NULL THEN
		CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS $sql$
			SELECT coalesce(nullif(current_setting('request.jwt.claim', true), ''),
				nullif(current_setting('request.jwt.claims', true), ''))::jsonb $sql$;
		ALTER FUNCTION auth.jwt() OWNER TO supabase_auth_admin;
	END IF;
	IF to_regprocedure('storage.foldername(text)') IS NULL THEN
		CREATE FUNCTION storage.foldername(name text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $sql$
			SELECT parts[1 : array_length(parts, 1) - 1] FROM (SELECT string_to_array(name, '/') AS parts) p $sql$;
		ALTER FUNCTION storage.foldername(text) OWNER TO supabase_storage_admin;
	END IF;
	IF to_regprocedure('storage.filename(text)') IS NULL THEN
		CREATE FUNCTION storage.filename(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $sql$
			SELECT parts[array_length(parts, 1)] FROM (SELECT string_to_array(name, '/') AS parts) p $sql$;
		ALTER FUNCTION storage.filename(text) OWNER TO supabase_storage_admin;
	END IF;
	IF to_regprocedure('storage.extension(text)') IS NULL THEN
		CREATE FUNCTION storage.extension(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $sql$
			SELECT reverse(split_part(reverse(storage.filename(name)), '.', 1)) $sql$;
		ALTER FUNCTION storage.extension(text) OWNER TO supabase_storage_admin;
	END IF;
END
$functions$;
