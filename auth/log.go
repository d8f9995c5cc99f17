package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/gatehouse-auth/gatehouse/internal/oauth"
)

// reference makes the short id that a visitor can quote and that finds the log
// line.
func reference() string { return strings.ToLower(rand.Text()[:8]) }

// logError logs a fault and returns its reference.
func (a *Auth) logError(ctx context.Context, x *exchange, code string, err error) string {
	return a.logFailure(ctx, x, slog.LevelError, code, err)
}

// logFailure logs why something failed and returns the reference of the line. It is
// no fault when the visitor went away.
func (a *Auth) logFailure(ctx context.Context, x *exchange, level slog.Level, code string, err error) string {
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		level = slog.LevelInfo
	}
	ref := reference()
	attrs := append(x.logAttrs(), slog.String("code", code), slog.String("ref", ref), slog.Any("error", err))
	var answered *oauth.ProviderError
	if errors.As(err, &answered) && answered.Endpoint == "authorization" && answered.Description != "" {
		// That of the token endpoint may repeat the code or the secret.
		attrs = append(attrs, slog.String("error_description", answered.Description))
	}
	a.log.LogAttrs(ctx, level, "sign-in failed", attrs...)
	return ref
}

// logRefusal logs that a request was refused.
func (a *Auth) logRefusal(ctx context.Context, x *exchange, code, reason string) {
	a.log.LogAttrs(ctx, slog.LevelWarn, "request refused", append(x.logAttrs(), slog.String("code", code), slog.String("reason", reason))...)
}

// debug logs a step of a flow when Config.Debug is set.
func (a *Auth) debug(ctx context.Context, x *exchange, step string, attrs ...slog.Attr) {
	if a.config.Debug {
		a.log.LogAttrs(ctx, slog.LevelDebug, step, append(x.logAttrs(), attrs...)...)
	}
}

func (x *exchange) logAttrs() []slog.Attr {
	attrs := make([]slog.Attr, 0, 8)
	attrs = append(attrs, slog.String("method", x.method), slog.String("action", printable(x.action, 32)))
	if x.provider != nil {
		attrs = append(attrs, slog.String("provider", x.provider.id))
	}
	return attrs
}

// fail logs why a sign-in failed and sends the browser to the error page with a
// code. The page shows the reference of the log line. A store that does not
// answer in time is no failed sign-in: the browser may try again.
func (a *Auth) fail(ctx context.Context, x *exchange, code ErrorCode, logCode string, err error) *response {
	level := slog.LevelError
	if errors.Is(err, errNoAttempt) {
		level = slog.LevelWarn // anybody can open a callback URL
	}
	ref := a.logFailure(ctx, x, level, logCode, err)
	if errors.Is(err, errStoreTimeout) {
		return a.overdue(x, ref)
	}
	target := x.url("error?error=" + string(code))
	if !a.config.StrictV4 {
		target += "&ref=" + ref
	}
	return redirectTo(target)
}

// internalError answers a panic in a callback or in our own code.
func (a *Auth) internalError(ctx context.Context, x *exchange, cause any) *response {
	ref := reference()
	a.log.LogAttrs(ctx, slog.LevelError, "panic", append(x.logAttrs(), slog.String("code", "PANIC"), slog.String("ref", ref),
		slog.String("error", fmt.Sprint(cause)), slog.String("stack", string(debug.Stack())))...)
	if x.wantsJSON || x.method != http.MethodGet || x.action == "session" || x.action == "csrf" || x.action == "providers" {
		if x.wantsPage() && !a.config.StrictV4 {
			return a.errorPageWith(x, http.StatusInternalServerError, ErrorConfiguration, ref)
		}
		body := appendJSONText([]byte(`{"message":"Internal Server Error","ref":"`+ref+`","url":`), x.url("error?error=Configuration&ref="+ref))
		return &response{status: http.StatusInternalServerError, json: append(body, '}')}
	}
	return a.renderError(x, string(ErrorConfiguration), ref)
}

// overdue answers a request whose time for the store is used up: a page for a
// person, and what unavailable answers for a script.
func (a *Auth) overdue(x *exchange, ref string) *response {
	if x.wantsPage() && !a.config.StrictV4 {
		return a.errorPageWith(x, http.StatusServiceUnavailable, ErrorDefault, ref)
	}
	return unavailable(x)
}

// unavailable answers while the store cannot be reached. It changes no cookie.
func unavailable(x *exchange) *response {
	body := appendJSONText([]byte(`{"message":"Temporarily unavailable, try again later","url":`), x.url("error?error=Default"))
	return &response{status: http.StatusServiceUnavailable, json: append(body, '}'), noCookies: true}
}

// clientLog bounds how much browsers can write into the log.
type clientLog struct {
	mu     sync.Mutex
	second int64
	lines  int
}

const (
	clientLogRate  = 20  // lines per second
	clientLogText  = 512 // bytes of one value
	clientLogAttrs = 16  // values of one line
)

// allow reports whether one more line may be written now.
func (c *clientLog) allow() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := time.Now().Unix(); now != c.second {
		c.second, c.lines = now, 0
	}
	c.lines++
	return c.lines <= clientLogRate
}

// logFromClient answers POST /_log, with which next-auth/react reports errors in
// the browser. What it says is data from a stranger: levels are listed, values
// are cut and made printable, lines are limited.
func (a *Auth) logFromClient(ctx context.Context, x *exchange) *response {
	level, ok := map[string]slog.Level{"error": slog.LevelError, "warn": slog.LevelWarn, "debug": slog.LevelDebug}[x.body.text("level")]
	if ok && a.clientLog.allow() {
		a.log.LogAttrs(ctx, level, "message from a browser",
			slog.String("code", printable(x.body.scalar("code"), 64)), slog.Attr{Key: "client", Value: slog.GroupValue(x.body.logAttrs()...)})
	}
	return &response{noCookies: true}
}

// logAttrs returns the posted members except level and code.
func (b body) logAttrs() []slog.Attr {
	var attrs []slog.Attr
	add := func(name, value string) {
		if name != "level" && name != "code" && len(attrs) < clientLogAttrs {
			attrs = append(attrs, slog.String(printable(name, 64), printable(value, clientLogText)))
		}
	}
	for name, values := range b.form {
		add(name, strings.Join(values, ","))
	}
	for name, value := range b.object {
		add(name, fmt.Sprint(value))
	}
	return attrs
}

// printable cuts a text and replaces what could confuse a terminal or a log.
func printable(s string, limit int) string {
	if len(s) > limit {
		s = strings.ToValidUTF8(s[:limit], "") + "..."
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '.'
	}, s)
}
