package nextauth_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// record is an answer in a form that is equal for two servers that say the same:
// a random value is replaced by what it is, after a check that it is that, and a
// moment by its distance from now.
type record struct {
	Request  string
	Status   int
	Location string
	Type     string // media type
	Cache    string // the three cache headers
	Body     any    // text, decoded JSON, or []form for a page
	Alert    bool   // the page shows an error
	Cookies  map[string]cookieRecord
}

// cookieRecord is a cookie that an answer sets.
type cookieRecord struct {
	Attributes string
	Expires    near
	Value      any
	Length     int
}

// near is a number of seconds from now. Two that differ by little are equal.
type near float64

// equalRecords compares records.
var equalRecords = cmp.Comparer(func(a, b near) bool { return math.Abs(float64(a-b)) <= 10 })

func secondsFromNow(t time.Time) near { return near(time.Until(t).Round(time.Second).Seconds()) }

var (
	uuidPattern  = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	hex64Pattern = regexp.MustCompile(`^[0-9a-f]{64}$`)
	// userIDPattern is an id that the adapters of both sides make.
	userIDPattern = regexp.MustCompile(`^[0-9a-f]{32}$`)
	isoPattern    = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)

	codePattern      = regexp.MustCompile(`\bcode-[A-Z2-7]+`)
	stateParameter   = regexp.MustCompile(`\bstate=[\w.~-]+`)
	mailTokenPattern = regexp.MustCompile(`\btoken=[0-9a-f]{64}\b`)
)

// record makes the record of an answer.
func (b *browser) record(a *answer) record {
	b.t.Helper()
	out := record{
		Request:  a.method + " " + b.location(&answer{location: a.target}),
		Status:   a.status,
		Location: b.location(a),
		Cookies:  map[string]cookieRecord{},
		Cache:    strings.Join([]string{a.header.Get("Cache-Control"), a.header.Get("Pragma"), a.header.Get("Expires")}, "; "),
	}
	for _, c := range a.cookies {
		out.Cookies[c.Name] = b.cookieRecord(c, a.cookies)
	}
	if a.location != "" {
		return out // nobody reads the body of a redirect
	}
	out.Type, _, _ = mime.ParseMediaType(a.header.Get("Content-Type"))
	switch out.Type {
	case "application/json":
		var body any
		if err := json.Unmarshal([]byte(a.body), &body); err != nil {
			b.t.Errorf("%s sent broken JSON: %s", b.site.name, a.body)
		}
		if object, ok := body.(map[string]any); ok {
			if target, ok := object["url"].(string); ok {
				object["url"] = b.location(&answer{location: target, cookies: a.cookies})
			}
		}
		out.Body = b.normalised("", body)
	case "text/html":
		page := parsePage(b.t, a.body)
		out.Alert = page.alert
		for i := range page.forms {
			for j := range page.forms[i].Fields {
				f := &page.forms[i].Fields[j]
				f.Value = b.plain(f.Value)
			}
		}
		out.Body = page.forms
	default:
		out.Body = a.body
	}
	return out
}

// plain replaces what differs from run to run in a text.
func (b *browser) plain(text string) string {
	if tok, _, ok := strings.Cut(b.cookie("csrf-token"), "|"); ok {
		text = strings.ReplaceAll(text, tok, "<csrf token>")
	}
	text = codePattern.ReplaceAllString(text, "<code>")
	text = stateParameter.ReplaceAllString(text, "state=<state>")
	return mailTokenPattern.ReplaceAllString(text, "token=<64 hex digits>")
}

// location is where a redirect leads. The parameters are sorted, and those that
// have to fit a check cookie are compared with it.
func (b *browser) location(a *answer) string {
	if a.location == "" {
		return ""
	}
	u, err := url.Parse(a.location)
	if err != nil {
		return a.location
	}
	query := u.Query()
	for _, check := range []struct {
		parameter, cookie string
		of                func(value string) string
	}{
		{"state", "state", func(v string) string { return v }},
		{"nonce", "nonce", func(v string) string { return v }},
		{"code_challenge", "pkce.code_verifier", challenge},
	} {
		if !query.Has(check.parameter) {
			continue
		}
		name := b.site.settings.cookieName(check.cookie)
		if claims, _ := b.checkCookie(name, a.cookies); check.of(claims) == query.Get(check.parameter) {
			query.Set(check.parameter, "fits-"+check.cookie)
		}
	}
	u.RawQuery = ""
	if len(query) == 0 {
		return u.String()
	}
	return b.plain(u.String() + "?" + query.Encode())
}

