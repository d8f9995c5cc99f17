package sqldb

import (
	"fmt"
	"strconv"
	"time"
)

// TimeKind is how a database keeps a time. When it is read, every kind is
// understood.
type TimeKind int

// The kinds of times.
const (
	// NativeTime is TimestampTime on PostgreSQL and MySQL, and MillisecondTime
	// on SQLite.
	NativeTime TimeKind = iota
	// TimestampTime is a column of a type for times, with or without time zone.
	// Without one it is in UTC, as NextAuth.js's adapters write it.
	TimestampTime
	// TextTime is text as JavaScript's toISOString writes it.
	TextTime
	// SecondTime, MillisecondTime and MicrosecondTime are whole numbers since
	// 1970.
	SecondTime
	MillisecondTime
	MicrosecondTime
)

// isoLayout is the form of JavaScript's toISOString.
const isoLayout = "2006-01-02T15:04:05.000Z"

// timeCodec is how the times of some tables are written and read.
type timeCodec struct {
	kind TimeKind
	// encode is what a statement takes for a TimestampTime in UTC.
	encode func(time.Time) any
}

// value is what a statement takes for a time. What is smaller than the kind is
// dropped; the types for times get milliseconds, as from JavaScript.
func (c *timeCodec) value(t time.Time) any {
	t = t.UTC()
	switch c.kind {
	case MicrosecondTime:
		return t.UnixMicro()
	case MillisecondTime:
		return t.UnixMilli()
	case SecondTime:
		return t.Unix()
	case TextTime:
		return t.Format(isoLayout)
	}
	return c.encode(t.Truncate(time.Millisecond))
}

// optional is value, and NULL for the zero time.
func (c *timeCodec) optional(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return c.value(t)
}

func (c *timeCodec) fromNumber(n int64) time.Time {
	switch c.kind {
	case SecondTime:
		return time.Unix(n, 0).UTC()
	case MicrosecondTime:
		return time.UnixMicro(n).UTC()
	}
	return time.UnixMilli(n).UTC()
}

// moment takes a column with a time. NULL is the zero time.
type moment struct {
	codec *timeCodec
	time.Time
}

// Scan takes what a driver returns, also of another kind than is written: two
// versions of a NextAuth.js adapter may have written the rows.
func (m *moment) Scan(value any) error {
	switch value := value.(type) {
	case nil:
		m.Time = time.Time{}
	case int64:
		m.Time = m.codec.fromNumber(value)
	case float64:
		m.Time = m.codec.fromNumber(int64(value))
	case time.Time:
		m.Time = value.UTC()
	case string:
		return m.parse(value)
	case []byte:
		return m.parse(string(value))
	default:
		return fmt.Errorf("a time of type %T", value)
	}
	return nil
}

// layouts are the forms in which databases and JavaScript write a time.
var layouts = []string{"2006-01-02 15:04:05.999999999", time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999"}

// parse takes a time as text. Without a zone it is in UTC.
func (m *moment) parse(text string) error {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil {
			m.Time = t.UTC()
			return nil
		}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return fmt.Errorf("not a time: %.40q", text)
	}
	m.Time = m.codec.fromNumber(n)
	return nil
}
