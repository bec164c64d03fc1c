// A warning two minutes before the session ends, with a button that prolongs it.

const ahead = 120;

export function session(root) {
  const { sessionSeconds, sessionKeep } = root.body.dataset;
  const dialog = root.getElementById("sitzung");
  if (!sessionSeconds || !dialog) return;

  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => dialog.isConnected && dialog.showModal(), Math.max(Number(sessionSeconds) - ahead, 10) * 1000);
  };

  dialog.querySelector("[data-session-extend]").addEventListener("click", async () => {
    dialog.close();
    try {
      await fetch(sessionKeep, { credentials: "same-origin", cache: "no-store" });
    } finally {
      wait();
    }
  });
  wait();
}
