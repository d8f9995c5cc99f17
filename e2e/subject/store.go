package main

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// adapter is the memory adapter with methods of the NextAuth.js interface that
// fail.
type adapter struct {
	*memory.Adapter // the rows; replaced by a reset between two cases
	fail            map[string]string
}

func (a *adapter) failure(method string) error {
	if message, ok := a.fail[method]; ok {
		return errors.New(message)
	}
	return nil
}

func (a *adapter) User(ctx context.Context, id string) (*auth.User, error) {
	if err := a.failure("getUser"); err != nil {
		return nil, err
	}
	return a.Adapter.User(ctx, id)
}

func (a *adapter) UserByEmail(ctx context.Context, email string) (*auth.User, error) {
	if err := a.failure("getUserByEmail"); err != nil {
		return nil, err
	}
	return a.Adapter.UserByEmail(ctx, email)
}

func (a *adapter) UserByAccount(ctx context.Context, provider, id string) (*auth.User, error) {
	if err := a.failure("getUserByAccount"); err != nil {
		return nil, err
	}
	return a.Adapter.UserByAccount(ctx, provider, id)
}

func (a *adapter) SignIn(ctx context.Context, s auth.SignIn) (*auth.User, error) {
	for _, step := range []struct {
		method string
		step   auth.Step
		used   bool
	}{
		{"useVerificationToken", auth.StepUseVerificationToken, s.UseVerificationToken != nil},
		{"createUser", auth.StepCreateUser, s.CreateUser != nil},
		{"updateUser", auth.StepUpdateUser, s.UpdateUser != nil},
		{"linkAccount", auth.StepLinkAccount, s.LinkAccount != nil},
		{"deleteSession", auth.StepDeleteSession, s.DeleteSession != ""},
		{"createSession", auth.StepCreateSession, s.CreateSession != nil},
	} {
		if err := a.failure(step.method); step.used && err != nil {
			return nil, &auth.StepError{Step: step.step, Err: err}
		}
	}
	return a.Adapter.SignIn(ctx, s)
}

func (a *adapter) SessionAndUser(ctx context.Context, token string) (*auth.SessionRecord, *auth.User, error) {
	if err := a.failure("getSessionAndUser"); err != nil {
		return nil, nil, err
	}
	return a.Adapter.SessionAndUser(ctx, token)
}

func (a *adapter) UpdateSession(ctx context.Context, token string, expires time.Time) error {
	if err := a.failure("updateSession"); err != nil {
		return err
	}
	return a.Adapter.UpdateSession(ctx, token, expires)
}

func (a *adapter) DeleteSession(ctx context.Context, token string) (*auth.SessionRecord, error) {
	if err := a.failure("deleteSession"); err != nil {
		return nil, err
	}
	return a.Adapter.DeleteSession(ctx, token)
}

func (a *adapter) CreateVerificationToken(ctx context.Context, t auth.VerificationToken) error {
	if err := a.failure("createVerificationToken"); err != nil {
		return err
	}
	return a.Adapter.CreateVerificationToken(ctx, t)
}

func (a *adapter) VerificationToken(ctx context.Context, identifier, token string) (*auth.VerificationToken, error) {
	if err := a.failure("useVerificationToken"); err != nil {
		return nil, err
	}
	return a.Adapter.VerificationToken(ctx, identifier, token)
}

func (a *adapter) UseVerificationToken(ctx context.Context, identifier, token string) (*auth.VerificationToken, error) {
	if err := a.failure("useVerificationToken"); err != nil {
		return nil, err
	}
	return a.Adapter.UseVerificationToken(ctx, identifier, token)
}

// seed are rows to insert.
type seed struct {
	Users    []json.RawMessage `json:"users"`
	Accounts []json.RawMessage `json:"accounts"`
	Sessions []struct {
		SessionToken string  `json:"sessionToken"`
		UserID       string  `json:"userId"`
		Expires      *moment `json:"expires"`
		ExpiresIn    *moment `json:"expiresIn"`
	} `json:"sessions"`
	VerificationTokens []struct {
		Identifier string  `json:"identifier"`
		Token      string  `json:"token"`
		Expires    *moment `json:"expires"`
		ExpiresIn  *moment `json:"expiresIn"`
	} `json:"verificationTokens"`
}

// reset empties everything and inserts the scenario's seed again. The handler
// stays: it keeps what it learnt of its providers, as a running server does.
func (s *subject) reset() error {
	s.outbox.clear()
	s.events.clear()
	s.logs.clear()
	s.store.Adapter = memory.New()
	return s.seed(s.scenario.Seed)
}

// seed inserts rows.
func (s *subject) seed(rows seed) error {
	var data memory.Data
	for _, raw := range rows.Users {
		user, err := userFromJSON(raw)
		if err != nil {
			return err
		}
		var times struct {
			EmailVerified   *moment `json:"emailVerified"`
			EmailVerifiedIn *moment `json:"emailVerifiedIn"`
		}
		if err := json.Unmarshal(raw, &times); err != nil {
			return err
		}
		delete(user.Extra, "emailVerified")
		delete(user.Extra, "emailVerifiedIn")
		user.EmailVerified = first(times.EmailVerified, times.EmailVerifiedIn)
		data.Users = append(data.Users, *user)
	}
	for _, raw := range rows.Accounts {
		var row struct{ UserID, Provider, ProviderAccountID, Type string }
		var all map[string]any
		if err := errors.Join(json.Unmarshal(raw, &row), json.Unmarshal(raw, &all)); err != nil {
			return err
		}
		if row.Type == "" {
			row.Type = "oauth"
		}
		for _, name := range []string{"userId", "provider", "providerAccountId", "type"} {
			delete(all, name)
		}
		data.Accounts = append(data.Accounts, auth.Account{
			UserID: row.UserID, Provider: row.Provider, ProviderAccountID: row.ProviderAccountID, Type: auth.AccountType(row.Type), Extra: all,
		})
	}
	for _, row := range rows.Sessions {
		data.Sessions = append(data.Sessions, auth.SessionRecord{Token: row.SessionToken, UserID: row.UserID, Expires: first(row.Expires, row.ExpiresIn)})
	}
	for _, row := range rows.VerificationTokens {
		data.VerificationTokens = append(data.VerificationTokens, auth.VerificationToken{
			Identifier: row.Identifier, Token: row.Token, Expires: first(row.Expires, row.ExpiresIn),
		})
	}
	return s.store.Insert(data)
}

func first(times ...*moment) time.Time {
	for _, t := range times {
		if t != nil {
			return t.Time
		}
	}
	return time.Time{}
}

// dump is the content of the database as NextAuth.js's rows.
func (s *subject) dump() map[string]any {
	const iso = "2006-01-02T15:04:05.000Z"
	data := s.store.Dump()
	users, accounts, sessions, links := []any{}, []any{}, []any{}, []any{}
	for _, u := range data.Users {
		row := members(u)
		if u.EmailVerified.IsZero() {
			row["emailVerified"] = nil
		}
		users = append(users, row)
	}
	for _, a := range data.Accounts {
		accounts = append(accounts, members(a))
	}
	for _, row := range data.Sessions {
		sessions = append(sessions, map[string]any{"sessionToken": row.Token, "userId": row.UserID, "expires": row.Expires.UTC().Format(iso)})
	}
	for _, row := range data.VerificationTokens {
		links = append(links, map[string]any{"identifier": row.Identifier, "token": row.Token, "expires": row.Expires.UTC().Format(iso)})
	}
	return map[string]any{"users": users, "accounts": accounts, "sessions": sessions, "verificationTokens": links}
}
