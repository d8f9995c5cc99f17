package mail

import (
	"errors"
	"fmt"
	"net/url"
)

// Loops sends through the API of Loops, which has the text of the mail and its
// sender: it fills in a transactional mail that was written and published there.
// The mail must have the data variable "url", as the address of its button, and
// no other one that is required; it gets Message.Link. Of the message only To and
// Link are used. Its documentation is
// https://loops.so/docs/api-reference/send-transactional-email
func Loops(apiKey, transactionalID string) API {
	return API{key: apiKey, service: service{
		name: "loops", baseURL: "https://app.loops.so",
		check: func() error {
			if transactionalID == "" {
				return errors.New("the id of the transactional mail is missing")
			}
			return nil
		},
		request: func(key string, m Message) (apiRequest, error) { return loopsRequest(transactionalID, key, m) },
	}}
}

func loopsRequest(transactionalID, key string, m Message) (apiRequest, error) {
	if err := checkAddress(m.To); err != nil {
		return apiRequest{}, fmt.Errorf("mail: To: %w", err)
	}
	u, err := url.Parse(m.Link)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || !printable(m.Link) {
		return apiRequest{}, errors.New("mail: Link is not an absolute http or https URL")
	}
	return jsonRequest("/api/v1/transactional", key, struct {
		TransactionalID string            `json:"transactionalId"`
		Email           string            `json:"email"`
		DataVariables   map[string]string `json:"dataVariables"`
	}{transactionalID, m.To, map[string]string{"url": m.Link}})
}
