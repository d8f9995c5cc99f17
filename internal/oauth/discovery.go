package oauth

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/internal/loopback"
)

const (
	// documentTTL is how long a discovery document and the signing keys are
	// used before they are fetched again.
	documentTTL = time.Hour
	// documentRetry is how long an old document serves after a failed refresh.
	documentRetry = time.Minute

	tenantPlaceholder = "{tenantid}"
)

// document is a discovery document (OpenID Connect Discovery 1.0, section 3),
// as far as it is used.
type document struct {
	Issuer                string   `json:"issuer"`
	AuthorizationEndpoint string   `json:"authorization_endpoint"`
	TokenEndpoint         string   `json:"token_endpoint"`
	UserinfoEndpoint      string   `json:"userinfo_endpoint"`
	JWKSURI               string   `json:"jwks_uri"`
	TokenAuthMethods      []string `json:"token_endpoint_auth_methods_supported"`
	IssuerParameter       bool     `json:"authorization_response_iss_parameter_supported"`
}

// provider is what is known of the provider: the configuration, completed by
// the discovery document.
type provider struct {
	// issuer is "" when none is known or when it depends on the tenant.
	issuer                               string
	authorization, token, userinfo, jwks string
	clientAuthentication                 string
	// issuerParameter says that the answer must have the parameter iss.
	issuerParameter bool
}

// provider returns what is known of the provider, after discovery if need be.
func (c *Client) provider(ctx context.Context) (*provider, error) {
	doc := &document{}
	if c.discoveryURL != "" {
		var err error
		if doc, err = c.discover(ctx); err != nil {
			return nil, stageError("discovery", err)
		}
	}
	p := &provider{
		issuer:               doc.Issuer,
		authorization:        cmp.Or(c.cfg.Authorization.URL, doc.AuthorizationEndpoint),
		token:                cmp.Or(c.cfg.Token.URL, doc.TokenEndpoint),
		userinfo:             cmp.Or(c.cfg.Userinfo.URL, doc.UserinfoEndpoint),
		jwks:                 cmp.Or(c.cfg.JWKS, doc.JWKSURI),
		clientAuthentication: c.cfg.ClientAuthentication,
		issuerParameter:      doc.IssuerParameter,
	}
	if p.issuer == "" && c.cfg.IssuerTemplate == "" {
		p.issuer = c.cfg.Issuer
	}
	if strings.Contains(p.issuer, tenantPlaceholder) {
		p.issuer = ""
	}
	if p.clientAuthentication == "" {
		p.clientAuthentication = ClientSecretBasic
		if !slices.Contains(doc.TokenAuthMethods, ClientSecretBasic) && slices.Contains(doc.TokenAuthMethods, ClientSecretPost) {
			p.clientAuthentication = ClientSecretPost
		}
	}
	return p, nil
}

// discover returns the discovery document. However many callers wait for it,
// one request is under way; a failure is not remembered, and an old document
// outlives a failed refresh.
func (c *Client) discover(ctx context.Context) (*document, error) {
	if doc := c.freshDocument(); doc != nil {
		return doc, nil
	}
	done := c.flight.DoChan("discovery", func() (any, error) {
		if doc := c.freshDocument(); doc != nil {
			return doc, nil
		}
		doc, err := c.fetchDocument(context.WithoutCancel(ctx))
		return c.keepDocument(doc, err)
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-done:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.(*document), nil
	}
}

// freshDocument returns the document that is still good, or nil.
func (c *Client) freshDocument() *document {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.document == nil || !c.now().Before(c.documentUntil) {
		return nil
	}
	return c.document
}

// keepDocument remembers the outcome of a fetch and returns what to use.
func (c *Client) keepDocument(doc *document, err error) (*document, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err == nil:
		c.document, c.documentUntil = doc, c.now().Add(documentTTL)
	case c.document == nil:
		return nil, err
	default:
		c.documentUntil = c.now().Add(documentRetry)
	}
	return c.document, nil
}

