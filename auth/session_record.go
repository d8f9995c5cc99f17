package auth

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxUserAgent is how much of a User-Agent header is kept, in bytes.
const maxUserAgent = 512

// newSessionRecord is the row of a new database session, with what lets the
// person recognise it later.
func (a *Auth) newSessionRecord(x *exchange, sessionToken string) *SessionRecord {
	now := time.Now()
	return &SessionRecord{
		Token:      a.storedTokens(sessionToken)[0],
		Expires:    now.Add(a.config.Session.MaxAge),
		CreatedAt:  now,
		LastSeenAt: now,
		Address:    a.sites.proxies.Client(x.request.RemoteAddr, x.request.Header.Values("X-Forwarded-For")),
		UserAgent:  printableStart(x.request.UserAgent(), maxUserAgent),
	}
}

// printableStart is the beginning of a text, at most limit bytes of whole runes,
// without those that cannot be shown.
func printableStart(s string, limit int) string {
	var b strings.Builder
	for _, r := range s {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			continue
		}
		if b.Len()+utf8.RuneLen(r) > limit {
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}
