package mail_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/mail"
)

const (
	apiKey   = "key-0123456789abcdef"
	apiToken = "77aa88bb99cc"
	apiLink  = "https://app.example/api/auth/callback/email?token=" + apiToken + "&email=ada%40example.com"
)

func apiMessage() mail.Message {
	return mail.Message{
		From: `"Doe, Jané" <noreply@app.example>`, To: "ada@example.com", Subject: "Sign in — now", Language: "en",
		Text: "Open\n" + apiLink + "\n", HTML: `<a href="` + apiLink + `">Sign in</a>`, Link: apiLink,
	}
}

// apis are all APIs with what each makes of apiMessage.
var apis = []struct {
	name                string
	api                 mail.API
	path, header, value string
	body                string
}{
	{"resend", mail.Resend(apiKey), "/emails", "Authorization", "Bearer " + apiKey, `{
		"from": "\"Doe, Jané\" <noreply@app.example>", "to": "ada@example.com", "subject": "Sign in — now",
		"text": TEXT, "html": HTML, "headers": {"Auto-Submitted": "auto-generated", "Content-Language": "en"}}`},
	{"sendgrid", mail.SendGrid(apiKey), "/v3/mail/send", "Authorization", "Bearer " + apiKey, `{
		"personalizations": [{"to": [{"email": "ada@example.com"}]}],
		"from": {"email": "noreply@app.example", "name": "Doe, Jané"}, "subject": "Sign in — now",
		"content": [{"type": "text/plain", "value": TEXT}, {"type": "text/html", "value": HTML}],
		"headers": {"Auto-Submitted": "auto-generated", "Content-Language": "en"},
		"tracking_settings": {"click_tracking": {"enable": false, "enable_text": false}, "open_tracking": {"enable": false}}}`},
	{"postmark", mail.Postmark(apiKey), "/email", "X-Postmark-Server-Token", apiKey, `{
		"From": "\"Doe, Jané\" <noreply@app.example>", "To": "ada@example.com", "Subject": "Sign in — now",
		"TextBody": TEXT, "HtmlBody": HTML, "MessageStream": "outbound", "TrackLinks": "None", "TrackOpens": false,
		"Headers": [{"Name": "Auto-Submitted", "Value": "auto-generated"}, {"Name": "Content-Language", "Value": "en"}]}`},
	{"mailgun", mail.Mailgun("mg.app.example", apiKey), "/v3/mg.app.example/messages",
		"Authorization", "Basic YXBpOmtleS0wMTIzNDU2Nzg5YWJjZGVm", `{
		"from": "\"Doe, Jané\" <noreply@app.example>", "to": "ada@example.com", "subject": "Sign in — now",
		"text": TEXT, "html": HTML, "o:tracking": "no", "o:tracking-clicks": "no", "o:tracking-opens": "no",
		"h:Auto-Submitted": "auto-generated", "h:Content-Language": "en"}`},
	{"forwardemail", mail.ForwardEmail(apiKey), "/v1/emails", "Authorization", "Basic a2V5LTAxMjM0NTY3ODlhYmNkZWY6", `{
		"from": "\"Doe, Jané\" <noreply@app.example>", "to": "ada@example.com", "subject": "Sign in — now",
		"text": TEXT, "html": HTML, "headers": {"Auto-Submitted": "auto-generated", "Content-Language": "en"}}`},
	{"loops", mail.Loops(apiKey, "template-1"), "/api/v1/transactional", "Authorization", "Bearer " + apiKey, `{
		"transactionalId": "template-1", "email": "ada@example.com", "dataVariables": {"url": LINK}}`},
}

// at lets an API talk to a handler.
func at(t *testing.T, api mail.API, h http.HandlerFunc) mail.API {
	t.Helper()
	server := httptest.NewTLSServer(h)
	t.Cleanup(server.Close)
	api.BaseURL, api.HTTPClient = server.URL, server.Client()
	return api
}

