// The link of an invitation carries its code in the fragment, which no server sees. Without scripts people type it.
export function invited(page) {
  const holder = page.querySelector("[data-invited]");
  const field = holder && document.getElementById(holder.dataset.invited);
  const code = location.hash.slice(1).replaceAll("%20", " "); // other escapes are in no code, and need not be well-formed
  if (!field || !/^[0-9A-Za-z -]{16,24}$/.test(code)) return;
  field.value = code;
  history.replaceState(null, "", location.pathname); // out of the address line, the history and screenshots
}
