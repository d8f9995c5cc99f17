package gallery

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth/language"
)

// group is a heading of the index with what stands below it.
type group struct {
	Title string
	// Height says how much the pages need: that of a phone, or "tall" or
	// "low".
	Height  string
	Entries []entry
}

// entry is a page in one state, or a mail.
type entry struct {
	Title string
	// View is its name as the setting view has it.
	View string
	// Path is its address without settings.
	Path string
	// Formats are the values of the setting format that it has.
	Formats []string
}

// headings are those of the index in their order. A page stands below the one
// with the longest beginning of its name.
var headings = []struct{ prefix, title, height string }{
	{"signin", "Sign-in", "tall"},
	{"verify-request", "Sign-in by mail", ""},
	{"confirm-link", "Sign-in by mail", ""},
	{"sign", "Sign-out", ""},
	{"signin-error-", "Sign-in after an error", "tall"},
	{"error-", "Errors", ""},
	{"", "Other pages", ""},
}

// groups are all pages and mails.
func (g *Gallery) groups() []group {
	entries := make(map[string][]entry)
	for _, p := range g.stories {
		title := headingOf(p.Name)
		entries[title] = append(entries[title], entry{Title: p.Title, View: p.Name, Path: "/page/" + p.Name})
	}
	var all []group
	for _, h := range headings {
		if below := entries[h.title]; below != nil {
			all = append(all, group{h.title, h.height, below})
			delete(entries, h.title)
		}
	}
	mails := group{Title: "Mails", Height: "low"}
	for _, l := range letters {
		mails.Entries = append(mails.Entries, entry{l.title, "mail-" + l.name, "/mail/" + l.name, g.values("format")})
	}
	return append(all, mails)
}

func headingOf(name string) string {
	longest := headings[len(headings)-1]
	for _, h := range headings {
		if strings.HasPrefix(name, h.prefix) && len(h.prefix) > len(longest.prefix) {
			longest = h
		}
	}
	return longest.title
}

// indexView is what the index shows.
type indexView struct {
	Settings  settings
	Languages []*language.Catalogue
	Groups    []group
	// Sheet are the frames; there are none in the list.
	Sheet []sheetGroup
}

// sheetGroup is a part of the contact sheet.
type sheetGroup struct {
	Title, Height string
	Cells         []cell
}

// cell is a frame with a page or mail.
type cell struct {
	Title, Name string
	// Tag and Direction are those of the title's language.
	Tag, Direction string
	// URL opens the page alone and FrameURL in the frame.
	URL, FrameURL string
}

// index shows the list of all pages and mails, or frames with them.
func (g *Gallery) index(w http.ResponseWriter, r *http.Request) {
	s, err := g.read(r.URL.Query(), append(slices.Clone(themeSettings), "view", "width")...)
	if err != nil {
		g.refuse(w, err)
		return
	}
	view := indexView{Settings: s, Languages: g.languages.Offered(), Groups: g.groups()}
	title := "All pages"
	switch s["view"] {
	case "list":
	case "sheet":
		view.Sheet = sheet(view.Groups, s)
		title = "Contact sheet"
	default:
		view.Sheet, title = g.allLanguages(view.Groups, s)
	}
	g.show(w, http.StatusOK, "index.html", title, view)
}

// sheet has every page and mail in one language.
func sheet(groups []group, s settings) []sheetGroup {
	all := make([]sheetGroup, len(groups))
	for i, group := range groups {
		all[i].Title, all[i].Height = group.Title, group.Height
		for _, e := range group.Entries {
			all[i].Cells = append(all[i].Cells, newCell(e, s))
		}
	}
	return all
}

// allLanguages has the one page or mail that the settings name, in all
// languages.
func (g *Gallery) allLanguages(groups []group, s settings) (all []sheetGroup, title string) {
	for _, group := range groups {
		for _, e := range group.Entries {
			if e.View != s["view"] {
				continue
			}
			var cells []cell
			for _, c := range g.languages.Offered() {
				one := newCell(e, s.with("lang", c.Tag()))
				one.Title, one.Name, one.Tag, one.Direction = c.Name(), c.Tag(), c.Tag(), c.Direction()
				cells = append(cells, one)
			}
			return []sheetGroup{{"In all languages", group.Height, cells}}, e.Title
		}
	}
	return nil, ""
}

func newCell(e entry, s settings) cell {
	return cell{
		Title: e.Title, Name: e.View, Tag: "en", Direction: "ltr",
		URL:      e.address(s),
		FrameURL: e.address(s.with("frame", "1")),
	}
}

// address is that of a page or mail with settings.
func (e entry) address(s settings) string {
	return e.Path + "?" + s.query("lang", "scheme", "brand", "logo", "frame", "format")
}

// URL is the address of an entry in the list.
func (v indexView) URL(e entry) string { return e.address(v.Settings) }

// FormatURL is the address of a mail in a format.
func (v indexView) FormatURL(e entry, format string) string {
	return e.address(v.Settings.with("format", format))
}

// ViewURL is the address of the index with another view.
func (v indexView) ViewURL(view string) string {
	return "/?" + v.Settings.with("view", view).query("lang", "scheme", "brand", "logo", "view", "width")
}
