package formdef

import "testing"

func TestFormats(t *testing.T) {
	for name, c := range map[string]struct{ good, bad []string }{
		"iban": {[]string{"DE89370400440532013000", "DE02 1203 0000 0000 2020 51", "GB82WEST12345698765432", "at611904300234573201"},
			[]string{"DE89370400440532013001", "DE8937040044053201300", "1289370400440532013000", "", "DE!", "DE89 3704 0044 0532 0130 00 00"}},
		"de-plz":       {[]string{"99084", "01067"}, []string{"9908", "00123", "9908a", "990840", "٩٩٠٨٤"}},
		"de-steuer-id": {[]string{"86095742719", "47036892816", "65929970489", "57549285017", "25768131411"}, []string{"86095742718", "06095742719", "11111111111", "12345678901", "8609574271"}},
		"iso-11784-chip": {[]string{"276098106234567", "276 098 106 234 567", "900001234567890"},
			[]string{"27609810623456", "000098106234567", "999098106234567", "27609810623456a"}},
		"de-kennzeichen": {[]string{"J-AB 123", "EF-X 1", "ABG-AB 12", "WAK-A 1234", "GTH-E 12H", "J-AB 123E"},
			[]string{"J-AB 0123", "JENA-A 1", "J-ABC 1", "j-ab 123", "ABG-AB 1234", "J AB"}},
		"din-91379": {[]string{"Łukasz Müller-O'Neill", "Dvořák", "Nguyễn", "Şahin", "M̂", "€ 5"}, []string{"Иван", "山田", "a\x00b", "😀", "\u202e"}},
		"email":     {[]string{"a@example.org", "jürgen@müller.de", "a.b+c@x.example.com"}, []string{"a@b", "a@@example.org", "A <a@example.org>", "a@example.org ", "", "a@-x.de"}},
		"phone":     {[]string{"0361 123456", "+49 (361) 12-34/5"}, []string{"12", "abc", "123456789012345678", "+"}},
		"url":       {[]string{"https://www.example.org/x?y=1"}, []string{"javascript:alert(1)", "example.org", "http://", "file:///etc/passwd"}},
		"date":      {[]string{"2024-02-29"}, []string{"2023-02-29", "2024-2-9", "2024-13-01", "29.02.2024"}},
		"time":      {[]string{"14:30", "14:30:00", "14:30:00Z", "14:30:00+01:00"}, []string{"24:00", "1430", "14:60"}},
		"date-time": {[]string{"2024-02-29T10:00:00Z", "2024-02-29T10:00:00+01:00"}, []string{"2024-02-29 10:00", "2024-02-30T10:00:00Z"}},
		"file-urn":  {[]string{"urn:uuid:00000000-0000-4000-8000-000000000002"}, []string{"uuid:1", "urn:uuid:../x y", "https://x"}},
	} {
		for _, s := range c.good {
			if err := formats[name](s); err != nil {
				t.Errorf("%s refuses %q", name, s)
			}
		}
		for _, s := range c.bad {
			if formats[name](s) == nil {
				t.Errorf("%s accepts %q", name, s)
			}
		}
	}
}
