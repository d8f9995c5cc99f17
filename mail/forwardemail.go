package mail

import "encoding/base64"

// ForwardEmail sends through the API of Forward Email. The domain of Message.From
// must be set up for outbound mail there, which a person approves. Its
// documentation is https://forwardemail.net/en/email-api
func ForwardEmail(apiKey string) API {
	return API{key: apiKey, service: service{
		name: "forwardemail", baseURL: "https://api.forwardemail.net", request: forwardEmailRequest,
	}}
}

func forwardEmailRequest(key string, m Message) (apiRequest, error) {
	from, err := m.parse()
	if err != nil {
		return apiRequest{}, err
	}
	r, err := jsonRequest("/v1/emails", key, struct {
		From    string            `json:"from"`
		To      string            `json:"to"`
		Subject string            `json:"subject"`
		Text    string            `json:"text"`
		HTML    string            `json:"html,omitempty"`
		Headers map[string]string `json:"headers"`
	}{mailbox(from), m.To, m.Subject, m.Text, m.HTML, apiHeaders(m)})
	r.value = basic(key, "")
	return r, err
}

// basic is the value of the header Authorization for a name and a password
// (RFC 7617).
func basic(name, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(name+":"+password))
}