// challenge is the PKCE challenge of a verifier (RFC 7636, section 4.2).
func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// checkCookie is the value inside a check cookie, which is sealed under the
// cookie's own name.
func (b *browser) checkCookie(name string, cookies []*http.Cookie) (value string, provider any) {
	for _, c := range cookies {
		if c.Name != name {
			continue
		}
		claims, err := b.site.codec.ForCookie(name).Open(decoded(c.Value))
		if err != nil {
			b.t.Errorf("%s: %s does not open: %v", b.site.name, name, err)
		}
		return claims.Text("value"), claims["provider"]
	}
	return "", nil
}

// cookieRecord reads a cookie.
func (b *browser) cookieRecord(c *http.Cookie, all []*http.Cookie) cookieRecord {
	out := cookieRecord{
		Attributes: fmt.Sprintf("Path=%s Domain=%s Max-Age=%d HttpOnly=%t Secure=%t SameSite=%d", c.Path, c.Domain, c.MaxAge, c.HttpOnly, c.Secure, c.SameSite),
		Value:      decoded(c.Value),
	}
	if !c.Expires.IsZero() {
		out.Expires = secondsFromNow(c.Expires)
	}
	if c.Value == "" {
		return out
	}
	plainName := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(c.Name, "__Secure-"), "__Host-"), "next-auth.")
	kind, part, isPart := strings.Cut(plainName, "session-token.")
	switch {
	case plainName == "csrf-token":
		out.Value = b.csrfRecord(decoded(c.Value))
	case plainName == "state", plainName == "nonce", plainName == "pkce.code_verifier":
		value, provider := b.checkCookie(c.Name, all)
		out.Value = fmt.Sprintf("a sealed value for %v: %t", provider, len(value) >= 43)
	case plainName == "session-token" && b.site.settings.Strategy == auth.StrategyDatabase:
		out.Value = b.numbered("session", c.Value)
	case plainName == "session-token":
		out.Value, out.Length = b.claims(decoded(c.Value)), len(c.Value)
	case isPart && kind == "":
		out.Value, out.Length = "part", len(c.Value)
		if part == "0" {
			out.Value = b.claims(joined(c.Name, all))
		}
	}
	return out
}

// numbered replaces a random value by its kind and its place among those of this
// kind, so that it shows whether two are the same.
func (b *browser) numbered(kind, value string) string {
	list := b.seen[kind]
	i := slices.Index(list, value)
	if i < 0 {
		i = len(list)
		b.seen[kind] = append(list, value)
	}
	return fmt.Sprintf("<%s %d>", kind, i+1)
}

// csrfRecord checks the CSRF cookie: the token and its hash with the secret.
func (b *browser) csrfRecord(value string) string {
	tok, hash, _ := strings.Cut(value, "|")
	sum := sha256.Sum256([]byte(tok + secret))
	if !hex64Pattern.MatchString(tok) || hash != hex.EncodeToString(sum[:]) {
		return value
	}
	return "<csrf token>|<its hash>"
}

// joined puts the parts of a cookie together; first is the name of the first.
func joined(first string, all []*http.Cookie) string {
	var value strings.Builder
	for i := range all {
		for _, c := range all {
			if c.Name == strings.TrimSuffix(first, "0")+fmt.Sprint(i) {
				value.WriteString(decoded(c.Value))
			}
		}
	}
	return value.String()
}

// claims are those of a session token, and its protected header.
func (b *browser) claims(tok string) any {
	opened, err := b.site.codec.Open(tok)
	if err != nil {
		b.t.Errorf("%s: the session token does not open: %v", b.site.name, err)
		return tok
	}
	claims := map[string]any{}
	for name, value := range opened {
		claims[name] = b.normalised(name, value)
	}
	for _, name := range []string{"iat", "exp"} {
		claims[name] = secondsFromNow(opened.Time(name))
	}
	header, _, _ := strings.Cut(tok, ".")
	text, err := base64.RawURLEncoding.DecodeString(header)
	if err != nil {
		b.t.Errorf("%s: the header of the session token: %v", b.site.name, err)
	}
	claims["<header>"] = string(text)
	return claims
}

// normalised replaces what differs from run to run in a JSON value; name is the
// member that holds it.
func (b *browser) normalised(name string, value any) any {
	switch value := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, member := range value {
			out[name] = b.normalised(name, member)
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i := range value {
			out[i] = b.normalised("", value[i])
		}
		return out
	case string:
		switch {
		case name == "jti" && uuidPattern.MatchString(value):
			return "<uuid>"
		case name == "sub" && b.site.settings.Adapter && userIDPattern.MatchString(value):
			return b.numbered("user", value)
		case name == "expires" && isoPattern.MatchString(value):
			if expires, err := time.Parse(time.RFC3339, value); err == nil {
				return secondsFromNow(expires)
			}
		}
		return b.plain(value)
	}
	return value
}
