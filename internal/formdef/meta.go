package formdef

// buildMeta compiles what form.yaml adds: fees and indexed fields.
func (b *builder) buildMeta() {
	m := b.p.Form
	for i, f := range m.Fees {
		at := "/fees/" + itoa(i)
		out := fee{code: f.Code, label: b.meta(f.Label), amount: f.Amount}
		if f.Amount != "" {
			if _, ok := parseDecimal(f.Amount); !ok {
				b.fail("form.yaml", at+"/amount", "amount", "value", f.Amount)
			}
		}
		if len(f.Calculate) > 0 {
			n, err := parseNode(f.Calculate)
			if err == nil {
				out.logic, err = parseLogic(n)
			}
			if err != nil {
				b.fail("form.yaml", at+"/calculate", "said", "text", err)
			}
			b.reads(b.c.top, out.logic, nil)
		}
		if len(f.Condition) > 0 {
			n, err := parseNode(f.Condition)
			if err != nil {
				b.fail("form.yaml", at+"/condition", "said", "text", err)
			}
			out.cond = b.buildCond("form.yaml", n, place{frame: b.c.top, s: b.c.root}, 0)
		}
		b.c.fees = append(b.c.fees, out)
	}
	if c := m.Cosign; c != nil {
		if len(c.Condition) > 0 {
			n, err := parseNode(c.Condition)
			if err != nil {
				b.fail("form.yaml", "/cosign/condition", "said", "text", err)
			}
			b.c.cosign = b.buildCond("form.yaml", n, place{frame: b.c.top, s: b.c.root}, 0)
		}
		if c.Email != "" {
			b.c.cosignEmail = splitPointer(c.Email)
		}
	}
	for _, ix := range m.Index {
		b.c.index = append(b.c.index, indexField{path: splitPointer(ix.Pointer), mode: ix.Mode, col: ix.Column})
	}
}
