ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);
ALTER TABLE accounts ADD CONSTRAINT accounts_provider_key UNIQUE (provider, "providerAccountId");
ALTER TABLE sessions ADD CONSTRAINT sessions_token_key UNIQUE ("sessionToken");
ALTER TABLE accounts ADD CONSTRAINT accounts_user_fkey FOREIGN KEY ("userId") REFERENCES users (id) ON DELETE CASCADE;
ALTER TABLE sessions ADD CONSTRAINT sessions_user_fkey FOREIGN KEY ("userId") REFERENCES users (id) ON DELETE CASCADE;
CREATE INDEX accounts_user_idx ON accounts ("userId");
CREATE INDEX sessions_user_idx ON sessions ("userId");
CREATE INDEX sessions_expires_idx ON sessions (expires);
