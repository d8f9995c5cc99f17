package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/token"
)

// eventHandlers write the event log.
func (s *subject) eventHandlers() auth.Events {
	withAdapter := s.scenario.Adapter != nil
	return auth.Events{
		SignIn: func(_ context.Context, e auth.SignInEvent) {
			entry := map[string]any{"event": "signIn", "user": eventUser(e.User), "account": eventAccount(e.Account)}
			if e.Profile != nil {
				entry["profile"] = eventProfile(e.Profile)
			}
			if withAdapter && e.Account.Type != auth.AccountCredentials {
				entry["isNewUser"] = e.IsNewUser
			}
			s.event("signIn", entry)
		},
		SignOut: func(_ context.Context, e auth.SignOutEvent) {
			entry := map[string]any{"event": "signOut"}
			if e.Token != nil {
				entry["token"] = eventToken(e.Token)
			} else {
				entry["session"] = nil
				if e.Session != nil {
					entry["session"] = map[string]any{"userId": e.Session.UserID}
				}
			}
			s.event("signOut", entry)
		},
		CreateUser: func(_ context.Context, e auth.UserEvent) {
			s.event("createUser", map[string]any{"event": "createUser", "user": eventUser(e.User)})
		},
		UpdateUser: func(_ context.Context, e auth.UserEvent) {
			s.event("updateUser", map[string]any{"event": "updateUser", "user": eventUser(e.User)})
		},
		LinkAccount: func(_ context.Context, e auth.LinkAccountEvent) {
			s.event("linkAccount", map[string]any{
				"event": "linkAccount", "user": eventUser(e.User), "account": eventAccount(e.Account), "profile": eventProfile(e.Profile),
			})
		},
		Session: func(_ context.Context, e auth.SessionEvent) {
			entry := map[string]any{"event": "session", "session": map[string]any{"userId": nil}}
			if user, ok := members(e.Session)["user"]; ok {
				entry["session"] = map[string]any{"user": user}
			}
			if e.Token != nil {
				entry["token"] = eventToken(e.Token)
			}
			s.event("session", entry)
		},
	}
}

// event writes an entry, and fails afterwards when the scenario says so.
func (s *subject) event(name string, entry map[string]any) {
	s.events.add(entry)
	if slices.Contains(s.scenario.Events.Throw, name) {
		panic("event " + name + " failed")
	}
}

// pick copies members and makes absent ones null.
func pick(from map[string]any, names ...string) map[string]any {
	out := map[string]any{}
	for _, name := range names {
		out[name] = from[name]
	}
	return out
}

func eventUser(u *auth.User) any    { return pick(rawMembers(u), "id", "name", "email", "image") }
func eventProfile(u *auth.User) any { return pick(rawMembers(u), "id", "email") }
func eventToken(t token.Claims) any { return pick(t, "sub", "email") }

// rawMembers are a user's members with the id as the provider wrote it.
func rawMembers(u *auth.User) map[string]any {
	m := members(u)
	if raw, ok := u.Extra["id"]; ok && fmt.Sprint(raw) == u.ID {
		m["id"] = raw
	}
	return m
}

func eventAccount(a *auth.Account) any {
	return pick(members(a), "provider", "type", "providerAccountId")
}

// logger writes what browsers report with POST /_log to the log lines.
func (s *subject) logger() *slog.Logger {
	if s.scenario.Logger == "none" {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(logHandler{&s.logs})
}

// logHandler keeps log lines in the form that the rig compares.
type logHandler struct{ lines *list[map[string]any] }

func (h logHandler) Enabled(context.Context, slog.Level) bool { return true }
func (h logHandler) WithAttrs([]slog.Attr) slog.Handler       { return h }
func (h logHandler) WithGroup(string) slog.Handler            { return h }

func (h logHandler) Handle(_ context.Context, r slog.Record) error {
	level := map[slog.Level]string{slog.LevelError: "error", slog.LevelWarn: "warn", slog.LevelDebug: "debug"}[r.Level]
	line := map[string]any{"level": level, "code": "", "keys": []string{}}
	r.Attrs(func(a slog.Attr) bool {
		switch a.Key {
		case "code":
			if line["code"] = a.Value.String(); line["code"] == "" {
				line["code"] = "undefined"
			}
		case "client":
			keys := []string{}
			for _, member := range a.Value.Group() {
				keys = append(keys, member.Key)
				if member.Key == "message" {
					line["message"] = member.Value.String()
				}
			}
			slices.Sort(keys)
			line["keys"] = keys
		}
		return true
	})
	h.lines.add(line)
	return nil
}
