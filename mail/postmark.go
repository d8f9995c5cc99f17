package mail

import (
	"maps"
	"slices"
)

// Postmark sends through the API of Postmark, in the message stream "outbound",
// which every server has. The token is that of a server, not that of the account,
// and Message.From must be a confirmed sender signature or belong to a verified
// domain. Mails are sent without link and open tracking, which would replace the
// link. Its documentation is https://postmarkapp.com/developer/api/email-api
func Postmark(serverToken string) API {
	return API{key: serverToken, service: service{
		name: "postmark", baseURL: "https://api.postmarkapp.com", request: postmarkRequest,
	}}
}

type postmarkHeader struct{ Name, Value string }

func postmarkRequest(key string, m Message) (apiRequest, error) {
	from, err := m.parse()
	if err != nil {
		return apiRequest{}, err
	}
	var headers []postmarkHeader
	values := apiHeaders(m)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		headers = append(headers, postmarkHeader{name, values[name]})
	}
	r, err := jsonRequest("/email", key, struct {
		From, To, Subject, TextBody string
		HTMLBody                    string `json:"HtmlBody,omitempty"`
		MessageStream               string
		TrackLinks                  string
		TrackOpens                  bool
		Headers                     []postmarkHeader
	}{mailbox(from), m.To, m.Subject, m.Text, m.HTML, "outbound", "None", false, headers})
	r.header, r.value = "X-Postmark-Server-Token", key
	return r, err
}
