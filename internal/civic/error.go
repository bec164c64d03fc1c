package civic

import (
	"errors"
	"fmt"
)

// Code says what kind of failure an error is; internal/web maps each to one HTTP status.
type Code string

// The codes of errors.
const (
	NotFound    Code = "not_found"   // absent, or not for this actor: strangers must not learn which
	Forbidden   Code = "forbidden"   // known actor without the role
	LoginFirst  Code = "login_first" // nobody is logged in, or the assurance level is too low
	Invalid     Code = "invalid"     // bad input; the message says how to mend it
	Conflict    Code = "conflict"    // state or revision has moved on
	TooLarge    Code = "too_large"   // over a size or count limit
	TooMany     Code = "too_many"    // rate limit
	Unavailable Code = "unavailable" // a part is down; try again later
	Internal    Code = "internal"    // everything else
)

// Error is the one error type that use cases return for foreseen failures. Key is a catalogue key ("error.case.decided"),
// Args alternate name and value for it; they never hold personal data. Field names the input at fault, if one.
type Error struct {
	Code  Code
	Key   string
	Args  []any
	Field string
	cause error
}

func (e *Error) Error() string {
	if e.cause != nil {
		return fmt.Sprintf("%s %s: %v", e.Code, e.Key, e.cause)
	}
	return fmt.Sprintf("%s %s", e.Code, e.Key)
}

// Unwrap returns the cause, which is for the log only.
func (e *Error) Unwrap() error { return e.cause }

// Errorf makes an error with a catalogue key and its arguments (name, value, …).
func Errorf(code Code, key string, args ...any) *Error {
	return &Error{Code: code, Key: key, Args: args}
}

// Because returns a copy that carries the cause for the log.
func (e *Error) Because(cause error) *Error { c := *e; c.cause = cause; return &c }

// At returns a copy that names the field at fault.
func (e *Error) At(field string) *Error { c := *e; c.Field = field; return &c }

// CodeOf returns the code of err; Internal for errors that are not ours, "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}
