package mail

// SendGridEU is API.BaseURL for keys of a SendGrid subuser in the EU.
const SendGridEU = "https://api.eu.sendgrid.com"

// SendGrid sends through the API of Twilio SendGrid. The key needs the permission
// "Mail Send", and Message.From must be a verified sender or belong to an
// authenticated domain. Mails are sent without click and open tracking, which
// would replace the link. Its documentation is
// https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send
func SendGrid(apiKey string) API {
	return API{key: apiKey, service: service{
		name: "sendgrid", baseURL: "https://api.sendgrid.com", request: sendGridRequest,
	}}
}

type sendGridAddress struct {
	Email string `json:"email"`
	Name  string `json:"name,omitempty"`
}

type sendGridContent struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

type sendGridRecipients struct {
	To []sendGridAddress `json:"to"`
}

func sendGridRequest(key string, m Message) (apiRequest, error) {
	from, err := m.parse()
	if err != nil {
		return apiRequest{}, err
	}
	content := []sendGridContent{{"text/plain", m.Text}}
	if m.HTML != "" {
		content = append(content, sendGridContent{"text/html", m.HTML})
	}
	return jsonRequest("/v3/mail/send", key, struct {
		Personalizations []sendGridRecipients       `json:"personalizations"`
		From             sendGridAddress            `json:"from"`
		Subject          string                     `json:"subject"`
		Content          []sendGridContent          `json:"content"`
		Headers          map[string]string          `json:"headers"`
		Tracking         map[string]map[string]bool `json:"tracking_settings"`
	}{
		[]sendGridRecipients{{[]sendGridAddress{{Email: m.To}}}},
		sendGridAddress{from.Address, from.Name}, m.Subject, content, apiHeaders(m),
		map[string]map[string]bool{"click_tracking": {"enable": false, "enable_text": false}, "open_tracking": {"enable": false}},
	})
}
