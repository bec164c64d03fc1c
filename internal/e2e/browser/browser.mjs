// What every journey needs: a browser with or without scripts, and a look at each page that must find no fault in it.
import { readFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export const settings = {
  base: process.env.BASE,
  scripts: process.env.SCRIPTS !== 'off',
  width: Number(process.env.WIDTH ?? 1280),
  theme: process.env.THEME ?? 'light',
  folder: process.env.SCREENSHOTS,
  latency: Number(process.env.LATENCY ?? 0), // milliseconds that every request takes more
  // The longest form is looked at page by page in two of the four browsers: as most people and as the fewest have it.
  thorough: (process.env.SCRIPTS !== 'off') === (process.env.WIDTH !== '320'),
};

// patience is how long a page may take on a machine that is busy with other tests, in milliseconds.
const patience = 30_000;

let faults = 0;
const people = [];

// whereabouts tells on which pages everybody stands, for messages.
export async function whereabouts() {
  return Promise.all(people.map((p) => p.page.evaluate(() => `${location.pathname}: ${document.title}`).catch(String)));
}

// say prints one line per check; the Go test reads them.
export function say(good, name, ...details) {
  if (!good) faults++;
  console.log([good ? 'ok' : 'not ok', name, ...details].join(' - ').replaceAll('\n', ' '));
}

export function verdict() {
  return faults === 0 ? 0 : 1;
}

export async function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

// A person with a browser of their own.
export class Person {
  constructor(browser, context, page, reader) {
    Object.assign(this, { browser, context, page, reader, seen: new Set() });
    people.push(this);
  }

  // lossy expects the browser to report requests that the line lost.
  static async arrive(browser, { lossy = false } = {}) {
    const look = { viewport: { width: settings.width, height: 900 }, colorScheme: settings.theme, locale: 'de-DE', reducedMotion: 'reduce', baseURL: settings.base };
    const context = await browser.newContext({ ...look, javaScriptEnabled: settings.scripts });
    context.setDefaultTimeout(patience);
    const page = await context.newPage();
    page.on('pageerror', (error) => say(false, 'script', page.url(), String(error)));
    page.on('console', (message) => {
      // The answers 4xx that journeys provoke are reported here too; they are no faults of a script.
      const expected = message.text().includes('the server responded with a status of 4') || (lossy && /net::ERR_|status of 503/.test(message.text()));
      if (message.type() === 'error' && !expected) say(false, 'console', page.url(), message.text());
    });
    // Without scripts axe cannot run in the page itself: a second one shows the same HTML to it.
    const reader = settings.scripts ? null : await (await browser.newContext({ ...look, bypassCSP: true })).newPage();
    return new this(browser, context, page, reader);
  }

  // leaveAll closes the browsers of everybody but those who are still needed.
  static async leaveAll(needed) {
    for (const p of people.splice(0, people.length)) {
      if (needed.includes(p)) people.push(p);
      else await Promise.all([p.context.close(), p.reader?.context().close()]);
    }
  }

  // line sets what the line is like, for as long as the page is open: offline, latency (ms), up (bytes a second, -1 unlimited).
  async line({ offline = false, up = -1 } = {}) {
    this.wire ??= await this.context.newCDPSession(this.page);
    await this.wire.send('Network.enable');
    // A document that is being left escapes the emulation: what it sends is cut off here.
    const cut = (route) => route.abort('internetdisconnected');
    if (offline) await this.context.route('**/*', (this.cut = cut));
    else if (this.cut) await this.context.unroute('**/*', this.cut);
    await this.wire.send('Network.emulateNetworkConditions', { offline, latency: settings.latency, downloadThroughput: -1, uploadThroughput: up });
  }

  async go(path) {
    await this.page.goto(path);
  }

  async press(name, options = {}) {
    await this.leave(this.page.getByRole('button', { name, exact: true, ...options }).first());
  }

  async follow(name) {
    await this.leave(this.page.getByRole('link', { name }).first());
  }

  // leave clicks and waits until another document stands in the page's place, however it comes there.
  async leave(locator) {
    await this.page.evaluate(() => { document.documentElement.dataset.left = 'yes'; });
    await locator.click();
    for (const end = Date.now() + patience; Date.now() < end;) {
      const here = await this.page.evaluate(() => document.readyState === 'complete' && !('left' in document.documentElement.dataset)).catch(() => false);
      if (here) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`nothing came after ${locator} at ${this.page.url()}`);
  }

  // logIn becomes a persona on the provider's page.
  async logIn(persona) {
    await this.page.locator('input[name="persona"]').fill(persona);
    await this.leave(this.page.locator('form:has(input[name="persona"]) button:not([name])'));
  }

  async fill(name, value) {
    await this.page.locator(`[name="${name}"]:visible`).first().fill(value);
  }

  async tick(name, value) {
    await this.page.locator(`[name="${name}"][value="${value}"]`).first().check();
  }

  // look photographs the page under a name and finds fault with it.
  async look(name) {
    const { page } = this;
    if (this.seen.has(name)) return;
    this.seen.add(name);
    if (settings.folder) {
      mkdirSync(settings.folder, { recursive: true });
      await page.screenshot({ path: join(settings.folder, `${name}-${settings.width}-${settings.theme}-${settings.scripts ? 'scripts' : 'plain'}.png`), fullPage: true });
    }
    const wide = await this.tooWide();
    say(wide.length === 0, `${name} fits into ${settings.width} px`, ...wide);
    const found = await this.axe();
    say(found.length === 0, `${name} axe`, ...found);
  }

  async tooWide() {
    return this.page.evaluate(() => {
      const width = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= width) return [];
      return [...document.querySelectorAll('body *')]
        .filter((e) => e.getBoundingClientRect().right > width + 1)
        .slice(0, 5)
        .map((e) => `<${e.tagName.toLowerCase()} class="${e.getAttribute('class') ?? ''}"> ends at ${Math.round(e.getBoundingClientRect().right)}`);
    });
  }

  async axe() {
    let page = this.page;
    if (this.reader) {
      const html = await page.content();
      const address = page.url();
      page = this.reader;
      await page.unrouteAll();
      await page.route('**/*', (route) => {
        if (route.request().isNavigationRequest()) return route.fulfill({ body: html, contentType: 'text/html; charset=utf-8' });
        return route.request().resourceType() === 'script' ? route.abort() : route.continue();
      });
      await page.goto(address);
    }
    await page.evaluate(axeSource);
    const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
    return result.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(', ')} (${v.nodes[0].failureSummary})`);
  }
}
