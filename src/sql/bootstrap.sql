-- The tables of auth and storage as upstream's services make them, and who may
-- do what. Runs on every engine, and again on a database that has them.

SET ROLE supabase_auth_admin;
SET search_path = auth, public, extensions;

CREATE TABLE IF NOT EXISTS auth.audit_log_entries (
	instance_id uuid,
	id uuid NOT NULL,
	payload json,
	created_at timestamptz,
	ip_address varchar(64) NOT NULL DEFAULT '',
	CONSTRAINT audit_log_entries_pkey PRIMARY KEY (id)
);
CREATE INDEX IF NOT EXISTS audit_logs_instance_id_idx ON auth.audit_log_entries (instance_id);
ALTER TABLE auth.audit_log_entries ENABLE ROW LEVEL SECURITY;

CREATE TABLE IF NOT EXISTS auth.flow_state (
	id uuid NOT NULL,
	user_id uuid,
	auth_code text,
	code_challenge_method auth.code_challenge_method,
	code_challenge text,
	provider_type text NOT NULL,
	provider_access_token text,
	provider_refresh_token text,
	created_at timestamptz,
	updated_at timestamptz,
	authentication_method text NOT NULL,
	auth_code_issued_at timestamptz,
	invite_token text,
	referrer text,
	oauth_client_state_id uuid,
	linking_target_id uuid,
	email_optional boolean NOT NULL DEFAULT false,
	CONSTRAINT flow_state_pkey PRIMARY KEY (id)
);
CREATE INDEX IF NOT EXISTS flow_state_created_at_idx ON auth.flow_state (created_at DESC);
CREATE INDEX IF NOT EXISTS idx_auth_code ON auth.flow_state (auth_code);
CREATE INDEX IF NOT EXISTS idx_user_id_auth_method ON auth.flow_state (user_id, authentication_method);
ALTER TABLE auth.flow_state ENABLE ROW LEVEL SECURITY;

CREATE TABLE IF NOT EXISTS auth.instances (
	id uuid NOT NULL,
	uuid uuid,
	raw_base_config text,
	created_at timestamptz,
	updated_at timestamptz,
	CONSTRAINT instances_pkey PRIMARY KEY (id)
);
ALTER TABLE auth.instances ENABLE ROW LEVEL SECURITY;

CREATE TABLE IF NOT EXISTS auth.oauth_client_states (
	id uuid NOT NULL,
	provider_type text NOT NULL,
	code_verifier text,
	created_at timestamptz NOT NULL,
	CONSTRAINT oauth_client_states_pkey PRIMARY KEY (id)
);
CREATE INDEX IF NOT EXISTS idx_oauth_client_states_created_at ON auth.oauth_client_states (created_at);

CREATE TABLE IF NOT EXISTS auth.oauth_clients (
	id uuid NOT NULL,
	client_secret_hash text,
	registration_type auth.oauth_registration_type NOT NULL,
	redirect_uris text NOT NULL,
	grant_types text NOT NULL,
	client_name text,
	client_uri text,
	logo_uri text,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	deleted_at timestamptz,
	client_type auth.oauth_client_type NOT NULL DEFAULT 'confidential'::auth.oauth_client_type,
	token_endpoint_auth_method text NOT NULL,
	CONSTRAINT oauth_clients_pkey PRIMARY KEY (id),
	CONSTRAINT oauth_clients_client_name_length CHECK ((char_length(client_name) <= 1024)),
	CONSTRAINT oauth_clients_client_uri_length CHECK ((char_length(client_uri) <= 2048)),
	CONSTRAINT oauth_clients_logo_uri_length CHECK ((char_length(logo_uri) <= 2048)),
	CONSTRAINT oauth_clients_token_endpoint_auth_method_check CHECK ((token_endpoint_auth_method = ANY (ARRAY['client_secret_basic', 'client_secret_post', 'none'])))
);
CREATE INDEX IF NOT EXISTS oauth_clients_deleted_at_idx ON auth.oauth_clients (deleted_at);

