-- pgmq: a queue is a table.
GRANT USAGE ON SCHEMA pgmq TO postgres;
CREATE TABLE IF NOT EXISTS pgmq.meta (
	queue_name text NOT NULL PRIMARY KEY,
	is_partitioned boolean NOT NULL DEFAULT false,
	is_unlogged boolean NOT NULL DEFAULT false,
	created_at timestamptz NOT NULL DEFAULT now()
);
GRANT ALL ON pgmq.meta TO postgres, service_role;
CREATE TYPE pgmq.message_record AS (
	msg_id bigint, read_ct integer, enqueued_at timestamptz, vt timestamptz, message jsonb
);
CREATE OR REPLACE FUNCTION pgmq.create(queue_name text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TABLE IF NOT EXISTS pgmq.%I (
		msg_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		read_ct integer NOT NULL DEFAULT 0,
		enqueued_at timestamptz NOT NULL DEFAULT now(),
		vt timestamptz NOT NULL,
		message jsonb)', 'q_' || lower(queue_name));
	EXECUTE format('CREATE TABLE IF NOT EXISTS pgmq.%I (
		msg_id bigint PRIMARY KEY,
		read_ct integer NOT NULL DEFAULT 0,
		enqueued_at timestamptz NOT NULL DEFAULT now(),
		archived_at timestamptz NOT NULL DEFAULT now(),
		vt timestamptz NOT NULL,
		message jsonb)', 'a_' || lower(queue_name));
	INSERT INTO pgmq.meta AS m (queue_name) VALUES ($1) ON CONFLICT DO NOTHING;
END $$;
CREATE OR REPLACE FUNCTION pgmq.create_unlogged(queue_name text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pgmq.create(queue_name);
END $$;
CREATE OR REPLACE FUNCTION pgmq.drop_queue(queue_name text) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('DROP TABLE IF EXISTS pgmq.%I', 'q_' || lower(queue_name));
	EXECUTE format('DROP TABLE IF EXISTS pgmq.%I', 'a_' || lower(queue_name));
	DELETE FROM pgmq.meta m WHERE m.queue_name = $1;
	RETURN FOUND;
END $$;
CREATE OR REPLACE FUNCTION pgmq.send(queue_name text, msg jsonb, delay integer DEFAULT 0)
RETURNS SETOF bigint LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('INSERT INTO pgmq.%I (vt, message)
		VALUES (clock_timestamp() + $2 * interval ''1 second'', $1) RETURNING msg_id',
		'q_' || lower(queue_name)) USING msg, delay;
END $$;
CREATE OR REPLACE FUNCTION pgmq.send_batch(queue_name text, msgs jsonb[], delay integer DEFAULT 0)
RETURNS SETOF bigint LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('INSERT INTO pgmq.%I (vt, message)
		SELECT clock_timestamp() + $2 * interval ''1 second'', m FROM unnest($1) AS m
		RETURNING msg_id', 'q_' || lower(queue_name)) USING msgs, delay;
END $$;
CREATE OR REPLACE FUNCTION pgmq.read(queue_name text, vt integer, qty integer)
RETURNS SETOF pgmq.message_record LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('UPDATE pgmq.%I AS q
		SET vt = clock_timestamp() + $1 * interval ''1 second'', read_ct = q.read_ct + 1
		WHERE q.msg_id IN (SELECT m.msg_id FROM pgmq.%I m WHERE m.vt <= clock_timestamp()
			ORDER BY m.msg_id LIMIT $2)
		RETURNING q.msg_id, q.read_ct, q.enqueued_at, q.vt, q.message',
		'q_' || lower(queue_name), 'q_' || lower(queue_name)) USING vt, qty;
END $$;
CREATE OR REPLACE FUNCTION pgmq.pop(queue_name text)
RETURNS SETOF pgmq.message_record LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('DELETE FROM pgmq.%I AS q
		WHERE q.msg_id IN (SELECT m.msg_id FROM pgmq.%I m WHERE m.vt <= clock_timestamp()
			ORDER BY m.msg_id LIMIT 1)
		RETURNING q.msg_id, q.read_ct, q.enqueued_at, q.vt, q.message',
		'q_' || lower(queue_name), 'q_' || lower(queue_name));
END $$;
CREATE OR REPLACE FUNCTION pgmq.delete(queue_name text, msg_id bigint) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
BEGIN
	EXECUTE format('DELETE FROM pgmq.%I AS q WHERE q.msg_id = $1', 'q_' || lower(queue_name))
		USING msg_id;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n > 0;
END $$;
CREATE OR REPLACE FUNCTION pgmq.delete(queue_name text, msg_ids bigint[]) RETURNS SETOF bigint
LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE format('DELETE FROM pgmq.%I AS q WHERE q.msg_id = ANY ($1)
		RETURNING q.msg_id', 'q_' || lower(queue_name)) USING msg_ids;
END $$;
CREATE OR REPLACE FUNCTION pgmq.archive(queue_name text, msg_id bigint) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
BEGIN
	EXECUTE format('INSERT INTO pgmq.%I (msg_id, read_ct, enqueued_at, vt, message)
		SELECT q.msg_id, q.read_ct, q.enqueued_at, q.vt, q.message
		FROM pgmq.%I q WHERE q.msg_id = $1',
		'a_' || lower(queue_name), 'q_' || lower(queue_name)) USING msg_id;
	EXECUTE format('DELETE FROM pgmq.%I AS q WHERE q.msg_id = $1', 'q_' || lower(queue_name))
		USING msg_id;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n > 0;
END $$;
CREATE OR REPLACE FUNCTION pgmq.purge_queue(queue_name text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
BEGIN
	EXECUTE format('DELETE FROM pgmq.%I', 'q_' || lower(queue_name));
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n;
END $$;
CREATE OR REPLACE FUNCTION pgmq.list_queues() RETURNS SETOF pgmq.meta
LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY SELECT m.* FROM pgmq.meta m;
END $$;
