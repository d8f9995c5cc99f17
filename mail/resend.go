package mail

// Resend sends through the API of Resend. The domain of Message.From must be
// verified there, and click tracking, which replaces the links of mails, should
// stay off in the settings of the domain, as a request cannot turn it off. Its
// documentation is https://resend.com/docs/api-reference/emails/send-email
func Resend(apiKey string) API {
	return API{key: apiKey, service: service{
		name: "resend", baseURL: "https://api.resend.com", request: resendRequest,
	}}
}

func resendRequest(key string, m Message) (apiRequest, error) {
	from, err := m.parse()
	if err != nil {
		return apiRequest{}, err
	}
	return jsonRequest("/emails", key, struct {
		From    string            `json:"from"`
		To      string            `json:"to"`
		Subject string            `json:"subject"`
		Text    string            `json:"text"`
		HTML    string            `json:"html,omitempty"`
		Headers map[string]string `json:"headers"`
	}{mailbox(from), m.To, m.Subject, m.Text, m.HTML, apiHeaders(m)})
}
