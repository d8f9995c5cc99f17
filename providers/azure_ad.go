package providers

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth"
)

const azureADSite = "https://login.microsoftonline.com/"

// AzureAD signs in with an account of Microsoft Entra ID, formerly Azure Active
// Directory. The tenant is a directory id or domain, or "organizations" for
// everybody's work accounts, "consumers" for personal accounts, and "common", the
// default when it is empty, for both. With "common" and "organizations" people of
// every directory can sign in: the SignIn callback may check the profile's claim
// tid. Register an application with the platform "Web" and the redirect URI
// <base>/callback/azure-ad at https://entra.microsoft.com/. The picture comes
// from Microsoft Graph, see [AzureADPhoto]; it needs "User.Read" appended to
// Scopes. Addresses never count as verified, because the administrator of any
// directory can set them. Documentation:
// https://learn.microsoft.com/en-us/entra/identity-platform/v2-protocols-oidc
func AzureAD(tenant, clientID, clientSecret string) auth.OAuthProvider {
	if tenant == "" {
		tenant = "common"
	}
	p := auth.OAuthProvider{
		ID:           "azure-ad",
		Name:         "Azure Active Directory",
		Style:        auth.Style{Color: "#0072C6"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Discovery: azureADSite + url.PathEscape(tenant) + "/v2.0/.well-known/openid-configuration?appid=" +
			url.QueryEscape(clientID),
		OpenID:       true,
		Scopes:       []string{"openid", "profile", "email"},
		Checks:       []auth.Check{auth.CheckState},
		FetchProfile: AzureADPhoto(48),
		Profile:      azureADProfile,
	}
	// The documents of a directory and of "consumers" name their one issuer.
	if tenant == "common" || tenant == "organizations" {
		p.IssuerTemplate = azureADSite + "{tenantid}/v2.0"
	}
	return p
}

func azureADDefinition() Definition {
	return Definition{
		ID:      "azure-ad",
		Aliases: []string{"microsoft-entra-id"},
		Name:    "Azure Active Directory",
		Kind:    KindOIDC,
		Options: append(clientOptions("App registrations, the application"),
			Option{
				Name: "tenantId", What: `A directory id or domain, "organizations", "consumers" or "common", which is the default.`,
				Where: "App registrations, the application, Overview",
			},
			Option{
				Name: "issuer", What: "The issuer of a directory instead of tenantId: https://login.microsoftonline.com/<directory id>/v2.0.",
				Where: "App registrations, Endpoints",
			}),
		ConsoleURL:       "https://entra.microsoft.com/",
		DocumentationURL: "https://learn.microsoft.com/en-us/entra/identity-platform/v2-protocols-oidc",
		Notes: []string{
			"Without a directory of its own everybody who has a Microsoft account can sign in.",
			"Addresses never count as verified, because the administrator of any directory can set them.",
			"The picture needs the scope User.Read.",
		},
		New: newAzureAD,
	}
}

func newAzureAD(o Options) (auth.Provider, error) {
	if o.Issuer == "" {
		return AzureAD(o.TenantID, o.ClientID, o.ClientSecret), nil
	}
	path, ok := strings.CutPrefix(o.Issuer, azureADSite)
	tenant, _, _ := strings.Cut(path, "/")
	switch {
	case !ok || tenant == "":
		return nil, errors.New("providers: azure-ad: the issuer does not begin with " + azureADSite + "<directory id>")
	case o.TenantID != "" && o.TenantID != tenant:
		return nil, fmt.Errorf("providers: azure-ad: tenantId is %q, but the issuer is that of %q; leave one of the two out", o.TenantID, tenant)
	}
	return AzureAD(tenant, o.ClientID, o.ClientSecret), nil
}

func azureADProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	image := textAt(p, "photo").or(null())
	return newUser(idAt(p, "sub"), textAt(p, "name"), textAt(p, "email"), image), nil
}

const (
	// maxPhoto is the largest picture in bytes.
	maxPhoto = 16 << 10
	// photoTimeout bounds the request for the picture, without which people
	// can sign in as well.
	photoTimeout = 3 * time.Second
)

// AzureADPhoto returns a value for [auth.OAuthProvider.FetchProfile] that adds the
// picture of the person to the claims, as the member photo: a data URL, or null
// when there is no picture, when Microsoft Graph refuses it or takes longer than
// 3 seconds, and when it is larger than 16 KiB. The size is the length of an edge
// in pixels: 48, which [AzureAD] uses, 64, 96, 120, 240, 360, 432, 504 or 648. With
// JWT sessions the picture travels in the session cookie, so small is better. To go
// without pictures, set FetchProfile to nil.
func AzureADPhoto(size int) func(ctx context.Context, r *auth.ProfileRequest) (auth.Profile, error) {
	edge := strconv.Itoa(size)
	photoURL := "https://graph.microsoft.com/v1.0/me/photos/" + edge + "x" + edge + "/$value"
	return func(ctx context.Context, r *auth.ProfileRequest) (auth.Profile, error) {
		profile := make(auth.Profile, len(r.Claims)+1)
		maps.Copy(profile, r.Claims)
		profile["photo"] = nil
		if photo, ok := fetchPhoto(ctx, r, photoURL); ok {
			// NextAuth.js writes the space; browsers skip it.
			profile["photo"] = "data:image/jpeg;base64, " + base64.StdEncoding.EncodeToString(photo)
		}
		return profile, nil
	}
}

// fetchPhoto gets a picture. It reports false for whatever goes wrong.
func fetchPhoto(ctx context.Context, r *auth.ProfileRequest, photoURL string) ([]byte, bool) {
	ctx, cancel := context.WithTimeout(ctx, photoTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, photoURL, nil)
	if err != nil {
		return nil, false
	}
	request.Header.Set("Authorization", "Bearer "+r.Tokens.Text("access_token"))
	response, err := r.Client.Do(request)
	if err != nil {
		return nil, false
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK || !strings.HasPrefix(response.Header.Get("Content-Type"), "image/") {
		return nil, false
	}
	photo, err := io.ReadAll(io.LimitReader(response.Body, maxPhoto+1))
	return photo, err == nil && len(photo) > 0 && len(photo) <= maxPhoto
}
