package nextauth_test

import (
	"net/http"
	"slices"
	"strings"
)

// difference is something that the library does otherwise on purpose, also with
// StrictV4.
type difference struct {
	name   string
	reason string
	// settle makes two records alike where they differ for this reason, and
	// nowhere else.
	settle func(reference, subject *record)
	// example shows it. Pages are the application's own while it runs.
	example func(b *browser)
	pages   customPages
}

// differences are all that there are.
func differences() []difference {
	return slices.Concat(differencesInHeaders(), differencesOnPages(), differencesInErrors())
}

func differencesInHeaders() []difference {
	return []difference{
		{
			name:   "cache headers",
			reason: "nothing that sign-in answers belongs into a cache, so the library forbids it where NextAuth.js says nothing",
			settle: func(reference, subject *record) {
				if reference.Cache == noCacheHeaders && strings.HasPrefix(subject.Cache, "private, no-store;") {
					reference.Cache = subject.Cache
				}
			},
			example: func(b *browser) { b.get("/providers") },
		},
		{
			name:   "media type of text",
			reason: "a text without a type is left to the browser to guess, which can make HTML of it",
			settle: func(reference, subject *record) {
				if reference.Type == "" && subject.Type == "text/plain" {
					reference.Type = subject.Type
				}
			},
			example: func(b *browser) { b.get("/nothing") },
		},
	}
}

func differencesOnPages() []difference {
	return []difference{
		{
			name:   "callbackUrl in every form",
			reason: "a form that carries it does not depend on a cookie that another tab may have changed",
			settle: func(reference, subject *record) {
				theirs, _ := reference.Body.([]pageForm)
				ours, _ := subject.Body.([]pageForm)
				for i := range min(len(theirs), len(ours)) {
					if !theirs[i].has("callbackUrl") && ours[i].has("callbackUrl") {
						ours[i].remove("callbackUrl")
					}
				}
			},
			example: func(b *browser) { b.get("/signin") },
		},
		{
			name:   "example of an address",
			reason: "an example inside the field is taken for a filled field; the library labels the field",
			settle: func(reference, subject *record) {
				theirs, _ := reference.Body.([]pageForm)
				ours, _ := subject.Body.([]pageForm)
				for i := range min(len(theirs), len(ours)) {
					for j := range min(len(theirs[i].Fields), len(ours[i].Fields)) {
						field := &theirs[i].Fields[j]
						if field.Type == "email" && field.Placeholder == "email@example.com" && ours[i].Fields[j].Placeholder == "" {
							field.Placeholder = ""
						}
					}
				}
			},
			example: func(b *browser) { b.get("/signin") },
		},
	}
}

func differencesInErrors() []difference {
	return []difference{
		{
			name:   "wording of the configuration error",
			reason: "the library has its own words; no client reads them",
			settle: func(reference, subject *record) {
				theirs, ours := message(reference), message(subject)
				if reference.Status == http.StatusInternalServerError && theirs != "" && ours != "" {
					reference.Body = subject.Body
				}
			},
			example: func(b *browser) { b.get("/session?callbackUrl=javascript:alert(1)") },
		},
		{
			name:   "no error code",
			reason: "the word undefined is an accident of joining texts; an error page of the application gets no code then",
			settle: func(reference, subject *record) {
				without := withParameter(reference.Location, "error", "")
				if withParameter(without, "error", "undefined") == reference.Location && without == subject.Location {
					reference.Location = without
				}
			},
			example: func(b *browser) { b.get("/error") },
			pages:   customPages{Error: "/oops"},
		},
		{
			name:   "answers where NextAuth.js crashes",
			reason: "an unhandled exception is no behaviour to keep; the visitor stays on the site",
			settle: func(reference, subject *record) {
				if reference.Status != http.StatusInternalServerError || reference.Body != "Internal Server Error" ||
					subject.Location != "" && !strings.HasPrefix(subject.Location+"/", site1+"/") {
					return
				}
				reference.Status, reference.Location, reference.Type, reference.Body = subject.Status, subject.Location, subject.Type, subject.Body
			},
			example: func(b *browser) {
				b.post("/callback/credentials", "username", "alice", "password", "wonderland", "callbackUrl", "/山田")
			},
		},
	}
}

// noCacheHeaders is record.Cache of an answer that has none of the headers.
const noCacheHeaders = "; ; "

// message is the text of a JSON body that is {"message": ...}, or "".
func message(r *record) string {
	body, _ := r.Body.(map[string]any)
	text, _ := body["message"].(string)
	if len(body) != 1 {
		return ""
	}
	return text
}

func (f *pageForm) has(name string) bool {
	return slices.ContainsFunc(f.Fields, func(f field) bool { return f.Name == name })
}

func (f *pageForm) remove(name string) {
	f.Fields = slices.DeleteFunc(f.Fields, func(f field) bool { return f.Name == name })
}
