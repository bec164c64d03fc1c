// Command keys: an element with data-key is pressed by that key, unless somebody is typing or holds another key.
export function keys(root) {
  const targets = [...root.querySelectorAll("[data-key]")];
  if (targets.length === 0) return;
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
    const target = targets.find((t) => t.dataset.key === event.key && t.isConnected);
    if (!target) return;
    event.preventDefault();
    target.focus();
    target.click();
  });
}
