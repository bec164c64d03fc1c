// The theme changes at once and without leaving the page; the server keeps the choice, as it does without scripts.

export function theme(root) {
  const form = root.querySelector("form.aw-theme");
  if (!form) return;
  form.addEventListener("submit", (event) => {
    const chosen = event.submitter?.value;
    if (!chosen) return;
    event.preventDefault();
    const html = root.documentElement;
    if (chosen === "auto") delete html.dataset.kernTheme;
    else html.dataset.kernTheme = chosen;
    for (const b of form.querySelectorAll("button[name=theme]")) b.setAttribute("aria-pressed", String(b === event.submitter));
    const data = new URLSearchParams([...new FormData(form)]);
    data.set("theme", chosen);
    fetch(form.action, { method: "POST", body: data, credentials: "same-origin", redirect: "manual" }).catch(() => form.submit());
  });
}
