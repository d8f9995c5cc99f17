package pages

import (
	"html/template"
	"strings"
)

// This file writes what stands on every sign-in page without a template: each
// value that a template fills in costs several allocations, which for these parts
// together would be more than for all the rest. Values are escaped here as the
// templates would do it; an application's own blocks get them as plain text.

// markup builds HTML. Text and attribute values are escaped.
type markup struct{ strings.Builder }

// raw adds what is HTML already, in pieces.
func (m *markup) raw(pieces ...string) {
	for _, piece := range pieces {
		m.WriteString(piece)
	}
}

// text adds plain text, also within a quoted attribute.
func (m *markup) text(s string) { m.WriteString(template.HTMLEscapeString(s)) }

// attribute adds an attribute with a value of plain text.
func (m *markup) attribute(name, value string) {
	m.raw(" ", name, `="`)
	m.text(value)
	m.raw(`"`)
}

// url adds an attribute with an address. One that could run a script is replaced
// by a harmless one.
func (m *markup) url(name, value string) {
	if !harmless(value) {
		value = "about:invalid"
	}
	m.attribute(name, value)
}

// hidden adds a hidden input.
func (m *markup) hidden(name, value string) {
	m.raw("\n", `<input type="hidden"`)
	m.attribute("name", name)
	m.attribute("value", value)
	m.raw(">")
}

// html returns what was built.
func (m *markup) html() template.HTML { return template.HTML(m.String()) } //nolint:gosec // escaped above

// harmless reports whether an address is relative or has a scheme that runs
// nothing, as html/template decides it.
func harmless(address string) bool {
	scheme, _, found := strings.Cut(address, ":")
	if !found || strings.ContainsAny(scheme, "/?#") {
		return true
	}
	return strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "mailto")
}

// Attributes are those of the html element.
func (d *document) Attributes() template.HTMLAttr {
	var m markup
	m.attribute("lang", d.Tag)
	m.attribute("dir", d.Direction)
	m.attribute("class", d.ColorScheme)
	return template.HTMLAttr(m.String()[1:]) //nolint:gosec // escaped above
}

// Head is what stands in the head element.
func (d *document) Head() template.HTML {
	var m markup
	m.Grow(1024)
	m.raw(`<meta charset="utf-8">`, "\n", `<meta name="viewport" content="width=device-width, initial-scale=1">`, "\n",
		`<meta name="color-scheme"`)
	m.attribute("content", d.colorSchemes())
	m.raw(">\n", `<meta name="robots" content="noindex">`, "\n<title>")
	m.text(d.Title)
	m.raw("</title>\n", `<link rel="stylesheet"`)
	m.url("href", d.Site.AssetsURL+"/"+d.renderer.names.style)
	m.raw(">\n", `<link rel="icon" type="image/svg+xml"`)
	m.url("href", d.Site.AssetsURL+"/"+d.renderer.names.icon)
	m.raw(">")
	if d.Script {
		m.raw("\n<script")
		m.url("src", d.Site.AssetsURL+"/"+d.renderer.names.script)
		m.raw(" defer></script>")
	}
	return m.html()
}

// LanguageMenu is the form that changes the language. It is empty on a page
// without one.
func (d *document) LanguageMenu() (template.HTML, error) {
	options, ok := d.renderer.options[d.Tag]
	if !ok {
		options = d.renderer.options[""]
	}
	if d.Site.Query == nil || options == "" {
		return "", nil
	}
	label, err := d.texts.Text("page.language")
	if err != nil {
		return "", err
	}
	button, err := d.texts.Text("page.language.button")
	if err != nil {
		return "", err
	}
	var m markup
	m.Grow(len(options) + 1024)
	m.raw(`<form class="language" method="get">`)
	for _, f := range d.Site.Query {
		m.hidden(f.Name, f.Value)
	}
	m.raw("\n", `<label for="language">`)
	m.text(label)
	m.raw("</label>\n", `<select id="language" name="lang" autocomplete="off">`, "\n", string(options), "</select>\n", `<button type="submit">`)
	m.text(button)
	m.raw("</button>\n</form>")
	return m.html(), nil
}

// buttonForms writes the forms that are a button alone.
func (v *signInView) buttonForms(lastUsed string) {
	var m markup
	m.Grow(1 << 12)
	ends := make([]int, len(v.Forms))
	for i, f := range v.Forms {
		if len(f.Inputs) == 0 {
			v.writeButtonForm(&m, f, lastUsed)
		}
		ends[i] = m.Len()
	}
	all, begin := m.String(), 0
	for i, end := range ends {
		v.Forms[i].HTML = template.HTML(all[begin:end]) //nolint:gosec // escaped above
		begin = end
	}
}

func (v *signInView) writeButtonForm(m *markup, f signInForm, lastUsed string) {
	m.raw(`<form method="post"`)
	m.url("action", f.Action)
	m.raw(">")
	m.hidden("csrfToken", v.CSRFToken)
	m.hidden("callbackUrl", v.CallbackURL)
	m.raw("\n", `<button type="submit"`)
	m.attribute("class", f.Class)
	m.raw(">", string(f.Mark), "<span>")
	m.text(f.Button)
	m.raw("</span>")
	if f.LastUsed {
		m.raw(` <span class="badge">`)
		m.text(lastUsed)
		m.raw("</span>")
	}
	m.raw("</button>\n</form>")
}
