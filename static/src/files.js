// Files go up as soon as they are chosen, in pieces over lines that break (see upload.js): with progress, to be paused, gone on
// with, and dropped. After a reload the server knows what had come, and the same file, chosen again, goes on from there. Where
// the uploader cannot be loaded, files stay in their inputs and go up with the form.

import { alive } from "./alive.js";

const again = 8000; // after a line that is down, milliseconds

export function files(form, line, save, redraw) {
  const template = document.getElementById("hochladen");
  const items = new Set();
  form.dataset.live = ""; // hides the buttons that send a chosen file
  const field = (pointer) => [...form.querySelectorAll("[data-file]")].find((e) => e.dataset.file === pointer);
  const token = () => form.elements._csrf.value;

  // place puts an item below its question, which may have been drawn anew.
  function place(item) {
    const at = field(item.pointer);
    if (!at) return item.element.remove();
    let list = at.querySelector(":scope > ul.aw-uploads");
    if (!list) {
      list = document.createElement("ul");
      list.className = "aw-files aw-uploads";
      list.dataset.own = "";
      at.append(list);
    }
    if (item.element.parentNode !== list) list.append(item.element);
  }

  function drawn(pointer, name, bytes) {
    const element = template.content.firstElementChild.cloneNode(true);
    for (const e of element.querySelectorAll("[data-name]")) e.textContent = name;
    const item = { element, pointer, name, bytes, state: "", upload: null, url: "" };
    const bar = element.querySelector("progress");
    bar.setAttribute("aria-label", name);
    item.progress = (sent) => {
      bar.value = bytes ? sent / bytes : 0;
      const percent = Math.floor((100 * sent) / (bytes || 1));
      item.percent = percent;
      if (item.state === "going") item.tell(percent >= 100 ? "checking" : "going", percent % 25 === 0);
    };
    item.tell = (state, aloud = true) => {
      const text = (element.dataset[state] ?? "").replace("{percent}", String(item.percent ?? 0));
      element.querySelector("[data-state]").textContent = text;
      const said = element.querySelector("[data-said]");
      if (aloud && said.textContent !== text) said.textContent = text; // a screen reader hears each quarter
    };
    item.become = (state, words = "") => {
      item.state = state;
      element.dataset.is = state;
      element.querySelector("[data-pause]").hidden = state !== "going" && state !== "waiting";
      element.querySelector("[data-resume]").hidden = state !== "paused";
      bar.hidden = state === "refused";
      item.tell(state);
      if (words) for (const e of element.querySelectorAll("[data-state], [data-said]")) e.textContent = words;
      form.dispatchEvent(new Event("aw-upload"));
    };
    element.querySelector("[data-pause]").addEventListener("click", () => {
      clearTimeout(item.timer);
      item.become("paused");
      item.upload?.abort();
      element.querySelector("[data-resume]").focus();
    });
    element.querySelector("[data-resume]").addEventListener("click", () => {
      item.become("going");
      run(item);
      element.querySelector("[data-pause]").focus();
    });
    element.querySelector("[data-drop]").addEventListener("click", () => end(item));
    items.add(item);
    place(item);
    return item;
  }

  // end drops an upload here and at the server.
  async function end(item) {
    clearTimeout(item.timer);
    remove(item);
    field(item.pointer)?.querySelector("input[type=file]")?.focus();
    const url = item.upload?.url ?? item.url;
    await item.upload?.abort();
    if (url) drop(url);
  }

  const drop = (url) => fetch(url, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0", "X-CSRF-Token": token() }, credentials: "same-origin" }).catch(() => {});

  function remove(item) {
    items.delete(item);
    item.element.remove();
    form.dispatchEvent(new Event("aw-upload"));
  }

  function start(Upload, file, pointer) {
    const stamp = String(file.lastModified);
    const left = [...items].find((i) => i.state === "left" && i.pointer === pointer && i.name === file.name && i.bytes === file.size && i.stamp === stamp);
    const url = left?.url;
    if (left) remove(left);
    const item = drawn(pointer, file.name, file.size);
    item.become("going");
    item.upload = new Upload(file, {
      endpoint: form.dataset.uploads,
      uploadUrl: url,
      chunkSize: 4 << 20,
      retryDelays: [500, 1500, 4000],
      storeFingerprintForResuming: false, // nothing of it stays in this browser
      headers: { "X-CSRF-Token": token() },
      metadata: { field: pointer, filename: file.name, stamp },
      onProgress: (sent) => item.progress(sent),
      onAfterResponse: (_, response) => {
        alive(response.getHeader("X-Session-Seconds"));
        item.urn = response.getHeader("X-Attachment") ?? item.urn;
      },
      onShouldRetry: (error) => passing(error),
      onSuccess: () => done(item),
      onError: (error) => failed(item, error),
    });
    run(item);
  }

  // run begins an upload or goes on with it. A page that nobody saves announces it with its answers: they may have shown the
  // question.
  async function run(item) {
    const { options } = item.upload;
    if (!("autosave" in form.dataset) && !options.uploadUrl) {
      if (item.announcing) return;
      item.announcing = true;
      const coded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
      try {
        const response = await fetch(form.dataset.uploads, {
          method: "POST",
          headers: {
            ...options.headers,
            "Tus-Resumable": "1.0.0",
            "Upload-Length": String(item.bytes),
            "Upload-Metadata": Object.entries(options.metadata).map(([key, value]) => `${key} ${coded(value)}`).join(","),
          },
          body: new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string")),
          credentials: "same-origin",
        });
        const words = await response.text();
        if (!response.ok) return failed(item, { originalResponse: { getStatus: () => response.status, getBody: () => words } });
        item.url = options.uploadUrl = response.headers.get("Location");
      } catch {
        return failed(item, {});
      } finally {
        item.announcing = false;
      }
      if (!items.has(item)) return drop(item.url);
    }
    if (item.state === "going") item.upload.start();
  }

  // passing tells what may be better in a moment: no answer, or one of a server in trouble or at another offset.
  function passing(error) {
    const status = error.originalResponse?.getStatus() ?? 0;
    return status === 0 || status >= 500 || [408, 409, 423, 429].includes(status);
  }

  function failed(item, error) {
    if (item.state === "paused" || !items.has(item)) return;
    if (passing(error)) {
      item.become("waiting");
      item.timer = setTimeout(() => goOn(item), again);
      return;
    }
    const body = error.originalResponse?.getBody() ?? "";
    item.upload = null;
    item.become("refused", body && !body.includes("<") ? body.trim() : "");
  }

  function goOn(item) {
    clearTimeout(item.timer);
    if (item.state !== "waiting" || !items.has(item)) return;
    item.become("going");
    run(item);
  }

  // done shows the file among those that are there; a message that it was missing is out of date.
  async function done(item) {
    const at = field(item.pointer);
    at?.querySelectorAll(".kern-error").forEach((e) => e.remove());
    at?.querySelector("[aria-invalid]")?.removeAttribute("aria-invalid");
    step(item);
    const focused = item.element.contains(document.activeElement);
    await redraw().catch(() => {}); // the file is safe; the next page shows it
    remove(item);
    line.say(item.element.dataset.done.replace("{name}", item.name));
    if (focused) field(item.pointer)?.querySelector("input[type=file], [tabindex]")?.focus();
  }

  // step tells a page that nobody saves that the file has come: it posts so with the others.
  function step(item) {
    if (!form.dataset.steps || !item.urn) return;
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name: form.dataset.steps, value: `attach:${item.urn}` });
    form.prepend(input);
  }

  // take sends what was chosen.
  async function take(input) {
    if (input.type !== "file" || !input.files.length || !input.closest("[data-file]")) return;
    const chosen = [...input.files];
    let Upload;
    try {
      ({ Upload } = await import(form.dataset.uploader));
    } catch {
      return; // they stay in the input and go up with the form
    }
    input.value = "";
    await save(); // the question may have been shown by an answer that the server does not know yet
    for (const file of chosen) start(Upload, file, input.name);
  }
  form.addEventListener("change", (event) => take(event.target));
  form.querySelectorAll("input[type=file]").forEach(take); // chosen before this script was there

  addEventListener("online", () => items.forEach(goOn));

  // known shows what had begun before this page was loaded, and moves what runs to where its row is now.
  async function known() {
    if (!form.querySelector("[data-file]")) return;
    const response = await fetch(form.dataset.uploads, { credentials: "same-origin" });
    if (!response.ok) return;
    for (const u of await response.json()) {
      const item = [...items].find((i) => (i.upload?.url ?? i.url).endsWith(u.url));
      if (item) {
        item.pointer = u.pointer;
        place(item);
      } else if (field(u.pointer) && ![...items].some((i) => i.state === "going" && !i.upload?.url)) {
        const left = drawn(u.pointer, u.name, u.bytes);
        Object.assign(left, { url: u.url, stamp: u.stamp });
        left.progress(u.received);
        left.become("left");
      }
    }
  }
  known().catch(() => {});

  const going = () => [...items].some((i) => i.state === "going" || i.state === "waiting");

  return {
    any: () => items.size > 0,
    moved: () => items.size && known().catch(() => {}),
    // settled waits for what is on its way and tells whether nothing is left half.
    async settled() {
      if (going()) line.say(form.dataset.uploading, "waiting");
      while (going()) await new Promise((resolve) => form.addEventListener("aw-upload", resolve, { once: true }));
      return ![...items].some((i) => i.state === "paused");
    },
  };
}
