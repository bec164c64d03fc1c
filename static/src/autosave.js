// Saves a form while it is being filled in, and says when. What is not saved yet is kept by the tab until it is.
import { alive } from "./alive.js";
import { drop, fill, keep, kept } from "./kept.js";
import { settle } from "./reveal.js";
import { parse } from "./trusted.js";

const typing = 3000; // from the last letter to the save, milliseconds
const chosen = 150; // from a choice, or from leaving a field
const again = 8000; // after a save that did not get through
const patience = 20000; // until a line that says nothing counts as down

// body is the form without its files: those go up by themselves or when the page is sent.
function body(form) {
  return new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
}

// freshToken takes the token of an answered page: the one of this page is not valid any more.
function freshToken(form, html) {
  const token = parse(html).querySelector("input[name=_csrf]")?.value;
  const input = form.elements._csrf;
  if (!token || input.value === token) return false;
  input.value = token;
  return true;
}

// changed tells whether a control holds something else than what the server drew: our doing, or that of a browser which fills
// a reloaded page with what was typed.
function changed(form) {
  return [...form.elements].some((e) => {
    if (!e.name || e.name === "_csrf") return false;
    if (e.type === "checkbox" || e.type === "radio") return e.checked !== e.defaultChecked;
    if (e.type === "select-one") return e.selectedIndex !== Math.max([...e.options].findLastIndex((o) => o.defaultSelected), 0);
    return /^(text|email|tel|url|number|date|time|search|textarea|datetime-local)$/.test(e.type) && e.value !== e.defaultValue;
  });
}

// autosave returns save, which resolves to whether everything typed until now is with the server.
export function autosave(form, line, state, redraw) {
  let timer = 0;

  const dirty = () => state.changes !== state.saved;

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  }

  async function save() {
    clearTimeout(timer);
    if (state.running) await state.running;
    if (!dirty()) return true;
    if (state.sent || !form.isConnected) return false;
    state.running = attempt().finally(() => (state.running = null));
    return state.running;
  }

  async function attempt(second = false) {
    const sent = state.changes;
    line.say(form.dataset.saving);
    let response;
    try {
      response = await fetch(form.action, {
        method: "POST", headers: { "X-Autosave": "1" }, body: body(form), credentials: "same-origin", redirect: "manual", signal: AbortSignal.timeout(patience),
      });
    } catch {
      return waiting();
    }
    if (response.ok || response.status === 401) return done(response, sent);
    if (response.status === 403 && !second && freshToken(form, await response.text())) return attempt(true);
    if (response.status >= 500 || response.status === 408 || response.status === 429) return waiting();
    line.say((await words(response)) || form.dataset.refused, "problem");
    return false;
  }

  async function words(response) {
    return response.headers.get("Content-Type")?.startsWith("application/json") ? (await response.json()).problem : "";
  }

  // waiting says that nothing is lost, and tries again.
  function waiting() {
    line.say(form.dataset.unsaved, "waiting");
    later(again);
    return false;
  }

  async function done(response, sent) {
    const answer = await response.json().catch(() => ({}));
    if (!answer.saved) {
      line.say(form.dataset.refused, "problem");
      return false;
    }
    state.saved = sent;
    line.say(answer.saved);
    if (response.status === 401) line.add(answer.login, answer.enter);
    else alive(response.headers.get("X-Session-Seconds"));
    if (dirty()) later(typing);
    else drop(form);
    if (answer.shape && answer.shape !== form.dataset.shape) {
      form.dataset.shape = answer.shape;
      await redraw().catch(() => {}); // the next save sees that it still differs
    }
    return !dirty();
  }

  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    state.changes++;
    keep(form);
    later(typing);
  });
  form.addEventListener("change", (event) => event.target.type !== "file" && dirty() && later(chosen));
  const online = () => (form.isConnected ? dirty() && save() : removeEventListener("online", online));
  addEventListener("online", online);
  addEventListener("offline", () => form.isConnected && dirty() && line.say(form.dataset.unsaved, "waiting"));

  // What this tab kept when it was reloaded, or when the line went down under it, comes back and is saved.
  // The browser itself may fill in what was typed before a reload, a moment after this script.
  const found = kept(form);
  function restore() {
    if (state.changes > 0) return;
    if (found?.old) form.reset();
    if (found?.entries) fill(form, found.entries, settle);
    settle(form);
    if (changed(form)) {
      state.changes++;
      line.say(form.dataset.restored, "waiting");
      later(chosen);
    } else {
      drop(form);
    }
  }
  if (document.readyState === "complete") restore();
  else addEventListener("pageshow", () => setTimeout(restore), { once: true });
  return save;
}
