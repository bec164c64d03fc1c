package formdef

import (
	"errors"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/idna"
)

// formats are the formats that we check ourselves, by name. Each takes the text of an answer.
var formats = map[string]func(string) error{
	"iban":           checkIBAN,
	"de-plz":         checkPLZ,
	"de-steuer-id":   checkSteuerID,
	"iso-11784-chip": checkChip,
	"de-kennzeichen": checkKennzeichen,
	"din-91379":      checkDIN91379,
	"email":          checkEmail,
	"idn-email":      checkEmail,
	"phone":          checkPhone,
	"tel":            checkPhone,
	"url":            checkURL,
	"date":           checkDate,
	"time":           checkTime,
	"date-time":      checkDateTime,
	"file-urn":       checkFileURN,
	"idn-hostname":   checkHost,
}

var (
	rePLZ         = regexp.MustCompile(`^\d{5}$`)
	reDigits      = regexp.MustCompile(`^\d+$`)
	reKennzeichen = regexp.MustCompile(`^[A-ZÄÖÜ]{1,3}[- ][A-Z]{1,2} ?[1-9]\d{0,3}[EH]?$`)
	rePhone       = regexp.MustCompile(`^\+?[\d ()/.-]+$`)
	reTime        = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$`)
	reFileURN     = regexp.MustCompile(`^urn:[a-z0-9][a-z0-9-]{0,31}:[A-Za-z0-9._:/-]{1,200}$`)
	reMailDomain  = regexp.MustCompile(`^([\pL\d]([\pL\d-]{0,61}[\pL\d])?\.)+[\pL]{2,}$`)
)

var errFormat = errors.New("does not have the form")

func must(ok bool) error {
	if ok {
		return nil
	}
	return errFormat
}

// compact drops the blanks by which people group long numbers.
func compact(s string) string { return strings.ReplaceAll(s, " ", "") }

// ibanLength gives the length of an IBAN for the countries of the SEPA area.
var ibanLength = map[string]int{
	"AD": 24, "AL": 28, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20,
	"ES": 24, "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27,
	"LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MT": 31, "NL": 18, "NO": 15,
	"PL": 28, "PT": 25, "RO": 24, "RS": 22, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "VA": 22,
}

// checkIBAN: ISO 13616, remainder modulo 97 is 1.
func checkIBAN(s string) error {
	s = strings.ToUpper(compact(s))
	if len(s) < 15 || len(s) > 34 {
		return errFormat
	}
	if n, known := ibanLength[s[:2]]; known && n != len(s) {
		return errFormat
	}
	rest := 0
	for i, c := range s[4:] + s[:4] {
		switch {
		case c >= '0' && c <= '9':
			rest = (rest*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			rest = (rest*100 + int(c-'A') + 10) % 97
		default:
			return errFormat
		}
		_ = i
	}
	letters := s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z'
	return must(letters && rest == 1)
}

// checkPLZ: five digits; 00 opens none.
func checkPLZ(s string) error { return must(rePLZ.MatchString(s) && !strings.HasPrefix(s, "00")) }

// checkSteuerID: § 139b AO: eleven digits, the first not 0; among the first ten one digit occurs twice or three times
// and the others at most once; the last is a check digit after ISO 7064 MOD 11,10.
func checkSteuerID(s string) error {
	s = compact(s)
	if len(s) != 11 || !reDigits.MatchString(s) || s[0] == '0' {
		return errFormat
	}
	var count [10]int
	product := 10
	for i := range 10 {
		d := int(s[i] - '0')
		count[d]++
		sum := (d + product) % 10
		if sum == 0 {
			sum = 10
		}
		product = sum * 2 % 11
	}
	twice := 0
	for _, n := range count {
		if n > 3 {
			return errFormat
		}
		if n > 1 {
			twice++
		}
	}
	return must(twice == 1 && (11-product)%10 == int(s[10]-'0'))
}

// checkChip: ISO 11784: 15 digits, a country (001–899) or manufacturer (900–998) code in front; 999 is for tests.
func checkChip(s string) error {
	s = compact(s)
	return must(len(s) == 15 && reDigits.MatchString(s) && s[:3] != "000" && s[:3] != "999")
}

// checkKennzeichen: district, one or two letters, up to four digits (eight characters together), E or H at the end.
func checkKennzeichen(s string) error {
	if !reKennzeichen.MatchString(s) {
		return errFormat
	}
	plain := strings.NewReplacer("-", "", " ", "").Replace(s)
	return must(len([]rune(plain)) <= 8)
}

// checkEmail: one address without a display name, with a domain that has a dot.
func checkEmail(s string) error {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > 254 {
		return errFormat
	}
	at := strings.LastIndexByte(s, '@')
	return must(at <= 64 && reMailDomain.MatchString(s[at+1:]))
}

// checkPhone: as people write numbers, with five to fifteen digits.
func checkPhone(s string) error {
	digits := 0
	for _, c := range s {
		if c >= '0' && c <= '9' {
			digits++
		}
	}
	return must(rePhone.MatchString(s) && digits >= 5 && digits <= 15)
}

func checkURL(s string) error {
	u, err := url.Parse(s)
	return must(err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "")
}

func checkDate(s string) error {
	if len(s) != len(time.DateOnly) {
		return errFormat
	}
	_, err := time.Parse(time.DateOnly, s)
	return err
}

// checkTime: hours and minutes do; RFC 3339 asks for more than anybody types.
func checkTime(s string) error { return must(reTime.MatchString(s)) }

func checkDateTime(s string) error {
	_, err := time.Parse(time.RFC3339, strings.ToUpper(s))
	return err
}

func checkHost(s string) error {
	_, err := idna.Registration.ToASCII(s)
	return must(err == nil && s != "")
}

func checkFileURN(s string) error { return must(reFileURN.MatchString(s)) }

// checkDIN91379 is data type C of the norm.
func checkDIN91379(s string) error { return must(isDIN91379(s)) }
