// How far work in the background is: the part of the page that says so is fetched again until it has come to its end.
import { morph } from "./morph.js";
import { parse } from "./trusted.js";

const every = 1500; // ms

export function poll(root) {
  const part = root.querySelector("[data-poll]");
  if (!part?.id || part.polling) return;
  part.polling = true;
  setTimeout(() => look(root, part), every);
}

async function look(root, part) {
  if (!part.isConnected) return;
  try {
    const response = await fetch(part.dataset.poll, { credentials: "same-origin", cache: "no-store" });
    if (response.status === 401 || response.redirected) return;
    if (response.ok) {
      const page = parse(await response.text());
      const now = page.getElementById(part.id);
      if (!now) return;
      if (!now.dataset.poll) return location.reload(); // it is over: what was not possible, and what can be done now
      morph(part, root.importNode(now, true));
    }
  } catch {
    // the line is down: the next look may find it again
  }
  setTimeout(() => look(root, part), every);
}
