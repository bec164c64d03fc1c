// Conditional fields: an element with data-when {"pointer", "in": [values]} is shown while the named inputs hold one
// of the values. The content of a hidden one is out of the document, so that nothing of it is posted; the server
// sends it in a template element, and decides again in any case.

const away = new WeakMap(); // element → its content while it is hidden

function values(form, name) {
  const inputs = [...form.elements].filter((e) => e.name === name && !e.matches(":disabled"));
  const boxes = inputs.filter((e) => e.type === "checkbox" || e.type === "radio");
  if (boxes.length) return boxes.filter((e) => e.checked).map((e) => e.value);
  return inputs.map((e) => e.value).filter((v) => v !== "");
}

function holds(form, condition) {
  const found = values(form, condition.pointer);
  // A box that is not ticked counts as false.
  if (found.length === 0) return condition.in.some((v) => v === null || String(v) === "false");
  return found.some((v) => condition.in.some((w) => String(w) === v));
}

function toggle(element, show) {
  if (show) {
    const template = element.querySelector(":scope > template");
    element.replaceChildren(away.get(element) ?? template.content);
  } else {
    const content = document.createDocumentFragment();
    content.append(...element.childNodes);
    away.set(element, content);
  }
  element.hidden = !show;
}

// forgetHidden lets a hidden element take its content from its template again.
export function forgetHidden(element) {
  away.delete(element);
}

// settle applies all conditions: what appears may hold conditions of its own, and what goes may have been one.
export function settle(form) {
  for (let round = 0, changed = true; changed && round < 20; round++) {
    changed = false;
    for (const element of form.querySelectorAll("[data-when]")) {
      const show = holds(form, JSON.parse(element.dataset.when));
      if (element.hidden === show && element.isConnected) {
        toggle(element, show);
        changed = true;
      }
    }
  }
}

export function reveal(root) {
  for (const form of root.querySelectorAll("form:has([data-when])")) {
    form.addEventListener("input", () => settle(form));
    settle(form);
  }
}
