package providers

import (
	"cmp"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// InfluxCloud signs in with an account of InfluxCloud at the address server; when
// it is empty, at https://cloud.influxdata.com. It needs a client id and secret
// that InfluxData gave out for the redirect URI <base>/callback/influxcloud: there
// is no page to register an application, and what InfluxData documents today does
// not mention these endpoints. Addresses do not count as verified. Documentation:
// https://docs.influxdata.com/influxdb/cloud/
func InfluxCloud(server, clientID, clientSecret string) auth.OAuthProvider {
	server = strings.TrimRight(cmp.Or(server, "https://cloud.influxdata.com"), "/")
	return auth.OAuthProvider{
		ID:            "influxcloud",
		Name:          "InfluxCloud",
		Style:         auth.Style{Icon: iconInfluxDB, Color: "#22ADF6"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: server + "/oauth/authorize"},
		Token:         auth.Endpoint{URL: server + "/oauth/token"},
		Userinfo:      auth.Endpoint{URL: server + "/api/v1/user"},
		Checks:        []auth.Check{auth.CheckState},
		Profile:       influxCloudProfile,
	}
}

func influxCloudDefinition() Definition {
	const where = "The support of InfluxData"
	return Definition{
		ID:   "influxcloud",
		Name: "InfluxCloud",
		Kind: KindOAuth2,
		Options: append(clientOptions(where), Option{
			Name: "baseUrl", What: "The address of the service, when it is not https://cloud.influxdata.com.", Where: where,
		}),
		DocumentationURL: "https://docs.influxdata.com/influxdb/cloud/",
		Notes:            []string{"There is no page to register an application: it needs a client id and secret that InfluxData gave out."},
		New: func(o Options) (auth.Provider, error) {
			return InfluxCloud(o.BaseURL, o.ClientID, o.ClientSecret), nil
		},
	}
}

func influxCloudProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	return newUser(idAt(p, "id"), textAt(p, "name"), textAt(p, "email"), textAt(p, "avatar_url")), nil
}
