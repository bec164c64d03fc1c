// Tells what @jsonforms/core makes of a schema, a UI schema and data: one JSON object per line in, one per line out.
// It walks the elements in the way in which the renderers do, with the same mapping functions.
import * as core from '@jsonforms/core'
import { createInterface } from 'node:readline'

// validator is shared by some hundred forms, as making one takes longer than all the rest.
let ajv, used = 0
function validator() {
  if (used++ % 300 === 0) ajv = core.createAjv()
  return ajv
}

const visibleTypes = ['Categorization', 'Category', 'VerticalLayout', 'HorizontalLayout', 'Group']

function evaluate({ schema, ui, data, texts }) {
  const translate = (key, fallback) => texts?.[key] ?? fallback
  const inner = core.coreReducer(undefined, core.Actions.init(data, schema, ui ?? undefined, { ajv: validator() }))
  const state = { jsonforms: { core: inner, i18n: { locale: 'de', translate, translateError: core.defaultErrorTranslator }, config: core.configReducer(undefined, { type: '' }), uischemas: [], renderers: [], cells: [] } }
  const out = []
  const root = ui ?? core.Generate.uiSchema(schema)

  // walk appends the element and what is in it; from is what the elements around hand down.
  function walk(e, s, path, at, from) {
    const props = { uischema: e, schema: s, path, enabled: from.enabled, readonly: from.readonly }
    if (e.type === 'Label') {
      const p = core.mapStateToLabelProps(state, props)
      out.push({ at, type: e.type, label: p.text ?? '', visible: from.visible && p.visible })
      return
    }
    if (visibleTypes.includes(e.type)) {
      const p = core.mapStateToLayoutProps(state, props)
      const mine = { visible: from.visible && p.visible, enabled: p.enabled, readonly: p.readonly }
      out.push({ at, type: e.type, label: p.label ?? '', ...mine })
      ;(e.elements ?? []).forEach((k, i) => walk(k, s, path, `${at}/elements/${i}`, mine))
      return
    }
    const p = core.mapStateToControlProps(state, props)
    const shown = core.Helpers.createLabelDescriptionFrom(e, p.schema)
    const mine = { visible: from.visible && p.visible, enabled: p.enabled, readonly: p.readonly }
    out.push({
      at, type: e.type, scope: e.scope, path: p.path, required: p.required, ...mine,
      label: translate(core.getI18nKey(p.schema, e, p.path, 'label'), shown.text),
    })
    const combined = p.schema.oneOf && !core.isOneOfEnumSchema(p.schema) || p.schema.anyOf || p.schema.allOf
    if (combined && !(p.schema.allOf && p.schema.properties)) {
      out.at(-1).opaque = true
      return
    }
    if (core.isEnumSchema(p.schema) || core.isOneOfEnumSchema(p.schema)) return
    if (core.hasType(p.schema, 'array')) {
      let items = core.Resolve.schema(p.schema, 'items', schema)
      if (!items || p.schema.uniqueItems && (items.enum || core.isOneOfEnumSchema(items))) return
      const list = Array.isArray(p.data) ? p.data : []
      list.forEach((_, i) => detail(e, items, core.composePaths(p.path, `${i}`), at, mine))
    } else if (core.hasType(p.schema, 'object')) {
      detail(e, p.schema, p.path, at, mine)
    }
  }

  // detail walks what options.detail says, or what is generated; only the elements of what is generated are told.
  function detail(e, s, path, at, from) {
    const own = typeof e.options?.detail === 'object'
    const d = core.findUISchema([], s, e.scope, path, undefined, e, schema)
    if (own || !d.elements) {
      walk(d, s, path, `${at}/options/detail`, from)
      return
    }
    if (!s.properties) {
      d.elements.forEach((k) => walk(k, s, path, `${at}/options/detail`, from))
      return
    }
    // What is generated leaves out properties of which it cannot derive a type; they are walked all the same.
    Object.keys(s.properties).forEach((name, i) => {
      const scope = `#/properties/${core.encode(name)}`
      const made = d.elements.find((k) => k.scope === scope) ?? { type: 'Control', scope }
      walk(made, s, path, `${at}/options/detail/elements/${i}`, from)
    })
  }

  walk(root, schema, '', '#', { visible: true, enabled: true, readonly: false })
  return {
    elements: out,
    defaultUiSchema: core.Generate.uiSchema(schema),
    errors: inner.errors.map((x) => ({ pointer: x.instancePath, property: x.params.missingProperty ?? x.params.additionalProperty, keyword: x.keyword, schemaPath: x.schemaPath })),
  }
}

console.debug = () => {}
for await (const line of createInterface({ input: process.stdin })) {
  let answer
  try {
    answer = evaluate(JSON.parse(line))
  } catch (e) {
    answer = { failed: String(e) }
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