func TestAPIRequests(t *testing.T) {
	for _, tt := range apis {
		t.Run(tt.name, func(t *testing.T) {
			m := apiMessage()
			var got any
			api := at(t, tt.api, func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodPost || r.URL.String() != tt.path {
					t.Errorf("%s %s, want POST %s", r.Method, r.URL, tt.path)
				}
				if value := r.Header.Get(tt.header); value != tt.value {
					t.Errorf("%s: %q, want %q", tt.header, value, tt.value)
				}
				got = bodyOf(t, r)
				w.WriteHeader(http.StatusAccepted)
			})
			if err := api.Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			quoted := func(s string) string {
				data, err := json.Marshal(s)
				if err != nil {
					t.Fatal(err)
				}
				return string(data)
			}
			var want any
			text := strings.NewReplacer("TEXT", quoted(m.Text), "HTML", quoted(m.HTML), "LINK", quoted(m.Link)).Replace(tt.body)
			if err := json.Unmarshal([]byte(text), &want); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("body (-want +got):\n%s", d)
			}
		})
	}
}

// bodyOf is a body of JSON or a form as what JSON would make of it.
func bodyOf(t *testing.T, r *http.Request) (body any) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		t.Error(err)
	}
	if kind == "application/json" {
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		return body
	}
	if kind != "multipart/form-data" {
		t.Errorf("Content-Type: %s", kind)
	}
	form, err := multipart.NewReader(r.Body, params["boundary"]).ReadForm(1 << 20)
	if err != nil {
		t.Error(err)
		return nil
	}
	fields := map[string]any{}
	for name, values := range form.Value {
		fields[name] = strings.Join(values, "|")
	}
	return fields
}

func TestAPIWithoutHTML(t *testing.T) {
	for _, tt := range apis {
		t.Run(tt.name, func(t *testing.T) {
			m := apiMessage()
			m.HTML, m.From, m.Language = "", "noreply@app.example", ""
			api := at(t, tt.api, func(_ http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if lower := strings.ToLower(string(body)); err != nil || strings.Contains(lower, "html") || strings.Contains(lower, "content-language") {
					t.Errorf("%s, %v", body, err)
				}
			})
			if err := api.Send(t.Context(), m); err != nil {
				t.Error(err)
			}
		})
	}
}

// What the services answer, and what becomes of it.
func TestAPIErrors(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status int
		answer string
		want   string // after "mail: <service>: refused with status "
	}{
		{"no key", 401, `{"statusCode":401,"name":"missing_api_key","message":"Missing API key"}`, "401, code missing_api_key: Missing API key"},
		{"a list", 401, `{"errors":[{"message":"The from address is invalid","field":"from","help":null}]}`, "401, code from: The from address is invalid"},
		{"a number", 422, `{"ErrorCode":300,"Message":"Invalid 'From'"}`, "422, code 300: Invalid 'From'"},
		{"code zero", 422, `{"ErrorCode":0,"Message":"no"}`, "422: no"},
		{"title and message", 400, `{"statusCode":400,"error":"Bad Request","message":"No domain"}`, "400: No domain"},
		{"inner message", 400, `{"success":false,"error":{"path":"x","message":"Missing id"}}`, "400: Missing id"},
		{"text as error", 400, `{"success":false,"error":"Missing id"}`, "400: Missing id"},
		{"other types", 429, `{"name":7,"message":"Too many requests","errors":"x"}`, "429: Too many requests"},
		{"plain text", 401, "Forbidden", "401"},
		{"page", 500, "<html><body>" + apiKey + "</body></html>", "500"},
		{"nothing", 503, "", "503"},
		{"list as JSON", 500, `[1]`, "500"},
		{"redirect", 302, `{"message":"moved"}`, "302: moved"},
		{"controls", 422, `{"message":"a\r\nb\u0000c\u001b[1m\u202ed"}`, "422: a b c [1m d"},
		{"key", 401, `{"name":"` + apiKey + `","message":"The key ` + apiKey + ` and key-012345***, KEY-0123456789ABCDEF are bad"}`,
			"401, code ...: The key ... and ... ... are bad"},
		{"address", 422, `{"message":"Inactive: ada@example.com, <ADA@Example.com>, ada%40example.com."}`, "422: Inactive: ... ... ..."},
		{"link", 422, `{"message":"Bad URL ` + apiLink + ` token=` + apiToken + `"}`, "422: Bad URL ... ..."},
		{"domain", 403, `{"message":"The app.example domain is not verified"}`, "403: The app.example domain is not verified"},
		{"long", 500, `{"message":"` + strings.Repeat("word ", 100) + `"}`, "500: " + strings.TrimSpace(strings.Repeat("word ", 40)) + " ..."},
		{"long word", 500, `{"message":"a ` + strings.Repeat("x", 300) + ` b"}`, "500: a ... b"},
		{"endless", 500, `{"message":"` + strings.Repeat("x ", 64<<10) + `"}`, "500"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, service := range apis {
				api := at(t, service.api, func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/elsewhere" {
						t.Error("the redirect was followed")
					}
					w.Header().Set("Location", "/elsewhere")
					w.WriteHeader(tt.status)
					io.WriteString(w, tt.answer)
				})
				err := api.Send(t.Context(), apiMessage())
				if want := "mail: " + service.name + ": refused with status " + tt.want; err == nil || err.Error() != want {
					t.Errorf("%v\nwant %s", err, want)
				}
				var refused *mail.APIError
				if !errors.As(err, &refused) || refused.Service != service.name || refused.Status != tt.status {
					t.Errorf("%#v", err)
				}
			}
		})
	}
}

