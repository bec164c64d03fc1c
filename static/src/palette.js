// The commands: everything that the page offers, found by typing (combobox pattern of the ARIA Authoring Practices). They are
// read from the page when the dialog is opened, so that it never lists what does not work.
import { act, on, shown, words } from "./keys.js";

const most = 200; // commands that are listed at once

// plain makes "Übernehmen" found by "ubern".
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

// commands are the page's steps first, then where one can go, then the rest in its order.
function commands(root) {
  const list = [];
  const seen = new Set();
  const order = ["main [data-key]", ".aw-deskbar a, .aw-deskbar button", ".aw-nav a", "main a[href], main button, main summary, main input[type=search]",
    ".aw-crumbs a, .aw-footer a, .aw-footer button"];
  for (const selector of order) {
    for (const element of shown(root, selector)) {
      const face = element.matches("details") ? element.querySelector("summary") : element.matches("section") ? element.querySelector("h2, h3") : element;
      const name = element.matches("input") ? element.labels?.[0]?.textContent.trim() : words(face);
      const address = element.href ?? `${element.form?.action ?? ""} ${element.value ?? ""}`;
      if (!name || seen.has(face) || seen.has(`${name} ${address}`) || element.closest("dialog") || (element.type === "button" && element.dataset.palette !== undefined)) continue;
      seen.add(face).add(`${name} ${address}`);
      const cells = element.matches(".aw-case__link") ? [...element.closest("tr, li").querySelectorAll("td:not(.aw-tick)")].slice(1) : [];
      const key = element.dataset.key ?? (element.matches("input") ? "/" : "");
      list.push({ name, more: cells.map((c) => c.innerText.trim().replace(/\s*\n\s*/g, ", ")).filter((t) => t.length > 1).join(" · "), key: on() ? key : "", run: () => act(element, true) });
    }
  }
  return list.map((c) => ({ ...c, text: plain(`${c.name} ${c.more}`) }));
}

export function palette(root, dialog) {
  const input = dialog.querySelector("[role=combobox]");
  const box = dialog.querySelector("[role=listbox]");
  const count = dialog.querySelector("[role=status]");
  const { find, findText, one, many, none } = dialog.dataset;
  let all = [];
  let listed = [];
  let at = 0;

  const make = (tag, className, text) => Object.assign(root.createElement(tag), { className, textContent: text });

  function option(command, i) {
    const li = Object.assign(make("li", "aw-palette__option", ""), { id: `befehl-${i + 1}` });
    li.setAttribute("role", "option");
    const face = make("span", "aw-palette__text", command.name);
    if (command.more) face.append(make("span", "aw-palette__more", command.more));
    li.append(face);
    if (command.key) {
      const key = make("span", "aw-palette__key", "");
      for (const k of command.key.split(" ")) key.append(make("kbd", "aw-kbd", k));
      li.append(key);
    }
    return li;
  }

  function mark() {
    [...box.children].forEach((li, i) => li.setAttribute("aria-selected", String(i === at)));
    const here = box.children[at];
    if (here) input.setAttribute("aria-activedescendant", here.id);
    else input.removeAttribute("aria-activedescendant");
    here?.scrollIntoView({ block: "nearest" });
  }

  function list() {
    const typed = input.value.trim();
    const parts = plain(typed).split(/\s+/).filter(Boolean);
    listed = all.filter((c) => parts.every((p) => c.text.includes(p)));
    if (parts.length) listed = [...listed.filter((c) => c.text.startsWith(parts[0])), ...listed.filter((c) => !c.text.startsWith(parts[0]))];
    listed = listed.slice(0, most);
    count.textContent = listed.length === 0 ? none : listed.length === 1 ? one : many.replace("{n}", listed.length);
    if (typed && find) listed.push({ name: findText.replace("{text}", typed), run: () => location.assign(`${find}?q=${encodeURIComponent(typed)}`) });
    box.replaceChildren(...listed.map(option));
    box.hidden = listed.length === 0;
    input.setAttribute("aria-expanded", String(listed.length > 0));
    at = 0;
    mark();
  }

  function choose(command) {
    if (!command) return;
    dialog.close();
    command.run();
  }

  input.addEventListener("input", list);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      choose(listed[at]);
    } else if (step && listed.length) {
      event.preventDefault();
      // Single steps go round, large ones end at the ends.
      at = Math.abs(step) === 1 ? (at + step + listed.length) % listed.length : Math.min(Math.max(at + step, 0), listed.length - 1);
      mark();
    }
  });
  box.addEventListener("click", (event) => choose(listed[[...box.children].indexOf(event.target.closest("li"))]));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());

  function open() {
    if (dialog.open) return dialog.close();
    if (root.querySelector("dialog[open]")) return;
    all = commands(root);
    input.value = "";
    dialog.showModal();
    input.focus();
    list();
  }
  for (const button of root.querySelectorAll("[data-palette]")) {
    button.hidden = false;
    button.addEventListener("click", open);
  }
  return open;
}
