package auth

import (
	"sync"
	"time"
)

// requestTokens are the secrets of OAuth 1.0a request tokens in StrictV4, where
// no cookie of our own may carry them. They are bounded, expire, and belong to
// the browser with the CSRF token that asked for them.
type requestTokens struct {
	mu      sync.Mutex
	secrets map[string]requestToken
}

type requestToken struct {
	secret    string
	csrfToken string
	expires   time.Time
}

// maxRequestTokens bounds the memory of unfinished sign-ins.
const maxRequestTokens = 1000

func (t *requestTokens) add(token, secret, csrfToken string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.secrets == nil {
		t.secrets = make(map[string]requestToken)
	}
	now := time.Now()
	for token, entry := range t.secrets {
		if entry.expires.Before(now) || len(t.secrets) >= maxRequestTokens {
			delete(t.secrets, token)
		}
	}
	t.secrets[token] = requestToken{secret, csrfToken, now.Add(checkMaxAge)}
}

// take returns the secret of a token once, or "" in another browser.
func (t *requestTokens) take(token, csrfToken string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	entry := t.secrets[token]
	delete(t.secrets, token)
	if entry.csrfToken != csrfToken || entry.expires.Before(time.Now()) {
		return ""
	}
	return entry.secret
}
