// Typed answers that are not saved yet, kept by this tab. They are written while somebody types and deleted when the server has
// them, so that a reload or a line that is down costs no letter. sessionStorage goes with its tab; logging out, sending, and
// half an hour delete what is left, since the next person may sit at the same computer.

const prefix = "aw:unsaved:";
const life = 30 * 60 * 1000; // milliseconds, as a session lasts

// quietly does without a store that is full or forbidden.
function quietly(what) {
  try {
    return what(sessionStorage);
  } catch {
    return null;
  }
}

export function keep(form) {
  const entries = [...new FormData(form)].filter(([name, value]) => name !== "_csrf" && typeof value === "string");
  quietly((s) => s.setItem(prefix + new URL(form.action).pathname, JSON.stringify({ at: Date.now(), entries })));
}

export function drop(form) {
  quietly((s) => s.removeItem(prefix + new URL(form.action).pathname));
}

const young = (kept) => Date.now() - kept.at < life;

// kept are the entries of a form, null without any; old tells that there were some which are too old to be given back.
export function kept(form) {
  return quietly((s) => {
    const found = JSON.parse(s.getItem(prefix + new URL(form.action).pathname));
    return found && (young(found) ? { entries: found.entries } : { old: true });
  });
}

// forget deletes what belongs to a draft, or everything for "".
export function forget(draft) {
  quietly((s) => {
    for (const key of Object.keys(s)) if (key.startsWith(prefix) && key.includes(draft)) s.removeItem(key);
  });
}

// tidy deletes what is too old, and what a form says that must be forgotten when it is sent.
export function tidy(page) {
  quietly((s) => {
    for (const key of Object.keys(s)) {
      if (key.startsWith(prefix) && !young(JSON.parse(s.getItem(key)))) s.removeItem(key);
    }
  });
  for (const form of page.querySelectorAll("form[data-forget]")) form.addEventListener("submit", () => forget(form.dataset.forget));
}

// fill puts entries into the form's controls and tells whether any of them held something else. What appears because of
// one (settle) may be filled by a later round.
export function fill(form, entries, settle) {
  const wanted = new Map();
  for (const [name, value] of entries) wanted.set(name, [...(wanted.get(name) ?? []), value]);
  let changed = false;
  for (let round = 0, again = true; again && round < 20; round++) {
    again = false;
    const seen = new Map();
    for (const e of form.elements) {
      if (!e.name || e.name === "_csrf" || e.type === "file" || e.type === "submit") continue;
      const values = wanted.get(e.name) ?? [];
      if (e.type === "checkbox" || e.type === "radio") {
        const on = values.includes(e.value);
        if (e.checked !== on) e.checked = on, again = true;
        continue;
      }
      const nth = seen.get(e.name) ?? 0;
      seen.set(e.name, nth + 1);
      if (nth < values.length && e.value !== values[nth]) e.value = values[nth], again = e.value === values[nth] || again;
    }
    changed ||= again;
    if (again) settle(form);
  }
  return changed;
}
