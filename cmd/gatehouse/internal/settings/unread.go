package settings

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/providers"
)

// warnings are what is odd in the environment without being wrong.
func (e Environment) warnings(trustHostIgnored bool) []Problem {
	var found problems
	if trustHostIgnored {
		found.add(varTrustHost, "an environment variable has no effect, because the address of the site is set", "remove it")
	}
	known := knownNames()
	for _, name := range e.names() {
		if !known[name] && isOurs(name) {
			found.add(name, "an environment variable is not used, although its name looks like it should be",
				`compare it with docs/serve.md or, for a provider, with "gatehouse providers show ID"`)
		}
	}
	return found
}

// knownNames are the names of all variables that are read.
func knownNames() map[string]bool {
	known := map[string]bool{}
	for _, v := range append(Variables(), MailVariables()...) {
		for _, name := range v.Names {
			known[name] = true
		}
	}
	for _, d := range providers.All() {
		for _, id := range append([]string{d.ID}, d.Aliases...) {
			for _, option := range d.Options {
				known[providers.Variable(id, option.Name)] = true
			}
		}
	}
	return known
}

// isOurs reports whether a name begins like those of this program. Kubernetes
// gives every container variables that begin with the name of a service, which
// may be "auth".
func isOurs(name string) bool {
	return strings.HasPrefix(name, "NEXTAUTH_") ||
		strings.HasPrefix(name, "AUTH_") && !strings.HasPrefix(name, "AUTH_SERVICE_") && !strings.HasPrefix(name, "AUTH_PORT")
}
