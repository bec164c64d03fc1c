package sqlstore

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// Rows become nouns here, and nowhere else. No column is NULL: nil bytes are stored empty and read as nil.

func full(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func none(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}

// noDeadline makes cases without a deadline sort after all others.
const noDeadline = math.MaxInt64

func deadlineMicros(t time.Time) int64 {
	if t.IsZero() {
		return noDeadline
	}
	return t.UnixMicro()
}

func fromDeadline(us int64) time.Time {
	if us == noDeadline {
		return time.Time{}
	}
	return fromMicros(us)
}

func toJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// fromJSON reads what toJSON wrote; text from elsewhere is damage.
func fromJSON(text string, v any) error {
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), v); err != nil {
		return fmt.Errorf("stored JSON: %w", err)
	}
	return nil
}

// each converts a list of rows.
func each[R, N any](rows []R, convert func(R) N) []N {
	out := make([]N, len(rows))
	for i, r := range rows {
		out[i] = convert(r)
	}
	return out
}

// eachErr converts a list of rows that may be damaged.
func eachErr[R, N any](rows []R, convert func(R) (N, error)) ([]N, error) {
	out := make([]N, len(rows))
	for i, r := range rows {
		n, err := convert(r)
		if err != nil {
			return nil, err
		}
		out[i] = n
	}
	return out, nil
}

func toTenant(r db.Tenant) (civic.Tenant, error) {
	t := civic.Tenant{ID: r.ID, Slug: r.Slug, Kind: civic.TenantKind(r.Kind), ARS: r.Ars, Name: r.Name, LogoType: r.LogoType, Live: r.Live,
		Key: none(r.Key), Revision: r.Revision, Created: fromMicros(r.Created)}
	return t, fromJSON(r.Profile, &t.Profile)
}

func toRegion(r db.Region) civic.Region {
	return civic.Region{ARS: r.Ars, Name: r.Name, Level: civic.RegionLevel(r.Level), Kind: r.Kind, Kreis: r.Kreis, Verband: r.Verband,
		Fulfilling: r.Fulfilling, Zip: r.Zip, Inhabitants: int(r.Inhabitants), Slug: r.Slug, ValidFrom: fromMicros(r.ValidFrom),
		ValidTo: fromMicros(r.ValidTo), Successor: r.Successor}
}

func toVersion(r db.FormVersion) civic.FormVersion {
	return civic.FormVersion{ID: r.ID, Service: r.Service, Number: int(r.Number), Digest: r.Digest, Package: none(r.Package), CreatedBy: r.CreatedBy,
		Created: fromMicros(r.Created), ApprovedBy: r.ApprovedBy, Published: fromMicros(r.Published), Retired: fromMicros(r.Retired)}
}

func toListedVersion(r db.VersionsRow) civic.FormVersion {
	return civic.FormVersion{ID: r.ID, Service: r.Service, Number: int(r.Number), Digest: r.Digest, CreatedBy: r.CreatedBy,
		Created: fromMicros(r.Created), ApprovedBy: r.ApprovedBy, Published: fromMicros(r.Published), Retired: fromMicros(r.Retired)}
}

func toOffering(r db.Offering) (civic.Offering, error) {
	o := civic.Offering{Tenant: r.Tenant, Service: r.Service, Enabled: r.Enabled, Overlay: none(r.Overlay), OverlayVersion: r.OverlayVersion,
		Updated: fromMicros(r.Updated)}
	return o, fromJSON(r.Contact, &o.Contact)
}

func toAppointment(r db.Appointment) civic.Appointment {
	a := civic.Appointment{ID: r.ID, Tenant: r.Tenant, Email: r.Email, Group: r.OidcGroup}
	for role := range strings.SplitSeq(r.Roles, ",") {
		if role != "" {
			a.Roles = append(a.Roles, civic.Role(role))
		}
	}
	return a
}

func joinRoles(roles []civic.Role) string {
	return strings.Join(each(roles, func(r civic.Role) string { return string(r) }), ",")
}

func toDossier(r db.Dossier) (civic.Dossier, error) {
	code, err := hex.DecodeString(r.Code)
	if err != nil {
		return civic.Dossier{}, fmt.Errorf("stored code hash: %w", err)
	}
	return civic.Dossier{ID: r.ID, Tenant: r.Tenant, Service: r.Service, Key: none(r.Key), Account: r.Account, CodeHash: none(code), ARS: r.Ars,
		Lang: r.Lang, Created: fromMicros(r.Created)}, nil
}

func toDraft(r db.Draft, d db.Dossier) (civic.Draft, error) {
	dossier, err := toDossier(d)
	return civic.Draft{Dossier: dossier, Pins: civic.Pins{Version: r.Version, Overlay: r.Overlay}, Content: none(r.Content), Revision: r.Revision,
		Updated: fromMicros(r.Updated), Expires: fromMicros(r.Expires), Submission: r.Submission}, err
}

func toAttachment(r db.Attachment) civic.Attachment {
	return civic.Attachment{ID: r.ID, Dossier: r.Dossier, Tenant: r.Tenant, Pointer: r.Pointer, Message: r.Message, Name: none(r.Name), BlobKey: r.BlobKey,
		Bytes: r.Bytes, MediaType: r.MediaType, SHA256: none(r.Sha256), Verdict: civic.Verdict(r.Verdict), FromOffice: r.FromOffice,
		Created: fromMicros(r.Created)}
}

