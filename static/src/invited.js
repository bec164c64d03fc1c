// The link of an invitation carries its code in the fragment, which no server sees. Without scripts people type it.
export function invited(page) {
  const holder = page.querySelector("[data-invited]");
  const code = decodeURIComponent(location.hash.slice(1));
  const field = holder && document.getElementById(holder.dataset.invited);
  if (!field || !/^[0-9A-Za-z -]{16,24}$/.test(code)) return;
  field.value = code;
  history.replaceState(null, "", location.pathname); // out of the address line, the history and screenshots
}
