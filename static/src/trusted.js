// The only place where text becomes a document. The content security policy (require-trusted-types-for 'script') refuses every
// other one, so that text which somebody typed cannot become markup by a mistake elsewhere. What is parsed here are whole pages
// that this very server answered; their scripts do not run, since the parser of documents marks them as done.
const rules = {
  createHTML: (html) => html,
  createScriptURL(address) {
    const url = new URL(address, location.href);
    if (url.origin !== location.origin || !url.pathname.startsWith("/static/")) throw new TypeError(address);
    return url.href;
  },
};
const policy = globalThis.trustedTypes?.createPolicy("antragswerk", rules) ?? rules;

// parse makes a document out of a page of ours.
export function parse(html) {
  return new DOMParser().parseFromString(policy.createHTML(html), "text/html");
}

// worker starts a script of our build beside the page.
export function worker(address) {
  return new Worker(policy.createScriptURL(address), { type: "module" });
}
