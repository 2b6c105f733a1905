-- Supabase Vault: secrets encrypted at rest with the database's own key.
CREATE TABLE IF NOT EXISTS vault.secrets (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	name text,
	description text NOT NULL DEFAULT '',
	secret text NOT NULL,
	key_id uuid,
	nonce bytea DEFAULT extensions.gen_random_bytes(24),
	created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
	updated_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE UNIQUE INDEX IF NOT EXISTS secrets_name_idx ON vault.secrets (name) WHERE name IS NOT NULL;
CREATE OR REPLACE VIEW vault.decrypted_secrets AS
	SELECT id, name, description, secret,
		vault._decrypt(secret, id, nonce) AS decrypted_secret,
		key_id, nonce, created_at, updated_at
	FROM vault.secrets;

CREATE OR REPLACE FUNCTION vault.create_secret(new_secret text, new_name text DEFAULT NULL,
	new_description text DEFAULT '', new_key_id uuid DEFAULT NULL)
	RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
	new_id uuid := gen_random_uuid();
	new_nonce bytea := extensions.gen_random_bytes(24);
BEGIN
	INSERT INTO vault.secrets (id, secret, name, description, key_id, nonce)
	VALUES (new_id, vault._encrypt(new_secret, new_id, new_nonce), new_name, new_description, new_key_id,
		new_nonce);
	RETURN new_id;
END
$$;
CREATE OR REPLACE FUNCTION vault.update_secret(secret_id uuid, new_secret text DEFAULT NULL, new_name text DEFAULT NULL,
	new_description text DEFAULT NULL, new_key_id uuid DEFAULT NULL)
	RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
	UPDATE vault.secrets s SET
		secret = CASE WHEN new_secret IS NULL THEN s.secret
			ELSE vault._encrypt(new_secret, s.id, s.nonce) END,
		name = coalesce(new_name, s.name),
		description = coalesce(new_description, s.description),
		key_id = coalesce(new_key_id, s.key_id),
		updated_at = now()
	WHERE s.id = secret_id;
END
$$;
REVOKE ALL ON FUNCTION vault.create_secret(text, text, text, uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION vault.update_secret(uuid, text, text, text, uuid) FROM PUBLIC;
GRANT SELECT, DELETE ON vault.secrets, vault.decrypted_secrets TO postgres, service_role;
GRANT EXECUTE ON FUNCTION vault.create_secret(text, text, text, uuid) TO postgres, service_role;
GRANT EXECUTE ON FUNCTION vault.update_secret(uuid, text, text, text, uuid) TO postgres, service_role;
GRANT USAGE ON SCHEMA vault TO postgres, service_role;
