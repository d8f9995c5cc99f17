package authtest

import (
	"encoding/json"
	"net/http"
)

// Response is an answer as it is sent.
type Response struct {
	// Status is 200 when it is zero.
	Status int
	// ContentType is JSON when it is empty.
	ContentType string
	Header      http.Header
	Body        []byte
}

// ErrorJSON is how OAuth 2.0 reports an error, "invalid_grant" for example.
func ErrorJSON(code string) Response {
	return Response{Status: http.StatusBadRequest, Body: []byte(`{"error":"` + code + `","error_description":"` + simulated + `"}`)}
}

// HTMLPage is the page that a broken server answers with.
func HTMLPage() Response {
	return Response{
		Status: http.StatusBadGateway, ContentType: "text/html; charset=utf-8",
		Body: []byte("<!DOCTYPE html><title>Bad Gateway</title><p>" + simulated),
	}
}

// TooManyRequests is how a provider asks for patience.
func TooManyRequests() Response {
	return Response{
		Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"60"}},
		Body: []byte(`{"message":"` + simulated + `"}`),
	}
}

// WrongContentType is an answer whose body is not what its header says: XML that
// is called JSON, with the status 200.
func WrongContentType() Response {
	return Response{Body: []byte(`<?xml version="1.0"?><answer>` + simulated + `</answer>`)}
}

// simulated is in the body of every failure.
const simulated = "This failure is simulated."

func (r Response) write(w http.ResponseWriter) {
	for name, values := range r.Header {
		w.Header()[name] = values
	}
	if r.ContentType == "" {
		r.ContentType = "application/json"
	}
	if r.Status == 0 {
		r.Status = http.StatusOK
	}
	w.Header().Set("Content-Type", r.ContentType)
	w.WriteHeader(r.Status)
	w.Write(r.Body)
}

// jsonResponse is a value as JSON.
func jsonResponse(status int, value any) Response {
	body, err := json.Marshal(value)
	if err != nil {
		return Response{Status: http.StatusInternalServerError, ContentType: "text/plain", Body: []byte("authtest: " + err.Error())}
	}
	return Response{Status: status, Body: body}
}

// refusal is an error of OAuth 2.0 with a reason.
func refusal(status int, code, description string) Response {
	return jsonResponse(status, map[string]any{"error": code, "error_description": description})
}
