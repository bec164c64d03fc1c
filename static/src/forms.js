// Forms: sent once, saved while they are filled in, with progress while files go up, and a warning before unsaved
// words are left behind.

const pause = 3000; // from the last change to the save, milliseconds
const retry = 10000; // after a save that did not get through

// status is the line that tells what happens; a form that is neither saved nor uploads has nothing to tell.
function status(form) {
  const line = document.createElement("p");
  if (!("autosave" in form.dataset || "upload" in form.dataset)) return line;
  line.className = "aw-saved";
  line.setAttribute("role", "status");
  (form.querySelector(".aw-buttons:last-of-type") ?? form).after(line);
  return line;
}

function clock() {
  return new Date().toLocaleTimeString("de-DE", { hour: "2-digit", minute: "2-digit" });
}

// body is the form without its files: those go up when the page is sent.
function body(form) {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return new URLSearchParams([...data]);
}

function autosave(form, line, state) {
  let timer = 0;
  let running = false;

  async function save() {
    if (running || state.sent) return;
    running = true;
    const sent = state.changes;
    line.textContent = form.dataset.saving;
    let wait = 0;
    try {
      const response = await fetch(form.action, {
        method: "POST",
        headers: { "X-Autosave": "1" },
        body: body(form),
        credentials: "same-origin",
        redirect: "manual",
      });
      if (!response.ok) throw new Error(String(response.status));
      state.saved = sent;
      line.textContent = form.dataset.saved.replace("{time}", clock());
      if (state.changes !== sent) wait = pause;
    } catch {
      line.textContent = form.dataset.unsaved;
      wait = retry;
    }
    running = false;
    if (wait) later(wait);
  }

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  }

  form.addEventListener("input", () => later(pause));
  addEventListener("online", () => state.changes !== state.saved && save());
}

// send posts a form with files by XMLHttpRequest, which alone reports how much has gone up, and shows the answer.
function send(form, submitter, line) {
  const data = new FormData(form);
  if (submitter?.name) data.append(submitter.name, submitter.value);
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.className = "aw-upload";
  bar.setAttribute("aria-hidden", "true");
  line.after(bar);
  const request = new XMLHttpRequest();
  let told = -1;
  request.upload.addEventListener("progress", (e) => {
    if (!e.lengthComputable) return;
    bar.value = e.loaded / e.total;
    const percent = Math.floor((e.loaded / e.total) * 10) * 10;
    if (percent === told) return; // a screen reader hears each tenth once
    told = percent;
    line.textContent = form.dataset.upload.replace("{percent}", String(percent));
  });
  return new Promise((resolve, reject) => {
    request.addEventListener("load", () => resolve(request));
    request.addEventListener("error", reject);
    request.addEventListener("abort", reject);
    request.open("POST", form.action);
    // The page behind a redirect is fetched once more after this: the notice for it must not be spent on the answer here.
    request.setRequestHeader("X-Upload", "1");
    request.send(data);
  }).finally(() => bar.remove());
}

// show goes where the answer leads, or puts the page that it is in place of this one, with what was typed and its messages. It
// says "" then, or why neither is possible: an error page has nothing of the form, which therefore stays.
function show(request, form, enhance) {
  const path = (address) => new URL(address, location.href).pathname;
  if (request.getResponseHeader("X-Page") !== "answer") {
    if (request.status >= 400) return form.dataset.failed;
    if (path(request.responseURL) === path(form.action)) location.replace(request.responseURL);
    else location.assign(request.responseURL);
    return "";
  }
  const next = new DOMParser().parseFromString(request.responseText, "text/html");
  const again = [...next.querySelectorAll("form[data-form]")].some((f) => path(f.getAttribute("action")) === path(form.action));
  if (!again) return next.querySelector("h1")?.textContent || form.dataset.failed;
  // The body alone changes: a document that is written anew would not run the same module again.
  const html = document.documentElement;
  for (const { name } of [...html.attributes]) html.removeAttribute(name);
  for (const { name, value } of next.documentElement.attributes) html.setAttribute(name, value);
  document.title = next.title;
  document.body.replaceWith(document.adoptNode(next.body));
  enhance(document);
  scrollTo(0, 0);
  (document.querySelector("[autofocus]") ?? document.querySelector("main"))?.focus();
  return "";
}

function submitOnce(form, line, state, enhance) {
  form.addEventListener("submit", (event) => {
    if (state.sent) {
      event.preventDefault();
      return;
    }
    state.sent = true;
    const submitter = event.submitter;
    const files = [...form.querySelectorAll("input[type=file]")].some((i) => i.files.length > 0);
    if (files && !state.failed) {
      event.preventDefault();
      send(form, submitter, line)
        .then((request) => show(request, form, enhance), () => form.dataset.failed)
        .then((problem) => {
          if (!problem) return;
          // Once more goes the browser's own way, which also leads where a script may not follow: to a log-in elsewhere.
          state.failed = true;
          state.sent = false;
          line.textContent = problem;
          lock(form, false);
        });
    }
    // After this turn, so that the pressed button's value is still sent.
    setTimeout(() => {
      lock(form, true);
      if (!files) line.textContent = form.dataset.sending ?? "";
    });
  });
  // A page brought back from the browser's memory is ready to be sent again.
  addEventListener("pageshow", (e) => {
    if (!e.persisted) return;
    state.sent = false;
    lock(form, false);
    line.textContent = "";
  });
}

function lock(form, on) {
  for (const b of form.elements) if (b.type === "submit") b.setAttribute("aria-disabled", String(on));
}

// forms makes the forms of the page do so; enhance does everything for a page that takes the place of this one.
export function forms(root, enhance) {
  for (const form of root.querySelectorAll("form[data-form]")) {
    const line = status(form);
    const state = { sent: false, failed: false, changes: 0, saved: 0 };
    form.addEventListener("input", () => state.changes++);
    submitOnce(form, line, state, enhance);
    if ("autosave" in form.dataset) {
      autosave(form, line, state);
      addEventListener("beforeunload", (e) => {
        if (!state.sent && state.changes !== state.saved) e.preventDefault();
      });
    }
  }
}
