package gallery

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth/pages"
)

// settings are what an address says after its question mark, with the standard
// value for what it does not say. These are all that there are:
//
//	lang    the tag of a language; en
//	scheme  the colour scheme: auto, light or dark; auto
//	brand   the brand colour: #rgb, #rrggbb or a CSS colour name; none
//	logo    1 for a sample logo; 0
//	frame   1 for a page or mail that the gallery shows in a frame; 0
//	format  of a mail: html or text; html
//	view    of the index: list, sheet, or the name of one page or mail, which
//	        is shown in every language; list
//	width   of the frames on the index, in CSS pixels: 320, 390 or 1280; 390
type settings map[string]string

// themeSettings are those that pages and mails have in common.
var themeSettings = []string{"lang", "scheme", "brand", "logo"}

// values are those that a setting can have, the standard one first. The brand
// colour is checked in another way.
func (g *Gallery) values(name string) []string {
	switch name {
	case "lang":
		tags := []string{g.languages.Default().Tag()}
		for _, c := range g.languages.Offered() {
			if c != g.languages.Default() {
				tags = append(tags, c.Tag())
			}
		}
		return tags
	case "scheme":
		return []string{"auto", "light", "dark"}
	case "logo", "frame":
		return []string{"0", "1"}
	case "format":
		return []string{"html", "text"}
	case "width":
		return []string{"390", "320", "1280"}
	case "view":
		names := []string{"list", "sheet"}
		for _, group := range g.groups() {
			for _, e := range group.Entries {
				names = append(names, e.View)
			}
		}
		return names
	}
	return []string{""}
}

// read reads the settings of an address, which may have those with the names and
// no others. The error says what is wrong and which names or values there are.
func (g *Gallery) read(query url.Values, names ...string) (settings, error) {
	for name := range query {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("there is no parameter %q; there are %s", name, strings.Join(names, ", "))
		}
	}
	s := make(settings, len(names))
	for _, name := range names {
		value, values := query.Get(name), g.values(name)
		switch {
		case value == "":
			value = values[0]
		case name == "brand" && !pages.ValidColor(value):
			return nil, fmt.Errorf("the parameter brand is %q; it has to be a colour of the form #rgb or #rrggbb (in an address %%23 stands for #) or a CSS colour name", value)
		case name != "brand" && !slices.Contains(values, value):
			return nil, fmt.Errorf("the parameter %s is %q; there are %s", name, value, strings.Join(values, ", "))
		}
		s[name] = value
	}
	return s, nil
}

// with returns the settings with another value for one of them.
func (s settings) with(name, value string) settings {
	changed := maps.Clone(s)
	changed[name] = value
	return changed
}

// query writes the settings with the names for an address. Switches that are off
// and an empty colour are left out.
func (s settings) query(names ...string) string {
	values := url.Values{}
	for _, name := range names {
		if value := s[name]; value != "" && value != "0" {
			values.Set(name, value)
		}
	}
	return values.Encode()
}

// hiddenFields are what the language menu of a page keeps in the address.
func (s settings) hiddenFields() []pages.HiddenField {
	fields := []pages.HiddenField{}
	for _, name := range []string{"scheme", "brand", "logo", "frame"} {
		if value := s[name]; value != "" && value != "0" {
			fields = append(fields, pages.HiddenField{Name: name, Value: value})
		}
	}
	return fields
}

// themeName names the theme in the address of its files.
func (s settings) themeName() string {
	name := s["scheme"]
	if s["brand"] != "" {
		name += "-" + strings.ToLower(strings.TrimPrefix(s["brand"], "#"))
	}
	if s["logo"] == "1" {
		name += "-logo"
	}
	return name
}
