package token_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth/token"
)

// objects are JSON texts, valid and not, that are hard on a scanner.
var objects = []string{
	`{}`, ` { } `, "\t{\r\n}\n", `{"a":1}`, `{"a":1,"b":2}`, ` { "a" : 1 , "b" : "x" } `,
	`{"a":"1","a":"2"}`, `{"a":{"b":1},"a":null}`, `{"\u0061":1,"a":2}`, `{"":""}`,
	`{"a":-0}`, `{"a":1.50}`, `{"a":1e+5 }`, "{\"a\":1E-5\n}", `{"a":12345678901234567890123456789}`,
	`{"a":true,"b":false,"c":null}`, `{"a":"\""}`, `{"a":"\\"}`, `{"a":"\\\""}`, `{"a":"\\","b":"\""}`,
	`{"a":"\ud83d\ude00"}`, `{"a":"\ud800"}`, `{"\udc00":"\udc00\ud800"}`, `{"a":"\u0000\b\f\n\r\t\/"}`,
	"{\"a\":\"\xff\"}", "{\"\xff\":1}", "{\"\xff\":1,\"\xfe\":2}", "{\"a\":\"\xed\xa0\x80\"}", "{\"é\":\"山田\u2028\"}",
	`{"a":[]}`, `{"a":{}}`, `{"a":[1,"]",{"b":"}"}],"c":1}`, `{"a":["\"]"],"b":{"\"}":"\\"}}`, `{"a":[[[[]]]]}`,
	`{"a":{"b":1,"b":2}}`, `{"a":[1.0,{"b":1e400}]}`, `{"a":"</script>"}`, `{"a":"{\"b\":1}"}`,
	``, ` `, `null`, `[]`, `"a"`, `1`, `{`, `}`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{,}`, `{"a":1}x`, `{"a":01}`, `{"a":tru}`,
	`{"a":"`, "{\"a\":\"\n\"}", `{"a":"\x"}`, `{a:1}`, "\ufeff{}", `{"a":1}{"a":1}`, `{"a":[}]`, `{"a":+1}`, `{"a":NaN}`,
}

func TestDecodeObject(t *testing.T) {
	for _, text := range objects {
		t.Run(text, func(t *testing.T) { checkDecodeObject(t, text) })
	}
}

func FuzzDecodeObject(f *testing.F) {
	for _, text := range objects {
		f.Add(text)
	}
	f.Fuzz(checkDecodeObject)
}

// checkDecodeObject compares with encoding/json.
func checkDecodeObject(t *testing.T, text string) {
	got, members, err := token.DecodeObject([]byte(text))
	want, ok := decodeSlowly(text)
	if ok != (err == nil) {
		t.Fatalf("%q: got %v, %v; encoding/json: %v, %v", text, got, err, want, ok)
	}
	if !ok {
		return
	}
	if !reflect.DeepEqual(want, got) {
		t.Fatalf("%q (-want +got):\n%s", text, cmp.Diff(want, got))
	}
	if wantMembers := countMembers(t, text); members != wantMembers {
		t.Fatalf("%q: %d members, want %d", text, members, wantMembers)
	}
}

// decodeSlowly decodes an object by encoding/json.
func decodeSlowly(text string) (token.Claims, bool) {
	if !json.Valid([]byte(text)) {
		return nil, false
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, false
	}
	object, ok := value.(map[string]any)
	return object, ok
}

// countMembers counts the members of an object as they are written.
func countMembers(t *testing.T, text string) int {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	count := 0
	for ; d.More(); count++ {
		if _, err := d.Token(); err != nil {
			t.Fatal(err)
		}
		var value any
		if err := d.Decode(&value); err != nil {
			t.Fatal(err)
		}
	}
	return count
}