CREATE TABLE IF NOT EXISTS auth.schema_migrations (
	version varchar(255) NOT NULL,
	CONSTRAINT schema_migrations_pkey PRIMARY KEY (version)
);
ALTER TABLE auth.schema_migrations ENABLE ROW LEVEL SECURITY;

CREATE TABLE IF NOT EXISTS auth.sso_providers (
	id uuid NOT NULL,
	resource_id text,
	created_at timestamptz,
	updated_at timestamptz,
	disabled boolean,
	CONSTRAINT sso_providers_pkey PRIMARY KEY (id),
	CONSTRAINT "resource_id not empty" CHECK (((resource_id = NULL::text) OR (char_length(resource_id) > 0)))
);
CREATE UNIQUE INDEX IF NOT EXISTS sso_providers_resource_id_idx ON auth.sso_providers (lower(resource_id));
CREATE INDEX IF NOT EXISTS sso_providers_resource_id_pattern_idx ON auth.sso_providers (resource_id text_pattern_ops);
ALTER TABLE auth.sso_providers ENABLE ROW LEVEL SECURITY;

CREATE TABLE IF NOT EXISTS auth.users (
	instance_id uuid,
	id uuid NOT NULL,
	aud varchar(255),
	role varchar(255),
	email varchar(255),
	encrypted_password varchar(255),
	email_confirmed_at timestamptz,
	invited_at timestamptz,
	confirmation_token varchar(255),
	confirmation_sent_at timestamptz,
	recovery_token varchar(255),
	recovery_sent_at timestamptz,
	email_change_token_new varchar(255),
	email_change varchar(255),
	email_change_sent_at timestamptz,
	last_sign_in_at timestamptz,
	raw_app_meta_data jsonb,
	raw_user_meta_data jsonb,
	is_super_admin boolean,
	created_at timestamptz,
	updated_at timestamptz,
	phone text DEFAULT NULL,
	phone_confirmed_at timestamptz,
	phone_change text DEFAULT '',
	phone_change_token varchar(255) DEFAULT '',
	phone_change_sent_at timestamptz,
	confirmed_at timestamptz GENERATED ALWAYS AS (LEAST(email_confirmed_at, phone_confirmed_at)) STORED,
	email_change_token_current varchar(255) DEFAULT '',
	email_change_confirm_status smallint DEFAULT 0,
	banned_until timestamptz,
	reauthentication_token varchar(255) DEFAULT '',
	reauthentication_sent_at timestamptz,
	is_sso_user boolean NOT NULL DEFAULT false,
	deleted_at timestamptz,
	is_anonymous boolean NOT NULL DEFAULT false,
	CONSTRAINT users_pkey PRIMARY KEY (id),
	CONSTRAINT users_phone_key UNIQUE (phone),
	CONSTRAINT users_email_change_confirm_status_check CHECK (((email_change_confirm_status >= 0) AND (email_change_confirm_status <= 2)))
);
CREATE UNIQUE INDEX IF NOT EXISTS confirmation_token_idx ON auth.users (confirmation_token) WHERE (confirmation_token !~ '^[0-9 ]*$');
CREATE UNIQUE INDEX IF NOT EXISTS email_change_token_current_idx ON auth.users (email_change_token_current) WHERE (email_change_token_current !~ '^[0-9 ]*$');
CREATE UNIQUE INDEX IF NOT EXISTS email_change_token_new_idx ON auth.users (email_change_token_new) WHERE (email_change_token_new !~ '^[0-9 ]*$');
CREATE UNIQUE INDEX IF NOT EXISTS reauthentication_token_idx ON auth.users (reauthentication_token) WHERE (reauthentication_token !~ '^[0-9 ]*$');
CREATE UNIQUE INDEX IF NOT EXISTS recovery_token_idx ON auth.users (recovery_token) WHERE (recovery_token !~ '^[0-9 ]*$');
CREATE UNIQUE INDEX IF NOT EXISTS users_email_partial_key ON auth.users (email) WHERE (is_sso_user = false);
CREATE INDEX IF NOT EXISTS users_instance_id_email_idx ON auth.users (instance_id, lower(email));
CREATE INDEX IF NOT EXISTS users_instance_id_idx ON auth.users (instance_id);
CREATE INDEX IF NOT EXISTS users_is_anonymous_idx ON auth.users (is_anonymous);
ALTER TABLE auth.users ENABLE ROW LEVEL SECURITY;

