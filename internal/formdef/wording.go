package formdef

import (
	"fmt"
	"strconv"
	"strings"
)

// findingWords is what findings say in English, by their keys. The catalogues hold the same under "finding.", for people who read
// them on a page; here it is for errors and for tools that know no catalogue. What is under "cannot." and "free." names what
// a form has and is no sentence yet: see sentences.
var findingWords = map[string]string{
	"leika":             `"{value}" is no LeiKa key; write its 14 digits in quotes`,
	"category":          `missing; name the category under which the portal lists the service`,
	"filePrefix":        `"{value}"; write two to eight capital letters`,
	"retention":         `needs years and legalBasis`,
	"deadline":          `needs one of days, workingDays, weeks or months in which the office means to decide`,
	"deemed":            `needs months, and the legalBasis that orders it`,
	"oneOf":             `"{value}"; write one of {allowed}`,
	"fee.code":          `every fee needs a code of its own`,
	"fee.amount":        `a fee needs an amount or a calculation, or its code under overlay/fees so that each authority sets the amount`,
	"cosign.days":       `{value}; write in how many days, from 7 to 90, the second person must confirm`,
	"cosign.email":      `no answer has the pointer "{pointer}"`,
	"index.pointer":     `{pointer} does not exist; name a property of schema.json, with * for the items of an array`,
	"overlay.fee":       `no fee has the code "{code}"`,
	"overlay.text":      `"{value}" is no text module; one of {allowed}`,
	"overlay.unasked":   `no page asks for {pointer}`,
	"overlay.required":  `{pointer} is required, so that it cannot be switched off`,
	"overlay.choices":   `{pointer} is no text field of the form`,
	"translation":       `missing translation; add the text in "{lang}"`,
	"keywords":          `missing; add the words that people search by`,
	"module":            `missing; write the text module in "{lang}"`,
	"privacy":           `missing; Art. 13 GDPR asks for it`,
	"checklist":         `has {n} points, in German there are {german}; translate all`,
	"text.missing":      `missing translation of texts/de.json; add it`,
	"text.untranslated": `missing translation of "{text}"; add it`,
	"text.unread":       `nothing in the form reads this key; remove it`,
	"text.unread.meant": `nothing in the form reads this key; remove it, or did you mean {meant}?`,
	"cycle":             `what is shown or calculated here depends on itself ({way}); break the circle`,
	"amount":            `"{value}" is no amount; write it as 30.00`,
	"scope":             `the scope "{scope}" points at nothing; name a property of schema.json`,
	"keyword":           `unknown keyword "{word}"; remove it`,
	"keyword.meant":     `unknown keyword "{word}"; remove it, or did you mean {meant}?`,
	"format":            `nobody checks the format "{word}"; use a known one`,
	"format.meant":      `nobody checks the format "{word}"; use a known one, or did you mean {meant}?`,
	"source":            `unknown source "{source}"; the only one is identity`,
	"rule":              `a rule needs logic and message`,
	"key":               `unknown key "{word}"; remove it`,
	"key.meant":         `unknown key "{word}"; remove it, or did you mean {meant}?`,
	"rule.pointer":      `the rule points at {pointer}, which no page asks for; name a field of the form`,
	"formula":           `the formula reads {pointer}, which does not exist; name a property of schema.json`,
	"label":             `the field {pointer} has no label; give it a title in schema.json`,
	"label.name":        `the label of {pointer} is made of its name; give it a title in schema.json or {key}.label in texts/de.json`,
	"legalBasis":        `the field {pointer} has no legal basis; add x-legalBasis with the law that lets you ask`,
	"required.unknown":  `"{name}" is required, but is no property; remove it or describe it`,
	"required.unasked":  `{pointer} is required, but no page asks for it; add a control or do not require it`,
	"ui.key":            `unknown key "{word}" of a {type}; remove it`,
	"ui.key.meant":      `unknown key "{word}" of a {type}; remove it, or did you mean {meant}?`,
	"ui.option":         `unknown option "{word}"; remove it`,
	"ui.option.meant":   `unknown option "{word}"; remove it, or did you mean {meant}?`,
	"sample":            `the sample does not do what it says: {diff}; mend the sample or the form`,
	"sample.none":       `no sample is valid; add one that shows a complete application`,
	"page.empty":        `the page shows nothing; add elements or remove it`,
	"page.never":        `the page is never reached, because its rule never holds; mend or remove the rule`,
	"page.twice":        `the page asks for {pointer} twice; remove one of the controls`,
	"exit":              `the exit is always shown, so that no page after it is reached; give it a rule`,
	"size":              `the form has more than {max} elements`,
	"ref":               `refers to {ref}, which is not in this schema`,
	"object":            `must be an object`,
	"ui.type":           `must be an object with a type`,
	"patterns":          `patternProperties: {text}`,
	"calculate":         `x-calculate: {text}`,
	"rules":             `x-rules: {text}`,
	"said":              `{text}`,
	"cannot.effect":     `rule effect "{effect}"`,
	"cannot.function":   `a condition by a JavaScript function`,
	"cannot.type":       `element of type "{type}"`,
	"cannot.layout":     `element of type "{type}"; its elements are shown one below the other`,
	"cannot.scope":      `scope "{scope}" points at nothing`,
	"cannot.tuple":      `further entries after the first {n} at {pointer}`,
	"cannot.object":     `an object without properties at {pointer}`,
	"cannot.lists":      `lists inside lists inside lists at {pointer}`,
	"cannot.unrolled":   `a list of objects more than {n} times inside themselves at {pointer}`,
	"cannot.null":       `a value that can only be null at {pointer}`,
	"cannot.types":      `a value of type {types} at {pointer}`,
	"free.object":       `an object without properties at {pointer}`,
	"free.array":        `an array without items at {pointer}`,
	"free.types":        `a value of type {types} at {pointer}`,
	"free.deep":         `an object more than {n} times inside itself at {pointer}`,
}

// sentences end what begins with what cannot be shown or is asked as JSON.
var sentences = map[string]string{
	"cannot": " cannot be shown; remove it or write it in another way",
	"free":   " is asked as JSON, which no citizen can answer; describe in schema.json what is in it",
}

// found words a finding. An argument "meant" that is empty is left out; else the key ends in ".meant".
func found(file, at, key string, args ...any) Finding {
	if n := len(args); n > 1 && args[n-2] == "meant" { // #nosec G602 -- n is at least two here
		if args[n-1] == "" {
			args = args[:n-2]
		} else {
			key += ".meant"
		}
	}
	for i := 0; i+1 < len(args); i += 2 { // a finding is one line, whatever it quotes
		if s, ok := args[i+1].(string); ok && strings.Contains(findingWords[key], fmt.Sprintf(`"{%s}"`, args[i])) {
			args[i+1] = strings.TrimSuffix(strconv.Quote(s)[1:], `"`)
		}
	}
	kind, _, _ := strings.Cut(key, ".")
	return Finding{File: file, Pointer: pointerOrRoot(at), Key: key, Args: args, Text: worded(key, args) + sentences[kind]}
}

// worded fills the English words of a key.
func worded(key string, args []any) string {
	var pairs []string
	for i := 0; i+1 < len(args); i += 2 {
		pairs = append(pairs, fmt.Sprintf("{%s}", args[i]), fmt.Sprint(args[i+1]))
	}
	return strings.NewReplacer(pairs...).Replace(findingWords[key])
}
