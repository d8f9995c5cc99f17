package cookie_test

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/internal/cookie"
)

func TestOf(t *testing.T) {
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := cookie.Of(r).Get("a"); got != "" {
		t.Errorf("without a header: %q", got)
	}
	r.Header["Cookie"] = []string{"a=1; b=2", "c=3"}
	for name, want := range map[string]string{"a": "1", "b": "2", "c": "3", "d": ""} {
		if got := cookie.Of(r).Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestGet(t *testing.T) {
	for _, row := range []struct{ name, line, want string }{
		{"plain", "a=x", "x"},
		{"first of two", "a=x; a=y", "x"},
		{"other name before", "aa=1; a=x", "x"},
		{"without a space", "b=1;a=x", "x"},
		{"spaces around", " a = x ", "x"},
		{"percent-encoded", "a=x%20y%7Cz", "x y|z"},
		{"plus sign", "a=x+y", "x+y"},
		{"broken encoding", "a=x%zz", "x%zz"},
		{"quoted", `a="x y"`, "x y"},
		{"one quote", `a="`, `"`},
		{"raw bar", "a=x|y", "x|y"},
		{"equals sign inside", "a=x=y", "x=y"},
		{"empty", "a=", ""},
		{"no equals sign", "a; b=1", ""},
		{"case counts", "A=x", ""},
		{"garbage", ";;=; ;a=x;=", "x"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := (cookie.Cookies{row.line}).Get("a"); got != row.want {
				t.Errorf("Get: %q, want %q", got, row.want)
			}
		})
	}
}

func TestNames(t *testing.T) {
	c := cookie.Cookies{"p.1=a; q=b; p.2=c; p.1=d", "p.3=e"}
	for _, row := range []struct {
		name  string
		limit int
		want  []string
	}{
		{"all", 10, []string{"p.1", "p.2", "p.3"}},
		{"at most two", 2, []string{"p.1", "p.2"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, c.Names("p.", row.limit)); diff != "" {
				t.Errorf("Names (-want +got):\n%s", diff)
			}
		})
	}
}

func TestChunked(t *testing.T) {
	for _, row := range []struct {
		name string
		line string
		want cookie.Chunked
	}{
		{"absent", "b=1", cookie.Chunked{}},
		{"whole", "a=x", cookie.Chunked{Values: []string{"x"}, Names: []string{"a"}}},
		{"parts", "a.0=x; a.1=y; a.2=z", cookie.Chunked{Values: []string{"xyz"}, Names: []string{"a.0", "a.1", "a.2"}}},
		{"parts in another order", "a.2=z; a.0=x; a.1=y", cookie.Chunked{Values: []string{"xyz"}, Names: []string{"a.2", "a.0", "a.1"}}},
		{"ten parts", "a.0=0; a.1=1; a.2=2; a.3=3; a.4=4; a.5=5; a.6=6; a.7=7; a.8=8; a.9=9",
			cookie.Chunked{Values: []string{"0123456789"}, Names: []string{"a.0", "a.1", "a.2", "a.3", "a.4", "a.5", "a.6", "a.7", "a.8", "a.9"}}},
		{"gap", "a.0=x; a.2=z", cookie.Chunked{Names: []string{"a.0", "a.2"}}},
		{"no first part", "a.1=y", cookie.Chunked{Names: []string{"a.1"}}},
		{"empty part", "a.0=x; a.1=; a.2=z", cookie.Chunked{Values: []string{"xz"}, Names: []string{"a.0", "a.1", "a.2"}}},
		{"part twice", "a.0=x; a.0=y", cookie.Chunked{Values: []string{"x"}, Names: []string{"a.0"}}},
		{"other suffixes", "a.x=1; a.10=2; a-b=3; ab=4; a.=5; a.0=x", cookie.Chunked{Values: []string{"x"}, Names: []string{"a.0"}}},
		{"whole and parts", "a.0=x; a=w", cookie.Chunked{Values: []string{"w", "x"}, Names: []string{"a.0", "a"}}},
		{"two different values", "a=x; a=y; a=x", cookie.Chunked{Values: []string{"x", "y"}, Names: []string{"a"}}},
		{"at most four values", "a=1; a=2; a=3; a=4; a=5", cookie.Chunked{Values: []string{"1", "2", "3", "4"}, Names: []string{"a"}}},
		{"empty whole", "a=", cookie.Chunked{Names: []string{"a"}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := cookie.Cookies{row.line}.Chunked("a")
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("Chunked (-want +got):\n%s", diff)
			}
		})
	}
}

func template() http.Cookie {
	return http.Cookie{
		Name: "a", Path: "/p", Domain: "app.test", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode,
		Expires: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC),
	}
}

