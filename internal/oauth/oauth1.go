package oauth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/internal/loopback"
)

// OAuth1Config describes an OAuth 1.0a provider (RFC 5849) and the client that
// is registered there. Requests are signed with HMAC-SHA1.
type OAuth1Config struct {
	// ClientID and ClientSecret are the client credentials, also called
	// consumer key and secret.
	ClientID     string
	ClientSecret string
	// RequestTokenURL and AccessTokenURL are the endpoints for temporary and
	// for token credentials. ProfileURL is fetched with a signed GET.
	RequestTokenURL string
	AccessTokenURL  string
	ProfileURL      string
	// Authorization is where the visitor authorizes the client.
	Authorization Endpoint
	// Timeout and HTTPClient are as in Config.
	Timeout    time.Duration
	HTTPClient *http.Client
}

// OAuth1Client is the client for one OAuth 1.0a provider. It is safe for
// concurrent use and keeps nothing of a flow.
type OAuth1Client struct {
	cfg  OAuth1Config
	http *http.Client
}

// NewOAuth1 returns a client for a provider. It makes no requests.
func NewOAuth1(cfg OAuth1Config) *OAuth1Client {
	client := newHTTPClient(cfg.HTTPClient, cfg.Timeout)
	// A signature covers the URL, so that a redirected request would be void.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return errRedirect }
	return &OAuth1Client{cfg: cfg, http: client}
}

// RequestToken gets temporary credentials (RFC 5849, section 2.1). Params are
// sent in the body. The secret belongs to the browser that signs in: the caller
// keeps it sealed until the provider answers. A provider that does not confirm
// the callback URL speaks the withdrawn OAuth 1.0, and is refused.
func (c *OAuth1Client) RequestToken(ctx context.Context, callbackURL string, params url.Values) (token, secret string, err error) {
	const stage = "request token"
	answer, err := c.post(ctx, c.cfg.RequestTokenURL, "", "", url.Values{"oauth_callback": {callbackURL}}, params)
	if err != nil {
		return "", "", stageError(stage, err)
	}
	if answer.Get("oauth_callback_confirmed") != "true" {
		return "", "", stageError(stage, errors.New("the provider did not confirm the callback URL"))
	}
	return answer.Get("oauth_token"), answer.Get("oauth_token_secret"), nil
}

// AuthorizationURL returns the address to send the browser to (RFC 5849,
// section 2.2). It has the token and never its secret.
func (c *OAuth1Client) AuthorizationURL(token string) string {
	u, err := url.Parse(c.cfg.Authorization.URL)
	if err != nil {
		return ""
	}
	query := u.Query()
	for name, values := range c.cfg.Authorization.Params {
		query[name] = values
	}
	query.Set("oauth_token", token)
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	return u.String()
}

// Exchange gets token credentials (RFC 5849, section 2.3) and the profile. The
// token and secret are those of RequestToken, and the caller has checked that
// the answer names that token; the verifier comes from the answer. The result's
// tokens are oauth_token and oauth_token_secret.
func (c *OAuth1Client) Exchange(ctx context.Context, token, secret, verifier string) (*Result, error) {
	if token == "" || verifier == "" {
		return nil, errors.New("oauth: access token: the answer has no token or no verifier")
	}
	answer, err := c.post(ctx, c.cfg.AccessTokenURL, token, secret, url.Values{"oauth_verifier": {verifier}}, nil)
	if err != nil {
		return nil, stageError("access token", err)
	}
	token, secret = answer.Get("oauth_token"), answer.Get("oauth_token_secret")
	profile, err := c.profile(ctx, token, secret)
	if err != nil {
		return nil, stageError("profile", err)
	}
	tokens := map[string]any{"oauth_token": token, "oauth_token_secret": secret}
	return &Result{Tokens: tokens, Profile: profile}, nil
}