// A service that repeats the whole request says nothing in an error.
func TestAPIErrorsHoldNothingSecret(t *testing.T) {
	for _, tt := range apis {
		t.Run(tt.name, func(t *testing.T) {
			api := at(t, tt.api, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				message := r.Header.Get(tt.header) + " " + apiKey + " " + string(body)
				w.WriteHeader(http.StatusUnprocessableEntity)
				json.NewEncoder(w).Encode(map[string]string{"name": message, "message": message})
			})
			err := api.Send(t.Context(), apiMessage())
			if err == nil {
				t.Fatal("no error")
			}
			for _, secret := range []string{apiKey, "YXBpOmt", "a2V5LTA", apiToken, "ada", "callback"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("%q stands in %q", secret, err)
				}
			}
			for _, printed := range []string{fmt.Sprint(api), fmt.Sprintf("%+v %#v", api, api)} {
				if strings.Contains(printed, apiKey) {
					t.Errorf("the key stands in %q", printed)
				}
			}
		})
	}
}

func TestAPIWithoutAnswer(t *testing.T) {
	for _, tt := range apis {
		t.Run(tt.name, func(t *testing.T) {
			api := at(t, tt.api, func(_ http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body)
				<-r.Context().Done()
				panic(http.ErrAbortHandler) // returning would be an answer
			})
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			if err := api.Send(ctx, apiMessage()); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("deadline: %v", err)
			}
			api.HTTPClient.Timeout = 50 * time.Millisecond
			if err := api.Send(t.Context(), apiMessage()); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("timeout of the client: %v", err)
			}
			api.HTTPClient = nil
			if err := api.Send(t.Context(), apiMessage()); err == nil || !strings.Contains(err.Error(), "certificate") {
				t.Errorf("unknown certificate: %v", err)
			}
			api = at(t, tt.api, func(w http.ResponseWriter, _ *http.Request) {
				conn, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				io.WriteString(conn, "ada@example.com "+apiLink+"\r\n\r\n")
				conn.Close()
			})
			err := api.Send(t.Context(), apiMessage())
			if want := "mail: " + tt.name + ": the service broke off or did not answer as HTTP demands"; err == nil || err.Error() != want {
				t.Errorf("no HTTP: %v", err)
			}
		})
	}
}

