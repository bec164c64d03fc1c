// A person who has no mouse: everything is done with the keys of page.keyboard.
import { Person } from './browser.mjs';

export class Typist extends Person {
  // hit presses keys one after another: 'j', 'g i', 'Control+k'.
  async hit(...keys) {
    for (const key of keys.flatMap((k) => k.split(' '))) await this.page.keyboard.press(key);
  }

  async type(text) {
    await this.page.keyboard.type(text);
  }

  // away does something that brings another page, and waits for it.
  async away(what) {
    await this.page.evaluate(() => { document.documentElement.dataset.left = 'yes'; });
    await what();
    for (const end = Date.now() + 30_000; Date.now() < end;) {
      if (await this.page.evaluate(() => document.readyState === 'complete' && !('left' in document.documentElement.dataset)).catch(() => false)) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`no page came at ${this.page.url()}; the cursor is on ${await this.here()}`);
  }

  // tab goes on from element to element until the cursor is on one that fits the selector and, where given, is called that.
  async tab(selector, name = '', back = false) {
    for (let n = 0; n < 400; n++) {
      const there = await this.page.evaluate(([s, t]) => {
        const e = document.activeElement;
        return e.matches(s) && (e.ariaLabel ?? e.innerText ?? '').replace(/\s+/g, ' ').trim().startsWith(t);
      }, [selector, name]);
      if (there) return;
      await this.page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
    }
    throw new Error(`Tab does not come to ${selector} ${name} at ${this.page.url()}`);
  }

  async push(name) {
    await this.tab('button, a', name);
    await this.away(() => this.hit('Enter'));
  }

  // command opens the palette and types; the first that is found is done.
  async command(text, { stays = false } = {}) {
    await this.hit('Control+k');
    await this.type(text);
    if (stays) await this.hit('Enter');
    else await this.away(() => this.hit('Enter'));
  }

  async logIn(persona) {
    await this.tab('input[name="persona"]');
    await this.type(persona);
    await this.tab('form:has(input[name="persona"]) button:not([name])');
    await this.away(() => this.hit('Enter'));
  }

  // find opens a case by searching for its number.
  async find(number) {
    if (!/\/desk\/[a-z-]+$/.test(new URL(this.page.url()).pathname)) await this.away(() => this.hit('g i'));
    await this.hit('/');
    await this.hit('Control+a');
    await this.type(number);
    await this.away(() => this.hit('Enter'));
    await this.hit('j');
    await this.away(() => this.hit('Enter'));
  }

  // here is what the cursor is on.
  async here() {
    return this.page.evaluate(() => document.activeElement.outerHTML.slice(0, 160));
  }

  async state() {
    return this.page.locator('[data-case-state]').getAttribute('data-case-state');
  }
}
