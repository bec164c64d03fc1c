// Forms: sent once, saved while they are filled in, rows and files changed in place, and a warning before unsaved words are
// left behind. Every text comes from the form's data- attributes.
import { alive } from "./alive.js";
import { autosave } from "./autosave.js";
import { drop, fill } from "./kept.js";
import { morph } from "./morph.js";
import { settle } from "./reveal.js";
import { page, send, show } from "./send.js";

// lineOf is where the form tells what happens; a form that is neither saved nor has files has nothing to tell.
function lineOf(form) {
  const element = form.querySelector("[data-saved-at]") ?? document.createElement("p");
  element.classList.add("aw-saved");
  if (!element.isConnected && "failed" in form.dataset) {
    element.setAttribute("role", "status");
    (form.querySelector(".aw-buttons:last-of-type") ?? form).after(element);
  }
  return {
    element,
    say(text, kind = "") {
      element.textContent = text ?? "";
      element.dataset.kind = kind;
    },
    add(address, text) {
      if (!address) return;
      const link = document.createElement("a");
      link.className = "kern-link";
      link.href = address;
      link.textContent = text;
      element.append(" ", link);
    },
  };
}

function lock(form, on) {
  for (const b of form.elements) if (b.type === "submit") b.setAttribute("aria-disabled", String(on));
}

// drawing is the part of a form that is drawn anew: all its pages, or the one.
const drawing = (form) => form.querySelector("[data-drawn]") ?? form.querySelector(".aw-fields");

// redrawing changes the form in place into what the server draws of it now, without touching what somebody is typing. A form
// that nobody saves comes with the question: the server knows of it only what it is told.
function redrawing(form, state) {
  return async (address = form.action) => {
    const told = "autosave" in form.dataset ? undefined : new URLSearchParams([...new FormData(form), ["_action", "refresh"]].filter(([, value]) => typeof value === "string"));
    const next = (await page(address, told)).getElementById(form.id);
    if (!next || !form.isConnected || state.sent) return;
    const now = [...new FormData(form)].filter(([name, value]) => name !== "_csrf" && typeof value === "string" && !name.startsWith("_"));
    const focus = document.activeElement;
    morph(drawing(form), drawing(next), true);
    for (const hidden of next.querySelectorAll(":scope > input[type=hidden]")) if (form.elements[hidden.name]) form.elements[hidden.name].value = hidden.value;
    if ("shape" in next.dataset) form.dataset.shape = next.dataset.shape;
    settle(form);
    const names = new Set([...form.elements].map((e) => e.name));
    fill(form, [...withoutNew(form, now), ...now.filter(([name]) => names.has(name))], settle);
    if (focus && !focus.isConnected && focus.id) document.getElementById(focus.id)?.focus({ preventScroll: true });
  };
}

// withoutNew are the entries of controls that were not there before: they keep what the server says.
function withoutNew(form, before) {
  const known = new Set(before.map(([name]) => name));
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !known.has(name));
}

// inPlace tells whether a button changes rows or files of this very page.
const inPlace = (button) => /^(add|remove|detach):/.test(button?.value ?? "");

// change posts such a button and changes the page in place. It says "" or what went wrong.
async function change(form, button, line, state, enhance) {
  const list = button.closest("section.aw-list")?.id;
  const file = button.closest("[data-file]")?.dataset.file;
  form.inert = true; // for the moment until the rows stand where they will
  try {
    const request = await send(form, button, line);
    const to = request.getResponseHeader("X-Location");
    if (to) state.saved = state.changes;
    if (!to || path(to) !== path(form.action)) return show(request, form, enhance);
    const next = await page(to);
    const main = next.querySelector("main");
    if (!main?.querySelector(`#${CSS.escape(form.id)}`)) return location.assign(to), "";
    document.title = next.title;
    const said = main.querySelector("[data-saved-at]")?.textContent.trim();
    if (main.querySelector("form").dataset.shape) form.dataset.shape = main.querySelector("form").dataset.shape;
    morph(document.querySelector("main"), main);
    form.reset(); // every control holds what the server has saved
    settle(form);
    drop(form);
    line.say(said);
    alive(request.getResponseHeader("X-Session-Seconds"));
  } finally {
    form.inert = false;
    if (button.isConnected) button.focus({ preventScroll: true });
  }
  focusAfter(form, button.value, list, file);
  return "";
}

