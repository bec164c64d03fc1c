package civic

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Record is an event exactly as it is stored: this is what its link in the chain speaks of.
type Record struct {
	ID, Tenant, Case, Dossier, Actor, Kind string
	Data                                   string // JSON, as stored
	At                                     int64  // microseconds
}

// Digest is SHA-256 over all of the record, each part behind its length. It names nobody: it may stay when the event is erased.
func (r Record) Digest() []byte {
	h := sha256.New()
	for _, part := range []string{"antragswerk-event-v1", r.ID, r.Tenant, r.Case, r.Dossier, r.Actor, r.Kind, r.Data} {
		_, _ = h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		_, _ = h.Write([]byte(part))
	}
	_, _ = h.Write(binary.BigEndian.AppendUint64(nil, uint64(r.At))) // the same 64 bits
	return h.Sum(nil)
}

// Link (Kettenglied) is an event's place in its tenant's chain. Its hash covers the one before, its number and the event's digest, so
// that no event can be changed, taken out, put in or moved without breaking all that follow.
type Link struct {
	Seq    int64 // from 1, without gaps
	Event  string
	Digest []byte
	Hash   []byte
}

// Next is the link of the event that follows; the zero Link stands before the first.
func (l Link) Next(event string, digest []byte) Link {
	n := Link{Seq: l.Seq + 1, Event: event, Digest: digest}
	n.Hash = n.after(l.Hash)
	return n
}

// after is what the link's hash must be when the one before has the hash given.
func (l Link) after(before []byte) []byte {
	h := sha256.New()
	_, _ = h.Write([]byte("antragswerk-link-v1"))
	if before == nil {
		before = make([]byte, sha256.Size)
	}
	_, _ = h.Write(before)
	_, _ = h.Write(binary.BigEndian.AppendUint64(nil, uint64(l.Seq)))
	_, _ = h.Write(l.Digest)
	return h.Sum(nil)
}

// Head (Kettenkopf) is the signed end of a tenant's chain at some time; it vouches for all that stands before it. Who keeps one has
// the platform committed, whatever becomes of its database.
type Head struct {
	Tenant    string
	Seq       int64
	Hash      []byte
	At        time.Time
	Signature []byte // Ed25519, by the installation's key
}

// Message is what the signature covers. The number is in the hash, so a published head need not tell how much happens at an office.
func (h Head) Message() []byte {
	return []byte(strings.Join([]string{"antragswerk-audit-v1", h.Tenant, hex.EncodeToString(h.Hash), h.At.UTC().Format(time.RFC3339)}, "\n"))
}

// PublicHead is a head as it is published: JSON of these fields, in hexadecimal where they are bytes.
type PublicHead struct {
	Tenant    string    `json:"tenant"`
	Authority string    `json:"authority,omitempty"` // as in its address
	Hash      string    `json:"head"`
	At        time.Time `json:"signed"`
	Signature string    `json:"signature"`
}

// Public is the head as it is published.
func (h Head) Public(authority string) PublicHead {
	return PublicHead{Tenant: h.Tenant, Authority: authority, Hash: hex.EncodeToString(h.Hash), At: h.At.UTC().Truncate(time.Second), Signature: hex.EncodeToString(h.Signature)}
}

// Head reads what was published; its number is not known.
func (p PublicHead) Head() (Head, error) {
	hash, err := hex.DecodeString(p.Hash)
	if err != nil {
		return Head{}, err
	}
	signature, err := hex.DecodeString(p.Signature)
	return Head{Tenant: p.Tenant, Hash: hash, At: p.At, Signature: signature}, err
}

// ReadHeads reads {"heads": […]} of published heads.
func ReadHeads(r io.Reader) ([]Head, error) {
	var file struct {
		Heads []PublicHead `json:"heads"`
	}
	if err := json.NewDecoder(r).Decode(&file); err != nil {
		return nil, err
	}
	heads := make([]Head, len(file.Heads))
	for i, p := range file.Heads {
		h, err := p.Head()
		if err != nil {
			return nil, err
		}
		heads[i] = h
	}
	return heads, nil
}

// KindErased is the event that says which numbers of the chain were erased, in Data["numbers"] ("3-7,9"), and why.
const KindErased = "events.erased"

// AuditLag is how much younger an event's id may be than the event is in the database: as long as a transaction can take, and clocks of
// nodes may differ. The sequencer looks back so far; what it has passed by for longer is out of order.
const AuditLag = 10 * time.Minute

// IDBefore is an id that sorts before all that were made later than lag before the id given, which is a UUIDv7 (RFC 9562: its first 48
// bits are milliseconds). "" for any other id.
func IDBefore(id string, lag time.Duration) string {
	if len(id) != 36 || id[14] != '7' {
		return ""
	}
	ms, err := strconv.ParseInt(id[:8]+id[9:13], 16, 64)
	if err != nil || ms < lag.Milliseconds() {
		return ""
	}
	s := fmt.Sprintf("%012x", ms-lag.Milliseconds())
	return s[:8] + "-" + s[8:]
}
