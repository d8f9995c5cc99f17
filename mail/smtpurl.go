package mail

import (
	"errors"
	"net/url"
	"strconv"
)

// ParseSMTP reads the address of a mail server as NextAuth.js keeps it in
// EMAIL_SERVER: "smtp://user:password@host:587" or "smtps://host:465". Name,
// password and port are optional; special characters in name and password are
// percent-encoded.
//
// "smtp" means [TLSAuto], so that STARTTLS is required except on loopback
// addresses, and "smtps" means [TLSImplicit]. A path, a query and a fragment are
// refused rather than ignored. Errors do not repeat the address.
func ParseSMTP(address string) (SMTP, error) {
	u, err := url.Parse(address)
	if err != nil {
		return SMTP{}, errors.New("mail: the server address is not of the form smtp://user:password@host:port, " +
			"with special characters in user and password percent-encoded")
	}
	var s SMTP
	switch u.Scheme {
	case "smtp":
	case "smtps":
		s.TLS = TLSImplicit
	default:
		return SMTP{}, errors.New("mail: the server address begins neither with smtp:// nor with smtps://")
	}
	if u.Opaque != "" || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return SMTP{}, errors.New("mail: the server address has more than user, password, host and port; " +
			"a / ? or # in user or password must be percent-encoded")
	}
	s.Host = u.Hostname()
	if port := u.Port(); port != "" {
		if s.Port, err = strconv.Atoi(port); err != nil || s.Port < 1 || s.Port > 65535 {
			return SMTP{}, errors.New("mail: the port of the server address is not between 1 and 65535")
		}
	}
	if u.User != nil {
		s.Username = u.User.Username()
		s.Password, _ = u.User.Password()
	}
	if err := s.Check(); err != nil {
		return SMTP{}, err
	}
	return s, nil
}
