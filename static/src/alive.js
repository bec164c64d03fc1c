// alive tells the page how long the session lasts now.
export function alive(seconds) {
  if (seconds) document.dispatchEvent(new CustomEvent("aw-alive", { detail: Number(seconds) }));
}
