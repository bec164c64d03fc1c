// A warning two minutes before the session ends, with a button that prolongs it. Saving prolongs it too, in this window or
// another one; so the server is asked before anybody is frightened, and before it is said that the session has ended.

const ahead = 120; // seconds

export function session(root) {
  const { sessionSeconds, sessionKeep, sessionLeft } = root.body.dataset;
  const dialog = root.getElementById("sitzung");
  if (!sessionSeconds || !dialog) return;
  const text = dialog.querySelector("[data-session-text]");
  const extend = dialog.querySelector("[data-session-extend]");
  let end = 0;
  let timer = 0;

  const clock = () => new Intl.DateTimeFormat([root.documentElement.lang.replace(/^en$/, "en-GB"), "de-DE"], { hour: "2-digit", minute: "2-digit" }).format(new Date(end));

  function lasts(seconds) {
    end = Date.now() + seconds * 1000;
    if (dialog.open && seconds > ahead) dialog.close();
    next(Math.max(seconds - ahead, 1), warn);
  }

  function next(seconds, what) {
    clearTimeout(timer);
    timer = setTimeout(() => dialog.isConnected && what(), seconds * 1000);
  }

  // ask returns the seconds that are left, 0 when the session is over, null when nobody answers.
  async function ask(address) {
    try {
      const response = await fetch(address, { credentials: "same-origin", cache: "no-store" });
      if (response.status === 401) return 0;
      return response.ok ? Number(response.headers.get("X-Session-Seconds")) : null;
    } catch {
      return null;
    }
  }

  async function warn() {
    const left = await ask(sessionLeft);
    if (left === 0) return over();
    if (left > ahead + 5) return lasts(left);
    if (left !== null) end = Date.now() + left * 1000;
    text.textContent = text.dataset.soon.replace("{time}", clock());
    extend.hidden = false;
    if (!dialog.open) dialog.showModal();
    next(Math.max((end - Date.now()) / 1000, 1) + 2, ending);
  }

  async function ending() {
    const left = await ask(sessionLeft);
    if (left > 0) lasts(left);
    else if (left === 0 || Date.now() > end) over();
  }

  function over() {
    clearTimeout(timer);
    text.textContent = text.dataset.ended;
    const title = dialog.querySelector("[data-session-title]");
    title.textContent = title.dataset.ended;
    extend.hidden = true;
    const login = dialog.querySelector("[data-session-login]");
    login.hidden = false;
    if (!dialog.open) dialog.showModal();
    login.focus();
  }

  extend.addEventListener("click", async () => {
    const left = await ask(sessionKeep);
    if (left === null) text.textContent = text.dataset.offline;
    else if (left === 0) over();
    else lasts(left), dialog.close();
  });
  root.addEventListener("aw-alive", (event) => event.detail > 0 && dialog.isConnected && lasts(event.detail));
  lasts(Number(sessionSeconds));
}