func TestAPIDeadline(t *testing.T) {
	var deadline time.Time
	api := mail.Resend(apiKey)
	api.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		deadline, _ = r.Context().Deadline()
		return nil, errors.New("to " + apiLink)
	})}
	err := api.Send(t.Context(), apiMessage())
	if left := time.Until(deadline); left > 10*time.Second || left < 5*time.Second {
		t.Errorf("%v are left", left)
	}
	if err == nil || strings.Contains(err.Error(), apiLink) {
		t.Errorf("%v", err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestAPIRefusesMessages(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*mail.Message)
		loops  bool // refuses it too
	}{
		{"no recipient", func(m *mail.Message) { m.To = "" }, true},
		{"two recipients", func(m *mail.Message) { m.To = "ada@example.com,eve@example.com" }, true},
		{"line break in To", func(m *mail.Message) { m.To = "ada@example.com\r\nBcc: eve@example.com" }, true},
		{"name in To", func(m *mail.Message) { m.To = "Ada <ada@example.com>" }, true},
		{"line break in From", func(m *mail.Message) { m.From = "a@example.com\nBcc: eve@example.com" }, false},
		{"no sender", func(m *mail.Message) { m.From = "" }, false},
		{"line break in Subject", func(m *mail.Message) { m.Subject = "a\r\nBcc: eve@example.com" }, false},
		{"no text", func(m *mail.Message) { m.Text = "" }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := apiMessage()
			tt.change(&m)
			for _, service := range apis {
				refuses := service.name != "loops" || tt.loops
				api := at(t, service.api, func(http.ResponseWriter, *http.Request) {
					if refuses {
						t.Errorf("%s was asked", service.name)
					}
				})
				if err := api.Send(t.Context(), m); (err != nil) != refuses || err != nil && strings.Contains(err.Error(), "eve") {
					t.Errorf("%s: %v", service.name, err)
				}
			}
		})
	}
	for _, link := range []string{"", "/relative", "javascript:alert(1)", "https://app.example/\n", "https:///x"} {
		m := apiMessage()
		m.Link = link
		if err := mail.Loops(apiKey, "template-1").Send(t.Context(), m); err == nil || !strings.Contains(err.Error(), "Link") {
			t.Errorf("loops: %q: %v", link, err)
		}
	}
}

func TestAPICheck(t *testing.T) {
	with := func(base string) mail.API {
		api := mail.Resend(apiKey)
		api.BaseURL = base
		return api
	}
	for _, tt := range []struct {
		name string
		api  mail.API
		want string // "" for none
	}{
		{"fine", with(""), ""},
		{"EU", with(mail.MailgunEU), ""},
		{"a path", with("https://proxy.example/resend/"), ""},
		{"zero", mail.API{}, "constructor"},
		{"no key", mail.SendGrid(""), "sendgrid: the key is missing"},
		{"line break in the key", mail.Postmark(apiKey + "\n"), "the key holds"},
		{"http", with("http://api.resend.com"), "BaseURL"},
		{"user", with("https://user@api.resend.com"), "BaseURL"},
		{"query", with("https://api.resend.com?"), "BaseURL"},
		{"no host", with("https://"), "BaseURL"},
		{"no domain", mail.Mailgun("", apiKey), "sending domain"},
		{"a path as domain", mail.Mailgun("../x", apiKey), "sending domain"},
		{"no template", mail.Loops(apiKey, ""), "transactional"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.api.Check()
			if (err != nil) != (tt.want != "") || err != nil && (!strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), apiKey)) {
				t.Errorf("%v, want %q", err, tt.want)
			}
			if err != nil && tt.api.Send(t.Context(), apiMessage()) == nil {
				t.Error("Send sends")
			}
		})
	}
}

// The link of a sign-in reaches the template at Loops.
func TestLoopsSendsSignInLink(t *testing.T) {
	var got any
	api := at(t, mail.Loops(apiKey, "template-1"), func(_ http.ResponseWriter, r *http.Request) { got = bodyOf(t, r) })
	err := mail.New(api).SendVerificationRequest(t.Context(), auth.VerificationRequest{
		Identifier: "ada@example.com", Host: "app.example", URL: apiLink,
	})
	want := map[string]any{
		"transactionalId": "template-1", "email": "ada@example.com", "dataVariables": map[string]any{"url": apiLink},
	}
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
}

// A token of an application's own may hold any character.
func TestAPIErrorsHoldNoTokenWithSlash(t *testing.T) {
	const token = "Qk9/VmFsdWVzMTIzNDU2Nzg5"
	api := at(t, mail.Resend(apiKey), func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		io.WriteString(w, `{"message":"bad text `+token+` here"}`)
	})
	m := apiMessage()
	m.Link = "https://app.example/api/auth/callback/email?token=Qk9%2FVmFsdWVzMTIzNDU2Nzg5"
	m.Text = "Open\n" + m.Link
	if err := api.Send(t.Context(), m); err == nil || strings.Contains(err.Error(), token) {
		t.Errorf("the error is %v", err)
	}
}
