package mail

import (
	"bytes"
	"errors"
	"fmt"
	"mime/multipart"
)

// MailgunEU is API.BaseURL for domains that were created in the EU region of
// Mailgun. There is no other way to reach them.
const MailgunEU = "https://api.eu.mailgun.net"

// Mailgun sends through the API of Mailgun. The domain is the sending domain as
// Mailgun knows it, such as "mg.example.com"; that of Message.From may be another
// one. The key may be a domain sending key. Mails are sent without click and open
// tracking, which would replace the link. Its documentation is
// https://documentation.mailgun.com/docs/mailgun/user-manual/sending-messages/send-http
func Mailgun(domain, apiKey string) API {
	return API{key: apiKey, service: service{
		name: "mailgun", baseURL: "https://api.mailgun.net",
		check: func() error {
			if !isASCII(domain) || !dotted(domain, isLabelText) {
				return errors.New("the sending domain is not a domain name in ASCII")
			}
			return nil
		},
		request: func(key string, m Message) (apiRequest, error) { return mailgunRequest(domain, key, m) },
	}}
}

func mailgunRequest(domain, key string, m Message) (apiRequest, error) {
	from, err := m.parse()
	if err != nil {
		return apiRequest{}, err
	}
	fields := map[string]string{
		"from": mailbox(from), "to": m.To, "subject": m.Subject, "text": m.Text,
		"o:tracking": "no", "o:tracking-clicks": "no", "o:tracking-opens": "no",
	}
	if m.HTML != "" {
		fields["html"] = m.HTML
	}
	for name, value := range apiHeaders(m) {
		fields["h:"+name] = value
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range fields {
		if err := form.WriteField(name, value); err != nil {
			return apiRequest{}, fmt.Errorf("mail: %w", err)
		}
	}
	if err := form.Close(); err != nil {
		return apiRequest{}, fmt.Errorf("mail: %w", err)
	}
	return apiRequest{
		path: "/v3/" + domain + "/messages", contentType: form.FormDataContentType(), body: body.Bytes(),
		header: "Authorization", value: basic("api", key),
	}, nil
}