// fetchDocument fetches and checks the discovery document.
func (c *Client) fetchDocument(ctx context.Context) (*document, error) {
	if err := c.checkEndpoint("discovery", c.discoveryURL, true); err != nil {
		return nil, err
	}
	req, err := newGet(ctx, c.discoveryURL, nil)
	if err != nil {
		return nil, err
	}
	resp, err := send(c.http, req)
	if err != nil {
		return nil, err
	}
	var doc document
	if resp.status != http.StatusOK || json.Unmarshal(resp.body, &doc) != nil {
		return nil, statusFailure(req.URL, resp, "200 and a discovery document")
	}
	if err := c.checkDocument(&doc); err != nil {
		return nil, err
	}
	return &doc, nil
}

// checkDocument checks the issuer and the endpoints of a document.
func (c *Client) checkDocument(doc *document) error {
	switch template := c.cfg.IssuerTemplate; {
	case doc.Issuer == "":
		if c.cfg.OpenID && c.cfg.Issuer == "" && template == "" {
			return errors.New("the document names no issuer")
		}
	case template != "":
		if doc.Issuer != template && !matchesTemplate(template, doc.Issuer) {
			return fmt.Errorf("the document is of issuer %q, want %q", doc.Issuer, template)
		}
	case strings.Contains(doc.Issuer, tenantPlaceholder):
		return fmt.Errorf("the document is of the issuer template %q, which is not configured", doc.Issuer)
	case c.cfg.Issuer != "" && doc.Issuer != c.cfg.Issuer:
		return fmt.Errorf("the document is of issuer %q, want %q", doc.Issuer, c.cfg.Issuer)
	}
	for _, e := range []struct{ name, configured, url string }{
		{"authorization", c.cfg.Authorization.URL, doc.AuthorizationEndpoint},
		{"token", c.cfg.Token.URL, doc.TokenEndpoint},
		{"userinfo", c.cfg.Userinfo.URL, doc.UserinfoEndpoint},
		{"jwks", c.cfg.JWKS, doc.JWKSURI},
	} {
		if e.configured == "" && e.url != "" {
			if err := c.checkEndpoint(e.name, e.url, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkEndpoint refuses an endpoint that is no https URL. Plain http is
// accepted when the configuration itself names a loopback address, there or as
// its issuer or discovery document, and with StrictV4 for every endpoint of
// the configuration.
func (c *Client) checkEndpoint(name, rawURL string, configured bool) error {
	if rawURL == "" {
		return fmt.Errorf("the %s endpoint is not known", name)
	}
	u, err := url.Parse(rawURL)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return fmt.Errorf("the %s endpoint is not an absolute URL", name)
	}
	switch {
	case u.Scheme == "https":
		return nil
	case u.Scheme != "http":
	case configured && (c.cfg.StrictV4 || loopback.Is(u.Hostname())):
		return nil
	case isLocalHTTP(c.cfg.Issuer) || isLocalHTTP(c.discoveryURL):
		return nil
	}
	return fmt.Errorf("the %s endpoint at %q must use https", name, u.Host)
}

func isLocalHTTP(rawURL string) bool {
	u, err := url.Parse(rawURL)
	return err == nil && u.Scheme == "http" && loopback.Is(u.Hostname())
}

// matchesTemplate says whether issuer is template for some tenant.
func matchesTemplate(template, issuer string) bool {
	before, after, found := strings.Cut(template, tenantPlaceholder)
	if !found || len(issuer) < len(before)+len(after) ||
		!strings.HasPrefix(issuer, before) || !strings.HasSuffix(issuer, after) {
		return false
	}
	return isTenant(issuer[len(before) : len(issuer)-len(after)])
}

// isTenant accepts what a tenant's id or domain can be, so that it cannot
// change the shape of the issuer.
func isTenant(s string) bool {
	return s != "" && len(s) <= 255 && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '.'
	})
}