CREATE TABLE IF NOT EXISTS auth.identities (
	provider_id text NOT NULL,
	user_id uuid NOT NULL,
	identity_data jsonb NOT NULL,
	provider text NOT NULL,
	last_sign_in_at timestamptz,
	created_at timestamptz,
	updated_at timestamptz,
	email text GENERATED ALWAYS AS (lower((identity_data ->> 'email'))) STORED,
	id uuid NOT NULL DEFAULT gen_random_uuid(),
	CONSTRAINT identities_pkey PRIMARY KEY (id),
	CONSTRAINT identities_provider_id_provider_unique UNIQUE (provider_id, provider),
	CONSTRAINT identities_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS identities_email_idx ON auth.identities (email text_pattern_ops);
CREATE INDEX IF NOT EXISTS identities_user_id_idx ON auth.identities (user_id);
ALTER TABLE auth.identities ENABLE ROW LEVEL SECURITY;

CREATE TABLE IF NOT EXISTS auth.mfa_factors (
	id uuid NOT NULL,
	user_id uuid NOT NULL,
	friendly_name text,
	factor_type auth.factor_type NOT NULL,
	status auth.factor_status NOT NULL,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	secret text,
	phone text,
	last_challenged_at timestamptz,
	web_authn_credential jsonb,
	web_authn_aaguid uuid,
	last_webauthn_challenge_data jsonb,
	CONSTRAINT mfa_factors_pkey PRIMARY KEY (id),
	CONSTRAINT mfa_factors_last_challenged_at_key UNIQUE (last_challenged_at),
	CONSTRAINT mfa_factors_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS factor_id_created_at_idx ON auth.mfa_factors (user_id, created_at);
CREATE UNIQUE INDEX IF NOT EXISTS mfa_factors_user_friendly_name_unique ON auth.mfa_factors (friendly_name, user_id) WHERE (TRIM(BOTH FROM friendly_name) <> '');
CREATE INDEX IF NOT EXISTS mfa_factors_user_id_idx ON auth.mfa_factors (user_id);
CREATE UNIQUE INDEX IF NOT EXISTS unique_phone_factor_per_user ON auth.mfa_factors (user_id, phone);
ALTER TABLE auth.mfa_factors ENABLE ROW LEVEL SECURITY;

CREATE TABLE IF NOT EXISTS auth.oauth_authorizations (
	id uuid NOT NULL,
	authorization_id text NOT NULL,
	client_id uuid NOT NULL,
	user_id uuid,
	redirect_uri text NOT NULL,
	scope text NOT NULL,
	state text,
	resource text,
	code_challenge text,
	code_challenge_method auth.code_challenge_method,
	response_type auth.oauth_response_type NOT NULL DEFAULT 'code'::auth.oauth_response_type,
	status auth.oauth_authorization_status NOT NULL DEFAULT 'pending'::auth.oauth_authorization_status,
	authorization_code text,
	created_at timestamptz NOT NULL DEFAULT now(),
	expires_at timestamptz NOT NULL DEFAULT (now() + '00:03:00'::interval),
	approved_at timestamptz,
	nonce text,
	CONSTRAINT oauth_authorizations_pkey PRIMARY KEY (id),
	CONSTRAINT oauth_authorizations_authorization_code_key UNIQUE (authorization_code),
	CONSTRAINT oauth_authorizations_authorization_id_key UNIQUE (authorization_id),
	CONSTRAINT oauth_authorizations_client_id_fkey FOREIGN KEY (client_id) REFERENCES auth.oauth_clients(id) ON DELETE CASCADE,
	CONSTRAINT oauth_authorizations_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE,
	CONSTRAINT oauth_authorizations_authorization_code_length CHECK ((char_length(authorization_code) <= 255)),
	CONSTRAINT oauth_authorizations_code_challenge_length CHECK ((char_length(code_challenge) <= 128)),
	CONSTRAINT oauth_authorizations_expires_at_future CHECK ((expires_at > created_at)),
	CONSTRAINT oauth_authorizations_nonce_length CHECK ((char_length(nonce) <= 255)),
	CONSTRAINT oauth_authorizations_redirect_uri_length CHECK ((char_length(redirect_uri) <= 2048)),
	CONSTRAINT oauth_authorizations_resource_length CHECK ((char_length(resource) <= 2048)),
	CONSTRAINT oauth_authorizations_scope_length CHECK ((char_length(scope) <= 4096)),
	CONSTRAINT oauth_authorizations_state_length CHECK ((char_length(state) <= 4096))
);
CREATE INDEX IF NOT EXISTS oauth_auth_pending_exp_idx ON auth.oauth_authorizations (expires_at) WHERE (status = 'pending'::auth.oauth_authorization_status);

CREATE TABLE IF NOT EXISTS auth.oauth_consents (
	id uuid NOT NULL,
	user_id uuid NOT NULL,
	client_id uuid NOT NULL,
	scopes text NOT NULL,
	granted_at timestamptz NOT NULL DEFAULT now(),
	revoked_at timestamptz,
	CONSTRAINT oauth_consents_pkey PRIMARY KEY (id),
	CONSTRAINT oauth_consents_user_client_unique UNIQUE (user_id, client_id),
	CONSTRAINT oauth_consents_client_id_fkey FOREIGN KEY (client_id) REFERENCES auth.oauth_clients(id) ON DELETE CASCADE,
	CONSTRAINT oauth_consents_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE,
	CONSTRAINT oauth_consents_revoked_after_granted CHECK (((revoked_at IS NULL) OR (revoked_at >= granted_at))),
	CONSTRAINT oauth_consents_scopes_length CHECK ((char_length(scopes) <= 2048)),
	CONSTRAINT oauth_consents_scopes_not_empty CHECK ((char_length(TRIM(BOTH FROM scopes)) > 0))
);
CREATE INDEX IF NOT EXISTS oauth_consents_active_client_idx ON auth.oauth_consents (client_id) WHERE (revoked_at IS NULL);
CREATE INDEX IF NOT EXISTS oauth_consents_active_user_client_idx ON auth.oauth_consents (user_id, client_id) WHERE (revoked_at IS NULL);
CREATE INDEX IF NOT EXISTS oauth_consents_user_order_idx ON auth.oauth_consents (user_id, granted_at DESC);

CREATE TABLE IF NOT EXISTS auth.one_time_tokens (
	id uuid NOT NULL,
	user_id uuid NOT NULL,
	token_type auth.one_time_token_type NOT NULL,
	token_hash text NOT NULL,
	relates_to text NOT NULL,
	created_at timestamp NOT NULL DEFAULT now(),
	updated_at timestamp NOT NULL DEFAULT now(),
	CONSTRAINT one_time_tokens_pkey PRIMARY KEY (id),
	CONSTRAINT one_time_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE,
	CONSTRAINT one_time_tokens_token_hash_check CHECK ((char_length(token_hash) > 0))
);
CREATE INDEX IF NOT EXISTS one_time_tokens_relates_to_hash_idx ON auth.one_time_tokens USING hash (relates_to);
CREATE INDEX IF NOT EXISTS one_time_tokens_token_hash_hash_idx ON auth.one_time_tokens USING hash (token_hash);
CREATE UNIQUE INDEX IF NOT EXISTS one_time_tokens_user_id_token_type_key ON auth.one_time_tokens (user_id, token_type);
ALTER TABLE auth.one_time_tokens ENABLE ROW LEVEL SECURITY;

CREATE TABLE IF NOT EXISTS auth.saml_providers (
	id uuid NOT NULL,
	sso_provider_id uuid NOT NULL,
	entity_id text NOT NULL,
	metadata_xml text NOT NULL,
	metadata_url text,
	attribute_mapping jsonb,
	created_at timestamptz,
	updated_at timestamptz,
	name_id_format text,
	CONSTRAINT saml_providers_pkey PRIMARY KEY (id),
	CONSTRAINT saml_providers_entity_id_key UNIQUE (entity_id),
	CONSTRAINT saml_providers_sso_provider_id_fkey FOREIGN KEY (sso_provider_id) REFERENCES auth.sso_providers(id) ON DELETE CASCADE,
	CONSTRAINT "entity_id not empty" CHECK ((char_length(entity_id) > 0)),
	CONSTRAINT "metadata_url not empty" CHECK (((metadata_url = NULL::text) OR (char_length(metadata_url) > 0))),
	CONSTRAINT "metadata_xml not empty" CHECK ((char_length(metadata_xml) > 0))
);
CREATE INDEX IF NOT EXISTS saml_providers_sso_provider_id_idx ON auth.saml_providers (sso_provider_id);
ALTER TABLE auth.saml_providers ENABLE ROW LEVEL SECURITY;

CREATE TABLE IF NOT EXISTS auth.saml_relay_states (
	id uuid NOT NULL,
	sso_provider_id uuid NOT NULL,
	request_id text NOT NULL,
	for_email text,
	redirect_to text,
	created_at timestamptz,
	updated_at timestamptz,
	flow_state_id uuid,
	CONSTRAINT saml_relay_states_pkey PRIMARY KEY (id),
	CONSTRAINT saml_relay_states_flow_state_id_fkey FOREIGN KEY (flow_state_id) REFERENCES auth.flow_state(id) ON DELETE CASCADE,
	CONSTRAINT saml_relay_states_sso_provider_id_fkey FOREIGN KEY (sso_provider_id) REFERENCES auth.sso_providers(id) ON DELETE CASCADE,
	CONSTRAINT "request_id not empty" CHECK ((char_length(request_id) > 0))
);
CREATE INDEX IF NOT EXISTS saml_relay_states_created_at_idx ON auth.saml_relay_states (created_at DESC);
CREATE INDEX IF NOT EXISTS saml_relay_states_for_email_idx ON auth.saml_relay_states (for_email);
CREATE INDEX IF NOT EXISTS saml_relay_states_sso_provider_id_idx ON auth.saml_relay_states (sso_provider_id);
ALTER TABLE auth.saml_relay_states ENABLE ROW LEVEL SECURITY;

CREATE TABLE IF NOT EXISTS auth.sessions (
	id uuid NOT NULL,
	user_id uuid NOT NULL,
	created_at timestamptz,
	updated_at timestamptz,
	factor_id uuid,
	aal auth.aal_level,
	not_after timestamptz,
	refreshed_at timestamp,
	user_agent text,
	ip inet,
	tag text,
	oauth_client_id uuid,
	refresh_token_hmac_key text,
	refresh_token_counter bigint,
	scopes text,
	CONSTRAINT sessions_pkey PRIMARY KEY (id),
	CONSTRAINT sessions_oauth_client_id_fkey FOREIGN KEY (oauth_client_id) REFERENCES auth.oauth_clients(id) ON DELETE CASCADE,
	CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE,
	CONSTRAINT sessions_scopes_length CHECK ((char_length(scopes) <= 4096))
);
CREATE INDEX IF NOT EXISTS sessions_not_after_idx ON auth.sessions (not_after DESC);
CREATE INDEX IF NOT EXISTS sessions_oauth_client_id_idx ON auth.sessions (oauth_client_id);
CREATE INDEX IF NOT EXISTS sessions_user_id_idx ON auth.sessions (user_id);
CREATE INDEX IF NOT EXISTS user_id_created_at_idx ON auth.sessions (user_id, created_at);
ALTER TABLE auth.sessions ENABLE ROW LEVEL SECURITY;

CREATE TABLE IF NOT EXISTS auth.sso_domains (
	id uuid NOT NULL,
	sso_provider_id uuid NOT NULL,
	domain text NOT NULL,
	created_at timestamptz,
	updated_at timestamptz,
	CONSTRAINT sso_domains_pkey PRIMARY KEY (id),
	CONSTRAINT sso_domains_sso_provider_id_fkey FOREIGN KEY (sso_provider_id) REFERENCES auth.sso_providers(id) ON DELETE CASCADE,
	CONSTRAINT "domain not empty" CHECK ((char_length(domain) > 0))
);
CREATE UNIQUE INDEX IF NOT EXISTS sso_domains_domain_idx ON auth.sso_domains (lower(domain));
CREATE INDEX IF NOT EXISTS sso_domains_sso_provider_id_idx ON auth.sso_domains (sso_provider_id);
ALTER TABLE auth.sso_domains ENABLE ROW LEVEL SECURITY;

CREATE TABLE IF NOT EXISTS auth.mfa_amr_claims (
	session_id uuid NOT NULL,
	created_at timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	authentication_method text NOT NULL,
	id uuid NOT NULL,
	CONSTRAINT amr_id_pk PRIMARY KEY (id),
	CONSTRAINT mfa_amr_claims_session_id_authentication_method_pkey UNIQUE (session_id, authentication_method),
	CONSTRAINT mfa_amr_claims_session_id_fkey FOREIGN KEY (session_id) REFERENCES auth.sessions(id) ON DELETE CASCADE
);
ALTER TABLE auth.mfa_amr_claims ENABLE ROW LEVEL SECURITY;

CREATE TABLE IF NOT EXISTS auth.mfa_challenges (
	id uuid NOT NULL,
	factor_id uuid NOT NULL,
	created_at timestamptz NOT NULL,
	verified_at timestamptz,
	ip_address inet NOT NULL,
	otp_code text,
	web_authn_session_data jsonb,
	CONSTRAINT mfa_challenges_pkey PRIMARY KEY (id),
	CONSTRAINT mfa_challenges_auth_factor_id_fkey FOREIGN KEY (factor_id) REFERENCES auth.mfa_factors(id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS mfa_challenge_created_at_idx ON auth.mfa_challenges (created_at DESC);
ALTER TABLE auth.mfa_challenges ENABLE ROW LEVEL SECURITY;

CREATE TABLE IF NOT EXISTS auth.refresh_tokens (
	instance_id uuid,
	id bigserial,
	token varchar(255),
	user_id varchar(255),
	revoked boolean,
	created_at timestamptz,
	updated_at timestamptz,
	parent varchar(255),
	session_id uuid,
	CONSTRAINT refresh_tokens_pkey PRIMARY KEY (id),
	CONSTRAINT refresh_tokens_token_unique UNIQUE (token),
	CONSTRAINT refresh_tokens_session_id_fkey FOREIGN KEY (session_id) REFERENCES auth.sessions(id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS refresh_tokens_instance_id_idx ON auth.refresh_tokens (instance_id);
CREATE INDEX IF NOT EXISTS refresh_tokens_instance_id_user_id_idx ON auth.refresh_tokens (instance_id, user_id);
CREATE INDEX IF NOT EXISTS refresh_tokens_parent_idx ON auth.refresh_tokens (parent);
CREATE INDEX IF NOT EXISTS refresh_tokens_session_id_revoked_idx ON auth.refresh_tokens (session_id, revoked);
CREATE INDEX IF NOT EXISTS refresh_tokens_updated_at_idx ON auth.refresh_tokens (updated_at DESC);
ALTER TABLE auth.refresh_tokens ENABLE ROW LEVEL SECURITY;

GRANT ALL ON ALL TABLES IN SCHEMA auth TO postgres, dashboard_user;
GRANT ALL ON ALL SEQUENCES IN SCHEMA auth TO postgres, dashboard_user;
GRANT SELECT ON ALL TABLES IN SCHEMA auth TO postgres WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE supabase_auth_admin IN SCHEMA auth
	GRANT ALL ON TABLES TO postgres, dashboard_user;
ALTER DEFAULT PRIVILEGES FOR ROLE supabase_auth_admin IN SCHEMA auth
	GRANT ALL ON SEQUENCES TO postgres, dashboard_user;
ALTER DEFAULT PRIVILEGES FOR ROLE supabase_auth_admin IN SCHEMA auth
	GRANT ALL ON FUNCTIONS TO postgres, dashboard_user;

-- Our own: mail on its way (src/mail). A row goes when its message is sent; one
-- that could not be sent stays for a while without its text.
CREATE TABLE IF NOT EXISTS bedplate.mail_queue (
	id uuid NOT NULL,
	kind text NOT NULL,
	sender text NOT NULL,
	recipient text NOT NULL,
	message text,
	state text NOT NULL DEFAULT 'waiting',
	attempts integer NOT NULL DEFAULT 0,
	created_at timestamptz NOT NULL DEFAULT now(),
	next_at timestamptz NOT NULL DEFAULT now(),
	last_error text,
	CONSTRAINT mail_queue_pkey PRIMARY KEY (id),
	CONSTRAINT mail_queue_state_check CHECK ((state = ANY (ARRAY['waiting', 'failed'])))
);
CREATE INDEX IF NOT EXISTS mail_queue_next_at_idx ON bedplate.mail_queue (state, next_at);
ALTER TABLE bedplate.mail_queue ENABLE ROW LEVEL SECURITY;

SET ROLE supabase_storage_admin;
SET search_path = storage, public, extensions;

CREATE TABLE IF NOT EXISTS storage.buckets (
	id text NOT NULL,
	name text NOT NULL,
	owner uuid,
	created_at timestamptz DEFAULT now(),
	updated_at timestamptz DEFAULT now(),
	public boolean DEFAULT false,
	avif_autodetection boolean DEFAULT false,
	file_size_limit bigint,
	allowed_mime_types text[],
	owner_id text,
	type storage.buckettype NOT NULL DEFAULT 'STANDARD'::storage.buckettype,
	versioning_status text NOT NULL DEFAULT 'DISABLED',
	CONSTRAINT buckets_pkey PRIMARY KEY (id),
	CONSTRAINT buckets_versioning_dark_check CHECK ((versioning_status = 'DISABLED')),
	CONSTRAINT buckets_versioning_standard_only_check CHECK (((type = 'STANDARD'::storage.buckettype) OR (versioning_status = 'DISABLED'))),
	CONSTRAINT buckets_versioning_status_check CHECK ((versioning_status = ANY (ARRAY['DISABLED', 'ENABLED', 'SUSPENDED'])))
);
CREATE UNIQUE INDEX IF NOT EXISTS bname ON storage.buckets (name);
ALTER TABLE storage.buckets ENABLE ROW LEVEL SECURITY;

CREATE TABLE IF NOT EXISTS storage.buckets_analytics (
	name text NOT NULL,
	type storage.buckettype NOT NULL DEFAULT 'ANALYTICS'::storage.buckettype,
	format text NOT NULL DEFAULT 'ICEBERG',
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	id uuid NOT NULL DEFAULT gen_random_uuid(),
	deleted_at timestamptz,
	CONSTRAINT buckets_analytics_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX IF NOT EXISTS buckets_analytics_unique_name_idx ON storage.buckets_analytics (name) WHERE (deleted_at IS NULL);
ALTER TABLE storage.buckets_analytics ENABLE ROW LEVEL SECURITY;

CREATE TABLE IF NOT EXISTS storage.migrations (
	id integer NOT NULL,
	name varchar(100) NOT NULL,
	hash varchar(40) NOT NULL,
	executed_at timestamp DEFAULT CURRENT_TIMESTAMP,
	CONSTRAINT migrations_pkey PRIMARY KEY (id),
	CONSTRAINT migrations_name_key UNIQUE (name)
);
ALTER TABLE storage.migrations ENABLE ROW LEVEL SECURITY;

CREATE TABLE IF NOT EXISTS storage.objects (
	id uuid NOT NULL DEFAULT gen_random_uuid(),
	bucket_id text,
	name text,
	owner uuid,
	created_at timestamptz DEFAULT now(),
	updated_at timestamptz DEFAULT now(),
	last_accessed_at timestamptz DEFAULT now(),
	metadata jsonb,
	path_tokens text[] GENERATED ALWAYS AS (string_to_array(name, '/')) STORED,
	version text,
	owner_id text,
	user_metadata jsonb,
	archived_at timestamptz,
	is_delete_marker boolean NOT NULL DEFAULT false,
	is_versioned boolean NOT NULL DEFAULT false,
	CONSTRAINT objects_pkey PRIMARY KEY (id),
	CONSTRAINT "objects_bucketId_fkey" FOREIGN KEY (bucket_id) REFERENCES storage.buckets(id)
);
CREATE UNIQUE INDEX IF NOT EXISTS bucketid_objname ON storage.objects (bucket_id, name);
CREATE INDEX IF NOT EXISTS idx_objects_bucket_id_name ON storage.objects (bucket_id, name COLLATE "C");
CREATE INDEX IF NOT EXISTS name_prefix_search ON storage.objects (name text_pattern_ops);
ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY;

CREATE TABLE IF NOT EXISTS storage.s3_multipart_uploads (
	id text NOT NULL,
	in_progress_size bigint NOT NULL DEFAULT 0,
	upload_signature text NOT NULL,
	bucket_id text NOT NULL,
	key text NOT NULL,
	version text NOT NULL,
	owner_id text,
	created_at timestamptz NOT NULL DEFAULT now(),
	user_metadata jsonb,
	metadata jsonb,
	CONSTRAINT s3_multipart_uploads_pkey PRIMARY KEY (id),
	CONSTRAINT s3_multipart_uploads_bucket_id_fkey FOREIGN KEY (bucket_id) REFERENCES storage.buckets(id)
);
CREATE INDEX IF NOT EXISTS idx_multipart_uploads_list ON storage.s3_multipart_uploads (bucket_id, key, created_at);
ALTER TABLE storage.s3_multipart_uploads ENABLE ROW LEVEL SECURITY;

CREATE TABLE IF NOT EXISTS storage.s3_multipart_uploads_parts (
	id uuid NOT NULL DEFAULT gen_random_uuid(),
	upload_id text NOT NULL,
	size bigint NOT NULL DEFAULT 0,
	part_number integer NOT NULL,
	bucket_id text NOT NULL,
	key text NOT NULL,
	etag text NOT NULL,
	owner_id text,
	version text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT s3_multipart_uploads_parts_pkey PRIMARY KEY (id),
	CONSTRAINT s3_multipart_uploads_parts_bucket_id_fkey FOREIGN KEY (bucket_id) REFERENCES storage.buckets(id),
	CONSTRAINT s3_multipart_uploads_parts_upload_id_fkey FOREIGN KEY (upload_id) REFERENCES storage.s3_multipart_uploads(id) ON DELETE CASCADE
);
ALTER TABLE storage.s3_multipart_uploads_parts ENABLE ROW LEVEL SECURITY;

GRANT ALL ON storage.buckets, storage.objects, storage.migrations, storage.buckets_analytics
	TO anon, authenticated, service_role;
GRANT ALL ON storage.buckets, storage.objects TO postgres WITH GRANT OPTION;
GRANT ALL ON storage.migrations TO postgres;
GRANT SELECT ON storage.s3_multipart_uploads, storage.s3_multipart_uploads_parts
	TO anon, authenticated;
GRANT ALL ON storage.s3_multipart_uploads, storage.s3_multipart_uploads_parts TO service_role;

SET ROLE postgres;
SET search_path = "$user", public, extensions;

CREATE TABLE IF NOT EXISTS supabase_migrations.schema_migrations (
	version text NOT NULL PRIMARY KEY,
	statements text[],
	name text
);
CREATE TABLE IF NOT EXISTS supabase_migrations.seed_files (
	path text NOT NULL PRIMARY KEY,
	hash text NOT NULL
);
