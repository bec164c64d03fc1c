// Changes a part of the page into what the server draws now, leaving alone what is the same: focus, what is being typed, and what
// scripts have added stay. Nodes with data-own and custom elements belong to scripts.
import { forgetHidden } from "./reveal.js";

const own = (node) => node.nodeType === Node.ELEMENT_NODE && ("own" in node.dataset || node.localName.includes("-"));

// key names an element by what it is about; "" for one that only its place tells.
function key(element) {
  return element.id || element.dataset.when || element.querySelector("[id]")?.id || "";
}

function same(have, want) {
  if (have.nodeType !== want.nodeType || have.nodeName !== want.nodeName) return false;
  return have.nodeType !== Node.ELEMENT_NODE || key(have) === key(want);
}

// next is the sibling that is not a script's.
function next(node) {
  while (node && own(node)) node = node.nextSibling;
  return node;
}

function attributes(have, want, keepErrors) {
  const faulty = keepErrors && (have.hasAttribute("aria-invalid") || have.className.includes?.("--error"));
  const stays = (name) => name === "open" || (faulty && ["aria-invalid", "aria-describedby", "class"].includes(name));
  for (const { name } of [...have.attributes]) if (!want.hasAttribute(name) && !stays(name)) have.removeAttribute(name);
  for (const { name, value } of want.attributes) if (have.getAttribute(name) !== value && !stays(name)) have.setAttribute(name, value);
}

// morph makes have like want, which is used up. keepErrors leaves the messages of an earlier answer where they are.
export function morph(have, want, keepErrors = false) {
  if (have.nodeType !== Node.ELEMENT_NODE) {
    if (have.data !== want.data) have.data = want.data;
    return;
  }
  if (have.localName === "template") return have.replaceWith(want);
  if ("when" in have.dataset) {
    if (have.hidden !== want.hidden) return; // the answers have changed since: the script knows better
    if (have.hidden) {
      forgetHidden(have);
      have.replaceChildren(...want.childNodes);
      return;
    }
  }
  attributes(have, want, keepErrors);
  children(have, want, keepErrors);
}

function children(have, want, keepErrors) {
  const stays = (node) => keepErrors && node.nodeType === Node.ELEMENT_NODE && node.matches(".kern-error");
  let at = next(have.firstChild);
  for (const child of [...want.childNodes]) {
    if (own(child) && [...have.children].some((e) => own(e) && e.nodeName === child.nodeName)) continue;
    let match = at;
    if (child.nodeType === Node.ELEMENT_NODE && key(child)) while (match && !same(match, child)) match = next(match.nextSibling);
    if (!match || !same(match, child)) {
      have.insertBefore(child, at);
      continue;
    }
    while (at !== match) {
      const gone = at;
      at = next(at.nextSibling);
      if (!stays(gone)) gone.remove();
    }
    at = next(match.nextSibling);
    morph(match, child, keepErrors);
  }
  while (at) {
    const gone = at;
    at = next(at.nextSibling);
    if (!stays(gone)) gone.remove();
  }
}
