-- Vault: the tables and functions; secrets are stored as they are given.
CREATE TABLE IF NOT EXISTS vault.secrets (
	id uuid NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
	name text,
	description text NOT NULL DEFAULT '',
	secret text NOT NULL,
	key_id uuid,
	nonce bytea,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX IF NOT EXISTS secrets_name_idx ON vault.secrets (name) WHERE name IS NOT NULL;
CREATE OR REPLACE VIEW vault.decrypted_secrets AS
	SELECT id, name, description, secret, secret AS decrypted_secret, key_id, nonce, created_at,
		updated_at
	FROM vault.secrets;
GRANT SELECT, DELETE ON vault.secrets, vault.decrypted_secrets TO postgres, service_role;
CREATE OR REPLACE FUNCTION vault.create_secret(new_secret text, new_name text DEFAULT NULL,
	new_description text DEFAULT '', new_key_id uuid DEFAULT NULL) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
	made uuid;
BEGIN
	INSERT INTO vault.secrets AS s (secret, name, description, key_id)
	VALUES (new_secret, new_name, coalesce(new_description, ''), new_key_id)
	RETURNING s.id INTO made;
	RETURN made;
END $$;
CREATE OR REPLACE FUNCTION vault.update_secret(secret_id uuid, new_secret text DEFAULT NULL,
	new_name text DEFAULT NULL, new_description text DEFAULT NULL, new_key_id uuid DEFAULT NULL)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
	UPDATE vault.secrets s
	SET secret = coalesce(new_secret, s.secret), name = coalesce(new_name, s.name),
		description = coalesce(new_description, s.description), updated_at = now()
	WHERE s.id = secret_id;
END $$;
REVOKE ALL ON FUNCTION vault.create_secret(text, text, text, uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION vault.update_secret(uuid, text, text, text, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vault.create_secret(text, text, text, uuid) TO postgres, service_role;
GRANT EXECUTE ON FUNCTION vault.update_secret(uuid, text, text, text, uuid)
	TO postgres, service_role;
