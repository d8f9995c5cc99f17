package oauth

import (
	"context"
	"net/http"
	"net/url"
)

// Signature1 is the OAuth 1.0a signature, for the examples of RFC 5849.
func Signature1(method, rawURL, clientSecret, tokenSecret string, params ...url.Values) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return signature(method, u, clientSecret, tokenSecret, params...)
}

// SignatureBase1 is the OAuth 1.0a signature base string.
func SignatureBase1(method, rawURL string, params ...url.Values) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return signatureBase(method, u, params...)
}

// ParseTokenResponse reads and checks a token response.
func ParseTokenResponse(mediaType string, status int, body []byte, strict bool) (map[string]any, error) {
	c := New(Config{StrictV4: strict})
	tokens, err := c.parseTokenResponse(&response{status, mediaType, body})
	if tokens == nil || err != nil {
		return nil, err
	}
	if err := c.checkTokens(tokens); err != nil {
		return nil, err
	}
	normalizeTokens(tokens, c.now())
	return tokens, nil
}

// Discover makes sure that the discovery document is known.
func (c *Client) Discover(ctx context.Context) error {
	_, err := c.provider(ctx)
	return err
}

// CheckAnswer checks the parameters of a callback at a provider with an issuer.
func CheckAnswer(issuer string, a Answer) (string, error) {
	c := New(Config{Issuer: issuer})
	if err := c.checkState(a); err != nil {
		return "", err
	}
	return c.checkAnswer(&provider{issuer: issuer}, a)
}

// Transport returns the transport that c uses, without our limits.
func (c *Client) Transport() http.RoundTripper {
	return c.http.Transport.(bounded).next
}
