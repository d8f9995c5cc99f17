package providers

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// getJSON asks for JSON with the access token in the Authorization header and
// decodes it into answer, with numbers as json.Number. Header may be nil. Errors
// name the host and path.
func getJSON(ctx context.Context, r *auth.ProfileRequest, target string, header http.Header, answer any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return fmt.Errorf("providers: %w", err)
	}
	for name, values := range header {
		request.Header[http.CanonicalHeaderKey(name)] = values
	}
	request.Header.Set("Authorization", "Bearer "+r.Tokens.Text("access_token"))
	return doJSON(r.Client, request, answer)
}

// doJSON sends a request and decodes the answer, which must have the status 200.
func doJSON(client *http.Client, request *http.Request, answer any) error {
	where := request.Method + " " + request.URL.Host + request.URL.Path
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("providers: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("providers: %s: status %d", where, response.StatusCode)
	}
	decoder := json.NewDecoder(response.Body)
	decoder.UseNumber()
	if err := decoder.Decode(answer); err != nil {
		return fmt.Errorf("providers: %s: the answer is not the expected JSON", where)
	}
	return nil
}
