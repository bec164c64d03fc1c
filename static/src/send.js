// Posts a form from the page, so that a line that is down leaves the page where it is, and shows the answer.

import { drop, keep } from "./kept.js";
import { parse } from "./trusted.js";

// send uses XMLHttpRequest, which alone reports how much has gone up.
export function send(form, submitter, line) {
  const data = new FormData(form);
  if (submitter?.name) data.append(submitter.name, submitter.value);
  const files = [...data].some(([, value]) => value instanceof File && value.size > 0);
  const bar = document.createElement("progress");
  if (files) {
    bar.max = 1;
    bar.className = "aw-upload";
    bar.setAttribute("aria-hidden", "true");
    line.element.after(bar);
  }
  const request = new XMLHttpRequest();
  let told = -1;
  request.upload.addEventListener("progress", (e) => {
    if (!files || !e.lengthComputable) return;
    bar.value = e.loaded / e.total;
    const percent = Math.floor((e.loaded / e.total) * 10) * 10;
    if (percent === told) return; // a screen reader hears each tenth once
    told = percent;
    line.say(form.dataset.upload.replace("{percent}", String(percent)));
  });
  return new Promise((resolve, reject) => {
    request.addEventListener("load", () => resolve(request));
    for (const end of ["error", "abort"]) request.addEventListener(end, () => reject(new Error(end)));
    request.open("POST", form.action);
    request.setRequestHeader("X-Script", "1"); // a redirect comes as X-Location: the page behind it is opened, not fetched twice
    request.send(form.enctype === "multipart/form-data" ? data : new URLSearchParams([...data]));
  }).finally(() => bar.remove());
}

const path = (address) => new URL(address, location.href).pathname;

// show goes where the answer leads, or puts the page that it is in place of this one, with what was typed and its messages. It
// says "" then, or why neither is possible: an error page has nothing of the form, which therefore stays.
export function show(request, form, enhance) {
  const to = request.getResponseHeader("X-Location");
  if (to || (request.status < 400 && request.getResponseHeader("X-Page") !== "answer")) {
    const next = new URL(to ?? request.responseURL, location.href);
    if (next.pathname === path(form.action)) location.replace(next);
    else location.assign(next);
    return "";
  }
  if (request.getResponseHeader("X-Page") !== "answer") return form.dataset.failed;
  const next = parse(request.responseText);
  const again = [...next.querySelectorAll("form[data-form]")].some((f) => path(f.getAttribute("action")) === path(form.action));
  if (!again) return next.querySelector("h1")?.textContent || form.dataset.failed;
  // The body alone changes: a document that is written anew would not run the same module again.
  const html = document.documentElement;
  for (const { name } of [...html.attributes]) html.removeAttribute(name);
  for (const { name, value } of next.documentElement.attributes) html.setAttribute(name, value);
  document.title = next.title;
  document.body.replaceWith(document.adoptNode(next.body));
  drop(form); // the page that came holds what was typed, and what it was drawn from
  enhance(document);
  const unsaved = request.status === 403 || request.status === 409;
  const same = [...document.querySelectorAll("form[data-autosave]")].find((f) => path(f.action) === path(form.action));
  if (unsaved && same) keep(same);
  scrollTo(0, 0);
  (document.querySelector("[autofocus]") ?? document.querySelector("main"))?.focus();
  return "";
}

// page fetches a page of ours, or what it answers to a form; the error is that of the line.
export async function page(address, body) {
  const response = await fetch(address, { method: body ? "POST" : "GET", body, credentials: "same-origin", headers: { Accept: "text/html" } });
  if (!response.ok) throw new Error(String(response.status));
  return parse(await response.text());
}
