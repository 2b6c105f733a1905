-- What a Supabase project's own services bring beside auth and storage tables.
CREATE TABLE realtime.messages (
	topic text NOT NULL,
	extension text NOT NULL,
	payload jsonb,
	event text,
	private boolean DEFAULT false,
	updated_at timestamp NOT NULL DEFAULT now(),
	inserted_at timestamp NOT NULL DEFAULT now(),
	id uuid NOT NULL DEFAULT gen_random_uuid(),
	CONSTRAINT messages_pkey PRIMARY KEY (id, inserted_at)
);
ALTER TABLE realtime.messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE realtime.messages OWNER TO supabase_realtime_admin;
GRANT SELECT, INSERT, UPDATE ON realtime.messages TO postgres, anon, authenticated, service_role;
CREATE TABLE realtime.subscription (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	subscription_id uuid NOT NULL,
	entity regclass NOT NULL,
	claims jsonb NOT NULL,
	created_at timestamp NOT NULL DEFAULT now()
);
CREATE FUNCTION realtime.topic() RETURNS text LANGUAGE sql STABLE
AS $$ SELECT nullif(current_setting('realtime.topic', true), '')::text $$;
CREATE FUNCTION realtime.send(payload jsonb, event text, topic text, private boolean DEFAULT true)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO realtime.messages AS m (payload, event, topic, private, extension)
	VALUES ($1, $2, $3, $4, 'broadcast');
END $$;
CREATE FUNCTION realtime.broadcast_changes(topic_name text, event_name text, operation text,
	table_name text, table_schema text, new record, old record, level text DEFAULT 'ROW')
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM realtime.send(jsonb_build_object('schema', table_schema, 'table', table_name,
		'operation', operation, 'record', to_jsonb(new), 'old_record', to_jsonb(old)),
		event_name, topic_name);
END $$;
CREATE TABLE supabase_functions.hooks (
	id bigserial PRIMARY KEY,
	hook_table_id integer NOT NULL,
	hook_name text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	request_id bigint
);
CREATE TABLE supabase_functions.migrations (
	version text PRIMARY KEY,
	inserted_at timestamptz NOT NULL DEFAULT now()
);
CREATE FUNCTION supabase_functions.http_request() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
	url text := TG_ARGV[0];
	method text := TG_ARGV[1];
	headers jsonb := coalesce(nullif(TG_ARGV[2], 'null'), '{}')::jsonb;
	params jsonb := coalesce(nullif(TG_ARGV[3], 'null'), '{}')::jsonb;
	wait integer := coalesce(nullif(TG_ARGV[4], 'null'), '1000')::integer;
	request bigint;
BEGIN
	IF url IS NULL OR url = 'null' THEN
		RAISE EXCEPTION 'url argument is missing';
	END IF;
	IF method = 'POST' THEN
		request := net.http_post(url, jsonb_build_object('old_record', to_jsonb(OLD),
			'record', to_jsonb(NEW), 'type', TG_OP, 'table', TG_TABLE_NAME,
			'schema', TG_TABLE_SCHEMA), params, headers, wait);
	ELSIF method = 'GET' THEN
		request := net.http_get(url, params, headers, wait);
	ELSE
		RAISE EXCEPTION 'method argument % is invalid', method;
	END IF;
	INSERT INTO supabase_functions.hooks (hook_table_id, hook_name, request_id)
	VALUES (TG_RELID, TG_NAME, request);
	RETURN coalesce(NEW, OLD);
END $$;
