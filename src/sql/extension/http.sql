-- http: declared so that what calls it can be kept; nothing is sent from SQL.
CREATE DOMAIN http_method AS text;
CREATE DOMAIN content_type AS text CHECK (VALUE ~ '^\S+\/\S+');
CREATE TYPE http_header AS (field varchar, value varchar);
CREATE TYPE http_response AS (
	status integer, content_type varchar, headers http_header[], content varchar
);
CREATE TYPE http_request AS (
	method http_method, uri varchar, headers http_header[], content_type varchar, content varchar
);
CREATE FUNCTION http_header(field varchar, value varchar) RETURNS http_header
LANGUAGE sql AS $$ SELECT $1, $2 $$;
CREATE FUNCTION http(request http_request) RETURNS http_response LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'HTTP requests are not sent from SQL on this engine'
		USING ERRCODE = '0A000', HINT = 'Queue it with net.http_post() instead.';
END $$;
CREATE FUNCTION http_get(uri varchar) RETURNS http_response LANGUAGE sql
AS $$ SELECT http(('GET', $1, NULL, NULL, NULL)::http_request) $$;
CREATE FUNCTION http_get(uri varchar, data jsonb) RETURNS http_response LANGUAGE sql
AS $$ SELECT http(('GET', $1, NULL, NULL, NULL)::http_request) $$;
CREATE FUNCTION http_head(uri varchar) RETURNS http_response LANGUAGE sql
AS $$ SELECT http(('HEAD', $1, NULL, NULL, NULL)::http_request) $$;
CREATE FUNCTION http_post(uri varchar, content varchar, content_type varchar) RETURNS http_response
LANGUAGE sql AS $$ SELECT http(('POST', $1, NULL, $3, $2)::http_request) $$;
CREATE FUNCTION http_post(uri varchar, data jsonb) RETURNS http_response LANGUAGE sql
AS $$ SELECT http(('POST', $1, NULL, 'application/x-www-form-urlencoded', NULL)::http_request) $$;
CREATE FUNCTION http_put(uri varchar, content varchar, content_type varchar) RETURNS http_response
LANGUAGE sql AS $$ SELECT http(('PUT', $1, NULL, $3, $2)::http_request) $$;
CREATE FUNCTION http_patch(uri varchar, content varchar, content_type varchar)
RETURNS http_response
LANGUAGE sql AS $$ SELECT http(('PATCH', $1, NULL, $3, $2)::http_request) $$;
CREATE FUNCTION http_delete(uri varchar) RETURNS http_response LANGUAGE sql
AS $$ SELECT http(('DELETE', $1, NULL, NULL, NULL)::http_request) $$;
CREATE FUNCTION http_set_curlopt(curlopt varchar, value varchar) RETURNS boolean LANGUAGE sql
AS $$ SELECT true $$;
CREATE FUNCTION http_reset_curlopt() RETURNS boolean LANGUAGE sql AS $$ SELECT true $$;