// profile fetches the profile with token credentials.
func (c *OAuth1Client) profile(ctx context.Context, token, secret string) (map[string]any, error) {
	req, err := newGet(ctx, c.cfg.ProfileURL, nil)
	if err != nil {
		return nil, err
	}
	if err := requireTLS(req.URL); err != nil {
		return nil, err
	}
	c.sign(req, token, secret, nil, nil)
	resp, err := send(c.http, req)
	if err != nil {
		return nil, err
	}
	profile, err := parseObject(resp.body)
	if resp.status != http.StatusOK || err != nil {
		return nil, statusFailure(req.URL, resp, "200 and a JSON object")
	}
	return profile, nil
}

// post sends a signed POST and returns the form that answers it, which has
// credentials.
func (c *OAuth1Client) post(ctx context.Context, rawURL, token, secret string, protocol, body url.Values) (url.Values, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, rawURL, strings.NewReader(body.Encode()))
	if err != nil {
		return nil, errors.New("malformed URL")
	}
	if err := requireTLS(req.URL); err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "*/*")
	c.sign(req, token, secret, protocol, body)
	resp, err := send(c.http, req)
	if err != nil {
		return nil, err
	}
	answer, err := url.ParseQuery(string(resp.body))
	if resp.status != http.StatusOK || err != nil || answer.Get("oauth_token") == "" || answer.Get("oauth_token_secret") == "" {
		return nil, statusFailure(req.URL, resp, "200 and credentials")
	}
	return answer, nil
}

// requireTLS refuses an endpoint without TLS unless it is on this machine.
func requireTLS(u *url.URL) error {
	if u.Scheme == "https" || u.Scheme == "http" && loopback.Is(u.Hostname()) {
		return nil
	}
	return &requestError{target: u.Host + u.Path, reason: "must use https"}
}

// sign adds the Authorization header (RFC 5849, section 3.5.1). Protocol has
// further parameters for the header; those of the body are signed only.
func (c *OAuth1Client) sign(req *http.Request, token, secret string, protocol, body url.Values) {
	header := url.Values{
		"oauth_consumer_key":     {c.cfg.ClientID},
		"oauth_nonce":            {rand.Text()},
		"oauth_signature_method": {"HMAC-SHA1"},
		"oauth_timestamp":        {strconv.FormatInt(time.Now().Unix(), 10)},
		"oauth_version":          {"1.0"},
	}
	if token != "" {
		header.Set("oauth_token", token)
	}
	for name, values := range protocol {
		header[name] = values
	}
	header.Set("oauth_signature", signature(req.Method, req.URL, c.cfg.ClientSecret, secret, header, body))
	pairs := make([]string, 0, len(header))
	for name, values := range header {
		pairs = append(pairs, percentEncode(name)+`="`+percentEncode(values[0])+`"`)
	}
	slices.Sort(pairs)
	req.Header.Set("Authorization", "OAuth "+strings.Join(pairs, ", "))
}

// signature returns the HMAC-SHA1 signature of a request (RFC 5849, section
// 3.4.2) with the given parameters and those in its URL.
func signature(method string, u *url.URL, clientSecret, tokenSecret string, params ...url.Values) string {
	key := percentEncode(clientSecret) + "&" + percentEncode(tokenSecret)
	mac := hmac.New(sha1.New, []byte(key))
	mac.Write([]byte(signatureBase(method, u, params...)))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// signatureBase returns the signature base string (RFC 5849, section 3.4.1).
func signatureBase(method string, u *url.URL, params ...url.Values) string {
	var pairs [][2]string
	for _, values := range append([]url.Values{u.Query()}, params...) {
		for name, list := range values {
			for _, value := range list {
				pairs = append(pairs, [2]string{percentEncode(name), percentEncode(value)})
			}
		}
	}
	slices.SortFunc(pairs, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	var normalized strings.Builder
	for i, pair := range pairs {
		if i > 0 {
			normalized.WriteByte('&')
		}
		normalized.WriteString(pair[0] + "=" + pair[1])
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	return strings.ToUpper(method) + "&" + percentEncode(origin(u)+path) + "&" + percentEncode(normalized.String())
}

// percentEncode encodes all but the unreserved characters of RFC 3986, with
// capital letters (RFC 5849, section 3.6).
func percentEncode(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}
