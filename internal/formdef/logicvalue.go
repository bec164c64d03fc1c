package formdef

import (
	"encoding/json"
	"strings"

	"github.com/cockroachdb/apd/v3"
)

// toLogic turns an answer into a value of a rule: numbers become exact decimals.
func toLogic(v any) any {
	switch t := v.(type) {
	case json.Number:
		if d, ok := parseDecimal(t.String()); ok {
			return d
		}
		return nil
	case int:
		return apd.New(int64(t), 0)
	default:
		return v
	}
}

// truthy follows jsonlogic.com: 0, "", null and an empty array are false.
func truthy(v any) bool {
	switch t := toLogic(v).(type) {
	case nil:
		return false
	case bool:
		return t
	case string:
		return t != ""
	case *apd.Decimal:
		return !t.IsZero()
	case []any:
		return len(t) > 0
	default:
		return true
	}
}

// logicNumber reads a value as JavaScript's Number() would; ok is false for NaN.
func logicNumber(v any) (*apd.Decimal, bool) {
	switch t := toLogic(v).(type) {
	case *apd.Decimal:
		return t, t.Form == apd.Finite
	case nil:
		return apd.New(0, 0), true
	case bool:
		if t {
			return apd.New(1, 0), true
		}
		return apd.New(0, 0), true
	case string:
		if strings.TrimSpace(t) == "" {
			return apd.New(0, 0), true
		}
		return parseDecimal(strings.TrimSpace(t))
	default:
		return nil, false
	}
}

func logicText(v any) string {
	switch t := toLogic(v).(type) {
	case string:
		return t
	case *apd.Decimal:
		return plainDecimal(t)
	case bool:
		if t {
			return "true"
		}
		return "false"
	case []any:
		parts := make([]string, len(t))
		for i, e := range t {
			parts[i] = logicText(e)
		}
		return strings.Join(parts, ",")
	default:
		return ""
	}
}

// compareLogic returns -1, 0 or 1; ok is false when the two cannot be compared.
func compareLogic(a, b any) (int, bool) {
	a, b = toLogic(a), toLogic(b)
	x, xs := a.(string)
	y, ys := b.(string)
	if xs && ys {
		return strings.Compare(x, y), true
	}
	n, ok := logicNumber(a)
	m, ok2 := logicNumber(b)
	if !ok || !ok2 {
		return 0, false
	}
	return n.Cmp(m), true
}

func looseEqual(a, b any) bool {
	a, b = toLogic(a), toLogic(b)
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	if n, ok := compareLogic(a, b); ok {
		return n == 0
	}
	return false
}

func strictEqual(a, b any) bool {
	a, b = toLogic(a), toLogic(b)
	switch x := a.(type) {
	case nil:
		return b == nil
	case bool:
		y, ok := b.(bool)
		return ok && x == y
	case string:
		y, ok := b.(string)
		return ok && x == y
	case *apd.Decimal:
		y, ok := b.(*apd.Decimal)
		return ok && x.Cmp(y) == 0
	default:
		return false // arrays and objects never match
	}
}