func toCase(r db.Case, key []byte) civic.Case {
	return civic.Case{ID: r.ID, Tenant: r.Tenant, Dossier: r.Dossier, Service: r.Service, FileNumber: r.FileNumber, State: civic.CaseState(r.State),
		Revision: r.Revision, Assignee: r.Assignee, AssigneeName: r.AssigneeName, Received: fromMicros(r.Received), Deadline: fromDeadline(r.Deadline),
		Changed: fromMicros(r.Changed), Columns: none(r.Columns), Key: none(key), Unread: r.Unread, ForwardedTo: r.ForwardedTo,
		Group: r.Grp, Labels: split(r.Labels), Paused: fromMicros(r.Paused), Fiction: fromMicros(r.Fiction),
		Escalated: fromMicros(r.Escalated), Hold: civic.Hold(r.Hold), Held: fromMicros(r.Held), Erase: fromMicros(r.Erase)}
}

func toSubmission(r db.Submission) civic.Submission {
	return civic.Submission{ID: r.ID, Dossier: r.Dossier, Tenant: r.Tenant, Case: r.CaseID,
		Pins: civic.Pins{Version: r.Version, Overlay: r.Overlay, OverlayTenant: r.OverlayTenant},
		Kind: civic.SubmissionKind(r.Kind), Request: r.Request, Answers: none(r.Answers), Reach: none(r.Reach), Digest: none(r.Digest), Receipt: none(r.Receipt),
		FileNumber: r.FileNumber, Level: civic.Level(r.Level), Created: fromMicros(r.Created)}
}

func toMessage(r db.Message) civic.Message {
	return civic.Message{ID: r.ID, Case: r.CaseID, Tenant: r.Tenant, Dossier: r.Dossier, FromOffice: r.FromOffice, Author: r.Author,
		AuthorName: r.AuthorName, Body: none(r.Body), Created: fromMicros(r.Created), Read: fromMicros(r.Seen)}
}

func toRequest(r db.Request) (civic.Request, error) {
	q := civic.Request{ID: r.ID, Case: r.CaseID, Tenant: r.Tenant, Dossier: r.Dossier, Text: none(r.Body), Due: fromMicros(r.Due),
		Created: fromMicros(r.Created), Answered: fromMicros(r.Answered), Recalled: fromMicros(r.Recalled), Submission: r.Submission,
		Comments: none(r.Comments), Remind: fromMicros(r.Remind), Reminded: fromMicros(r.Reminded), Lapsed: fromMicros(r.Lapsed)}
	return q, fromJSON(r.Pointers, &q.Pointers)
}

func toNote(r db.Note) civic.Note {
	return civic.Note{ID: r.ID, Case: r.CaseID, Tenant: r.Tenant, Dossier: r.Dossier, Author: r.Author, AuthorName: r.AuthorName, Body: none(r.Body),
		Created: fromMicros(r.Created)}
}

func toDecision(r db.Decision) civic.Decision {
	return civic.Decision{ID: r.ID, Case: r.CaseID, Tenant: r.Tenant, Dossier: r.Dossier, Outcome: civic.Outcome(r.Outcome), Letter: none(r.Letter),
		Author: r.Author, AuthorName: r.AuthorName, Created: fromMicros(r.Created), Deemed: fromMicros(r.Deemed), Read: fromMicros(r.Seen),
		Approver: r.Approver, ApproverName: r.ApproverName, Digest: none(r.Digest), Seal: civic.Seal{Kind: r.SealKind, Bytes: none(r.Seal)}}
}

func toPayment(r db.Payment) (civic.Payment, error) {
	p := civic.Payment{ID: r.ID, Case: r.CaseID, Tenant: r.Tenant, Cents: r.Cents, Method: r.Method, Created: fromMicros(r.Created),
		Paid: fromMicros(r.Paid), Waived: fromMicros(r.Waived), Failed: fromMicros(r.Failed), BookedBy: r.BookedBy}
	return p, fromJSON(r.Items, &p.Items)
}

func toRoute(r db.Route) civic.Route {
	return civic.Route{ID: r.ID, Tenant: r.Tenant, Service: r.Service, Connector: r.Connector, Target: r.Target, Secret: none(r.Secret), Active: r.Active,
		Created: fromMicros(r.Created)}
}

func toDelivery(r db.Delivery) civic.Delivery {
	return civic.Delivery{ID: r.ID, Tenant: r.Tenant, Case: r.CaseID, Submission: r.Submission, Route: r.Route, Connector: r.Connector, Target: r.Target,
		Attempts: int(r.Attempts), LastError: r.LastError, Created: fromMicros(r.Created), Tried: fromMicros(r.Tried),
		Delivered: fromMicros(r.Delivered), Dead: fromMicros(r.Dead)}
}

func toEvent(r db.Event) (civic.Event, error) {
	e := civic.Event{ID: r.ID, Tenant: r.Tenant, Case: r.CaseID, Actor: r.Actor, Kind: r.Kind, At: fromMicros(r.At)}
	return e, fromJSON(r.Data, &e.Data)
}

func toSession(r db.Session) civic.Session {
	return civic.Session{Hash: r.Hash, Audience: r.Audience, Account: r.Account, Identity: none(r.Identity), Created: fromMicros(r.Created),
		Seen: fromMicros(r.Seen), Expires: fromMicros(r.Expires), IssuerSID: r.IssuerSid, Subject: r.Subject}
}

// split reads ids that are kept with commas between them; nil when there is none.
func split(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}
