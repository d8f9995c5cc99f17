package token_test

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth/token"
)

func TestClaimsText(t *testing.T) {
	claims := token.Claims{
		"name": "Ada", "email": "ada@example.com", "picture": "https://example.com/a.png", "sub": "42", "jti": "id",
		"null": nil, "number": json.Number("1"), "list": []any{"a"},
	}
	tests := []struct {
		name string
		got  string
		want string
	}{
		{"Name", claims.Name(), "Ada"},
		{"Email", claims.Email(), "ada@example.com"},
		{"Picture", claims.Picture(), "https://example.com/a.png"},
		{"Subject", claims.Subject(), "42"},
		{"ID", claims.ID(), "id"},
		{"null", claims.Text("null"), ""},
		{"number", claims.Text("number"), ""},
		{"list", claims.Text("list"), ""},
		{"absent", claims.Text("absent"), ""},
		{"nil claims", token.Claims(nil).Name(), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.got != tt.want {
				t.Errorf("got %q, want %q", tt.got, tt.want)
			}
		})
	}
}

func TestClaimsTime(t *testing.T) {
	tests := []struct {
		name  string
		value any
		want  time.Time
	}{
		{"number", json.Number("1700000000"), time.Unix(1700000000, 0).UTC()},
		{"fraction", json.Number("1700000000.5"), time.Unix(1700000000, 5e8).UTC()},
		{"exponent", json.Number("17e8"), time.Unix(1700000000, 0).UTC()},
		{"before 1970", json.Number("-1.5"), time.Unix(-2, 5e8).UTC()},
		{"zero", json.Number("0"), time.Unix(0, 0).UTC()},
		{"int", 1700000000, time.Unix(1700000000, 0).UTC()},
		{"int64", int64(1700000000), time.Unix(1700000000, 0).UTC()},
		{"float", 1700000000.0, time.Unix(1700000000, 0).UTC()},
		{"last JavaScript date", json.Number("8640000000000"), time.Date(275760, 9, 13, 0, 0, 0, 0, time.UTC)},
		{"beyond", json.Number("8640000000001"), time.Time{}},
		{"huge", json.Number("1e300"), time.Time{}},
		{"beyond every number", json.Number("1e999"), time.Time{}},
		{"infinity", math.Inf(1), time.Time{}},
		{"NaN", math.NaN(), time.Time{}},
		{"text", "1700000000", time.Time{}},
		{"null", nil, time.Time{}},
		{"bad number", json.Number("x"), time.Time{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := token.Claims{"t": tt.value}.Time("t")
			if got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	if got := (token.Claims{}).Expires(); !got.IsZero() {
		t.Errorf("absent exp is %v", got)
	}
}

func TestClaimsClone(t *testing.T) {
	claims := func() token.Claims {
		return token.Claims{
			"sub": "42", "null": nil, "number": json.Number("1"),
			"list":   []any{"a", map[string]any{"b": []any{json.Number("1")}}},
			"object": map[string]any{"a": []any{}, "b": map[string]any(nil)},
			"nil":    []any(nil),
		}
	}
	original := claims()
	clone := original.Clone()
	if !reflect.DeepEqual(original, clone) {
		t.Fatalf("clone (-want +got):\n%s", cmp.Diff(original, clone))
	}
	clone["sub"] = "43"
	clone["list"].([]any)[0] = "changed"
	clone["list"].([]any)[1].(map[string]any)["b"].([]any)[0] = "changed"
	clone["object"].(map[string]any)["a"] = "changed"
	if diff := cmp.Diff(claims(), original); diff != "" {
		t.Errorf("changing the clone changed the original (-want +got):\n%s", diff)
	}
	if got := token.Claims(nil).Clone(); got != nil {
		t.Errorf("the clone of nil is %v", got)
	}
}
