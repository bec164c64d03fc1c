// Shortcuts: an element with data-key is done by that key ("e", "?", "g i"), unless somebody is typing. In a list of cases j and k
// go from row to row. They can be turned off on their page (WCAG 2.1.4); Ctrl+K opens the commands in any case.
import { palette } from "./palette.js";

const store = "aw:keys"; // "off" where somebody has turned them off, on this device
const last = "aw:row"; // the address of the case that was opened from a list, to go on from there
const patience = 1500; // milliseconds between the two keys of "g i"

let listening = false;
let begun = 0; // when the first of two keys was pressed

// quietly does without a store that is forbidden.
function quietly(what) {
  try {
    return what();
  } catch {
    return null;
  }
}

export const on = () => quietly(() => localStorage.getItem(store)) !== "off";

// words are what an element is called for those who hear it.
export const words = (e) => (e.ariaLabel ?? e.textContent).replace(/\s+/g, " ").trim();

// shown are the elements that somebody could use now.
export const shown = (root, selector) => [...root.querySelectorAll(selector)].filter((e) => (e.checkVisibility?.() ?? true) && !e.disabled);

// act does what an element is for: what unfolds is unfolded, what holds fields gets the cursor, all else is pressed; what cannot be
// undone gets the cursor only, unless somebody chose it by name.
export function act(element, chosen = false) {
  const block = element.closest("summary")?.parentElement ?? element;
  if (block.matches("details")) block.open = chosen && element.matches("summary") ? !block.open : true;
  if (block.matches("details, section")) {
    const field = shown(block, "input:not([type=hidden]), select, textarea")[0];
    (field ?? block.querySelector("summary, a, button") ?? block).focus();
    return;
  }
  element.focus();
  if (!element.matches("input, select, textarea") && (chosen || !("hold" in element.dataset))) element.click();
}

export function keys(root) {
  const dialog = root.getElementById?.("befehle");
  if (!dialog) return;
  announce(root);
  setting(root);
  if (listening) return;
  listening = true;
  const open = palette(root, dialog);
  root.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey || !on() || busy(root, event.target)) return;
    press(root, dialog, event);
  });
}

// busy tells that the key belongs to a field or a dialog.
function busy(root, target) {
  return root.querySelector("dialog[open]") || target.closest("input:not([type=checkbox], [type=radio], [type=submit]), textarea, select, [contenteditable]");
}

function press(root, dialog, event) {
  let key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const second = Date.now() - begun < patience;
  begun = 0;
  say(root, "");
  if (second && key.length === 1) key = `g ${key}`;
  else if (key === "g") {
    begun = Date.now();
    say(root, shown(root, '[data-key^="g "]').map((e) => `${e.dataset.key}: ${words(e)}`).join(" · "));
    return;
  }
  if (!dialog.dataset.shortcuts.split(",").includes(key)) return;
  event.preventDefault();
  if (walk(root, key, event)) return;
  const target = key === "/" ? shown(root, "main input[type=search]")[0] : shown(root, `[data-key="${CSS.escape(key)}"]`)[0];
  if (!target) say(root, dialog.dataset.nowhere.replace("{key}", key));
  else if (!event.repeat) act(target);
}

// walk goes through the rows of a list; it tells whether the key was for that.
function walk(root, key, event) {
  const rows = shown(root, ".aw-case__link");
  if (rows.length === 0 || !["j", "k", "o", "x"].includes(key)) return false;
  const row = (e) => e.closest("tr, li");
  const here = rows.findIndex((r) => row(r).contains(root.activeElement));
  if (key === "o") {
    const link = rows[Math.max(here, 0)];
    quietly(() => sessionStorage.setItem(last, link.pathname));
    act(link);
  } else if (key === "x") {
    const box = row(rows[Math.max(here, 0)]).querySelector("input[type=checkbox]");
    box?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey: event.shiftKey }));
  } else {
    const from = here >= 0 ? here : rows.findIndex((r) => r.pathname === quietly(() => sessionStorage.getItem(last)));
    const to = here < 0 && from >= 0 ? from : Math.max(from + (key === "j" ? 1 : -1), 0);
    // Behind the last row comes the way to the next page.
    const target = rows[to] ?? shown(root, ".aw-pager a[rel=next]")[0] ?? rows.at(-1);
    target.focus();
    target.scrollIntoView({ block: "nearest" });
  }
  return true;
}

// announce tells those who hear the page which key an element has.
function announce(root) {
  for (const e of root.querySelectorAll("[data-key]")) {
    const field = e.matches("details, section") ? e.querySelector("summary") : e;
    if (on() && e.dataset.key.length === 1) field?.setAttribute("aria-keyshortcuts", e.dataset.key);
    else field?.removeAttribute("aria-keyshortcuts");
  }
}

// say tells what a key would do, for a while.
function say(root, text) {
  const line = root.getElementById("tastenhinweis");
  line.textContent = text;
  clearTimeout(line.over);
  if (text) line.over = setTimeout(() => (line.textContent = ""), 8000);
}

// setting turns the shortcuts off and on.
function setting(root) {
  const part = root.querySelector("[data-keys-setting]");
  const box = part?.querySelector("input");
  if (!box || !part.hidden) return;
  part.hidden = false;
  box.checked = on();
  box.addEventListener("change", () => {
    quietly(() => (box.checked ? localStorage.removeItem(store) : localStorage.setItem(store, "off")));
    announce(root);
    say(root, box.checked ? part.dataset.on : part.dataset.off);
  });
}
