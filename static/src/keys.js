// Command keys: an element with data-key is pressed by that key, unless somebody is typing or holds another key.
let listening = false;

export function keys(root) {
  if (listening || !root.querySelector("[data-key]")) return;
  listening = true;
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
    const target = [...root.querySelectorAll("[data-key]")].find((t) => t.dataset.key === event.key);
    if (!target) return;
    event.preventDefault();
    target.focus();
    target.click();
  });
}