func TestSet(t *testing.T) {
	for _, row := range []struct {
		name    string
		old     []string
		size    int
		want    []string
		cleared []string
	}{
		{"new", nil, 10, []string{"a"}, nil},
		{"again", []string{"a"}, 10, []string{"a"}, nil},
		{"just fits", nil, cookie.ChunkSize, []string{"a"}, nil},
		{"just does not fit", nil, cookie.ChunkSize + 1, []string{"a.0", "a.1"}, nil},
		{"two full parts", nil, 2 * cookie.ChunkSize, []string{"a.0", "a.1"}, nil},
		{"grows", []string{"a"}, 9000, []string{"a.0", "a.1", "a.2"}, []string{"a"}},
		{"shrinks", []string{"a.0", "a.1", "a.2"}, 5000, []string{"a.0", "a.1"}, []string{"a.2"}},
		{"becomes whole", []string{"a.0", "a.1"}, 1, []string{"a"}, []string{"a.0", "a.1"}},
		{"both were there", []string{"a", "a.0"}, 1, []string{"a"}, []string{"a.0"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			value := strings.Repeat("x", row.size)
			var names, cleared []string
			var joined string
			set, err := cookie.Chunked{Names: row.old}.Set(template(), value)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range set {
				if c.Path != "/p" || c.Domain != "app.test" || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode {
					t.Errorf("the attributes of %s are lost: %v", c.Name, c)
				}
				if c.MaxAge < 0 {
					cleared = append(cleared, c.Name)
					continue
				}
				if c.Expires != template().Expires || len(c.String()) > 4096 {
					t.Errorf("%s ends at %v and has %d characters", c.Name, c.Expires, len(c.String()))
				}
				names = append(names, c.Name)
				joined += c.Value
			}
			if diff := cmp.Diff(row.want, names); diff != "" {
				t.Errorf("set (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(row.cleared, cleared); diff != "" {
				t.Errorf("cleared (-want +got):\n%s", diff)
			}
			if joined != value {
				t.Errorf("the parts have %d characters, want %d", len(joined), len(value))
			}
		})
	}
}

// What is written must be readable again: Chunked reads ten parts.
func TestSetLimit(t *testing.T) {
	for _, row := range []struct {
		name  string
		size  int
		parts int
		err   string
	}{
		{"ten parts", 10 * cookie.ChunkSize, 10, ""},
		{"eleven parts", 10*cookie.ChunkSize + 1, 0, "cookie: the value is too large: 39331 bytes, at most 39330"},
	} {
		t.Run(row.name, func(t *testing.T) {
			value := strings.Repeat("x", row.size)
			set, err := cookie.Chunked{Names: []string{"a"}}.Set(template(), value)
			if row.err != "" {
				if !errors.Is(err, cookie.ErrTooLarge) || err.Error() != row.err || set != nil {
					t.Errorf("%d cookies and the error %v, want %s", len(set), err, row.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var parts []string
			for _, c := range set {
				if c.MaxAge >= 0 {
					parts = append(parts, c.Name+"="+c.Value)
				}
			}
			got := cookie.Cookies{strings.Join(parts, "; ")}.Chunked("a")
			if len(parts) != row.parts || len(got.Values) != 1 || got.Values[0] != value {
				t.Errorf("%d parts were read as %d values, want %d parts and the value", len(parts), len(got.Values), row.parts)
			}
		})
	}
}

func TestClear(t *testing.T) {
	cleared := cookie.Chunked{Names: []string{"a.0", "a.1"}}.Clear(template())
	if len(cleared) != 2 {
		t.Fatalf("%d cookies, want 2", len(cleared))
	}
	for i, c := range cleared {
		if want := "a." + strconv.Itoa(i) + "=; Path=/p; Domain=app.test; Max-Age=0; HttpOnly; Secure; SameSite=Lax"; c.String() != want {
			t.Errorf("%s, want %s", c, want)
		}
	}
	if got := (cookie.Chunked{}).Clear(template()); len(got) != 0 {
		t.Errorf("nothing to clear, but %v", got)
	}
}

func TestEncode(t *testing.T) {
	for _, row := range []struct{ name, value, want string }{
		{"nothing to do", "aZ09-_.!~*'()", "aZ09-_.!~*'()"},
		{"separators", `a b;c,d"e=f|g%`, "a%20b%3Bc%2Cd%22e%3Df%7Cg%25"},
		{"beyond ASCII", "ü€", "%C3%BC%E2%82%AC"},
		{"line break", "a\r\nb", "a%0D%0Ab"},
		{"empty", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := cookie.Encode(row.value); got != row.want {
				t.Errorf("Encode: %q, want %q", got, row.want)
			}
		})
	}
}

// What Set writes, Chunked reads.
func FuzzChunks(f *testing.F) {
	f.Add("", 1)
	f.Add("x", 3933)
	f.Add("a|b;c", 900)
	f.Add("\xff\x00", 2500)
	f.Fuzz(func(t *testing.T, part string, times int) {
		if len(part) == 0 || times < 1 || len(part)*times > 3*cookie.ChunkSize || len(part)*times == 0 {
			return
		}
		value := strings.Repeat(part, times)
		var line []string
		set, err := cookie.Chunked{}.Set(http.Cookie{Name: "a"}, value)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range set {
			line = append(line, c.Name+"="+c.Value)
		}
		got := cookie.Cookies{strings.Join(line, "; ")}.Chunked("a")
		if len(got.Values) != 1 || got.Values[0] != value {
			t.Errorf("%d characters became %d values", len(value), len(got.Values))
		}
	})
}

// No header makes the reader fail, and what is encoded is decoded again.
func FuzzCookies(f *testing.F) {
	f.Add("a=x; a.0=y; a.1=z", "a")
	f.Add("a=%zz;;=;\"", "")
	f.Add(`a="`, "a")
	f.Fuzz(func(t *testing.T, line, name string) {
		c := cookie.Cookies{line}
		c.Get(name)
		c.Names(name, 3)
		chunked := c.Chunked(name)
		if len(chunked.Values) > 4 {
			t.Errorf("%d values", len(chunked.Values))
		}
		for _, cleared := range chunked.Clear(http.Cookie{Path: "/"}) {
			if cleared.MaxAge >= 0 || cleared.Value != "" {
				t.Errorf("%v does not clear", cleared)
			}
		}
		decoded, err := url.PathUnescape(cookie.Encode(line))
		if err != nil || decoded != line {
			t.Errorf("%q became %q: %v", line, decoded, err)
		}
		if got := (cookie.Cookies{"v=" + cookie.Encode(line)}).Get("v"); got != line {
			t.Errorf("%q was read as %q", line, got)
		}
	})
}