const path = (address) => new URL(address, location.href).pathname;

// focusAfter puts the focus where the work goes on: into the new row, to the list that lost one, to the file's question.
function focusAfter(form, action, list, file) {
  const section = list && document.getElementById(list);
  const field = file && [...form.querySelectorAll("[data-file]")].find((e) => e.dataset.file === file);
  const rows = section ? [...section.querySelectorAll(":scope > fieldset")] : [];
  const first = action.startsWith("add:") && rows.at(-1)?.querySelector("input:not([type=hidden]), select, textarea");
  (first || field?.querySelector("input, [tabindex]") || section)?.focus();
}

function onSubmit(form, line, state, parts) {
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button?.formTarget === "_blank") return; // looks at something beside the form, which goes on
    const hasFiles = [...form.querySelectorAll("input[type=file]")].some((i) => i.files.length > 0);
    if (state.sent || state.busy) return event.preventDefault();
    if ((!("autosave" in form.dataset) && !hasFiles && !parts.uploads?.any()) || state.native) {
      state.sent = true;
      // After this turn, so that the pressed button's value is still sent.
      setTimeout(() => {
        lock(form, true);
        line.say(form.dataset.sending);
      });
      return;
    }
    event.preventDefault();
    state.busy = true;
    lock(form, true);
    go(form, button, line, state, parts).then((problem) => {
      state.busy = false;
      if (problem === "") return;
      lock(form, false);
      if (problem) line.say(problem, "problem");
    });
  });
  // A page brought back from the browser's memory is ready to be sent again.
  addEventListener("pageshow", (e) => {
    if (!e.persisted || !form.isConnected) return;
    state.sent = state.busy = false;
    lock(form, false);
    line.say("");
  });
}

// go sends the form. It resolves to "" when the page has gone on, to what went wrong, or to null when that is said already.
async function go(form, button, line, state, { uploads, save, enhance }) {
  // Rows of a form that is saved may move under a file on its way; a page that is not would leave it behind.
  if ((!inPlace(button) || !("autosave" in form.dataset)) && uploads && !(await uploads.settled())) return form.dataset.unfinished;
  await state.running;
  line.say(form.dataset.sending);
  try {
    if (inPlace(button)) {
      const problem = await change(form, button, line, state, enhance);
      if (form.isConnected) lock(form, false);
      if (!problem) uploads?.moved();
      return problem;
    }
    state.sent = true; // from here on nothing is saved in passing
    const request = await send(form, button, line);
    if (request.status < 500 && request.getResponseHeader("X-Location")) drop(form);
    const problem = show(request, form, enhance);
    if (!problem) return "";
    state.native = true; // once more goes the browser's own way, which also leads where a script may not follow
    state.sent = false;
    return problem;
  } catch {
    state.sent = false;
    state.changes++; // so that it is saved as soon as the line is back
    save?.().catch(() => {});
    line.say(form.dataset.unsaved ?? form.dataset.failed, "waiting");
    return null;
  }
}

// uploading loads what sends files by themselves (files.js), where a page has any; until it is there they go with the form.
function uploading(form, parts, state, ...rest) {
  if (!form.dataset.uploads || !document.getElementById("hochladen")) return;
  import(form.dataset.filer).then(({ files }) => { if (form.isConnected && !state.busy && !state.sent) parts.uploads = files(form, ...rest); }).catch(() => {});
}

// forms makes the forms of the page do so; enhance does everything for a page that takes the place of this one.
export function forms(root, enhance) {
  for (const form of root.querySelectorAll("form[data-form]")) {
    const line = lineOf(form);
    const state = { sent: false, busy: false, native: false, changes: 0, saved: 0, running: null };
    const parts = { enhance };
    if ("autosave" in form.dataset) {
      const redraw = redrawing(form, state);
      parts.save = autosave(form, line, state, redraw);
      uploading(form, parts, state, line, parts.save, redraw);
      addEventListener("beforeunload", (e) => {
        if (form.isConnected && !state.sent && state.changes !== state.saved) e.preventDefault();
      });
    } else {
      uploading(form, parts, state, line, async () => {}, redrawing(form, state));
    }
    onSubmit(form, line, state, parts);
  }
}
