package page_test

import (
	"strings"
	"testing"

	"github.com/a-h/templ"

	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
	"antragswerk/internal/web/page"
)

// arabic is a language from right to left that no page offers: what of the house's own texts it lacks is English.
var arabic = locale.For("en").With("ar", map[string]string{
	"apply.next": "متابعة", "apply.back": "رجوع", "apply.save": "حفظ والمتابعة لاحقًا", "field.optional": "(اختياري)", "field.choose": "يرجى الاختيار",
	"date.day": "اليوم", "date.month": "الشهر", "date.year": "السنة", "file.upload": "تحميل", "field.help": "مساعدة", "errors.title": "يرجى تصحيح ما يلي",
	"problem.required": "يرجى ملء الحقل «{label}».", "problem.required.text": "يرجى ملء الحقل «{label}».", "problem.required.choice": "يرجى اختيار «{label}».", "problem.required.date": "يرجى إدخال «{label}».",
})

var arabicForm = &formdef.Package{
	Schema: []byte(`{"type":"object","required":["name","geboren","art","hunde"],"properties":{"name":{"type":"string","description":"?"},"geboren":{"type":"string","format":"date"},
		"art":{"type":"string","oneOf":[{"const":"s","title":"Schäferhund"},{"const":"d","title":"Dackel"}]},"betrag":{"type":"number","multipleOf":0.01,"x-money":"EUR"},
		"mail":{"type":"string","format":"email"},"hunde":{"type":"array","minItems":1,"items":{"type":"object","properties":{"chip":{"type":"string","title":"Chipnummer"}}}},
		"foto":{"type":"string","format":"file-urn","x-attachment":{"maxBytes":5000000,"mediaTypes":["image/png"],"maxFiles":1}},"ja":{"type":"boolean","const":true}}}`),
	Texts: map[string]map[string]string{"de": {}, "ar": {
		"name.label": "اسم العائلة", "name.description": "كما هو مكتوب في بطاقة الهوية", "geboren.label": "تاريخ الميلاد", "art.label": "نوع الكلب", "art.s": "كلب الراعي", "betrag.label": "قيمة الضريبة",
		"mail.label": "البريد الإلكتروني", "hunde.label": "الكلاب", "foto.label": "صورة الكلب", "ja.label": "أؤكد أن المعلومات صحيحة",
	}},
}

// arabicStory is a page of a form with Arabic texts that lacks some, and with nothing filled in.
func arabicStory(t *testing.T) templ.Component {
	t.Helper()
	form, err := formdef.Compile(arabicForm)
	if err != nil {
		t.Fatal(err)
	}
	st, problems := form.Decode(0, formdef.State{Lang: "ar"}, formdef.Typed{"/betrag": {"12,5"}, "/mail": {"erika@example.org"}, "/hunde/0/chip": {"276098102123456"}})
	v, ok := form.View(0, st, problems)
	if !ok || len(problems) == 0 {
		t.Fatal("no page with problems")
	}
	v.Title, v.Of = "تسجيل الكلب", 3
	s := shell(arabic, v.Title)
	s.Errors, s.FormID, s.Foreign = true, "antrag", form.Foreign("ar")
	return page.ApplyPage(s, page.FormPage{Service: "Hundesteuer", View: v, Action: "/jena/hundesteuer/1", Uploads: "/u"})
}

// A page from right to left says so once, at its root; only what stands in German on it turns round.
func TestArabicPage(t *testing.T) {
	var b strings.Builder
	if err := arabicStory(t).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	for _, want := range []string{`<html lang="ar" dir="rtl"`, "يرجى ملء الحقل «اسم العائلة».", `dir="ltr" lang="de">Chipnummer`, `dir="ltr" lang="de">Dackel`} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(got, `lang="de">كلب`) {
		t.Error("Arabic is called German")
	}
}
