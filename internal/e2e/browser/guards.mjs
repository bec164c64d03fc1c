// What a crowded server shows: a page on which the browser computes or waits, then the waiting room. And what the content security
// policy must refuse, which the browser tells the server.
import { Person, launch, say, settings, verdict, whereabouts } from './browser.mjs';

const browser = await launch();

// from is a person who comes through the proxy from an address.
async function from(address) {
  const p = await Person.arrive(browser);
  await p.context.setExtraHTTPHeaders({ 'X-Forwarded-For': address });
  return p;
}

const heading = (p) => p.page.locator('h1').textContent();
const settled = (p, pattern) => p.page.waitForFunction((source) => new RegExp(source).test(document.querySelector('h1')?.textContent ?? ''), pattern);

try {
  const p = await from('203.0.113.1');
  if (settings.scripts) await p.context.route('**/static/work*', () => {}); // still on its way
  await p.go('/verify?x=1');
  say((await heading(p)) === 'Einen Moment bitte', 'a page that asks for something first', await heading(p));
  const button = await p.page.getByRole('button', { name: 'Weiter' }).isVisible();
  say(button !== settings.scripts, 'the button stands there for those without scripts only');
  await p.look('challenge');

  if (settings.scripts) {
    await p.context.unrouteAll();
    await p.go('/verify?x=1');
    await settled(p, 'prüfen');
    say(p.page.url().endsWith('/verify?x=1'), 'the page opens by itself', p.page.url());

    const second = await from('203.0.113.2');
    await second.go('/verify');
    await settled(second, 'Bitte warten Sie');
    say(/Platz 1\. Es dauert noch etwa eine Minute/.test(await second.page.locator('main').textContent()), 'the next one has to wait', await second.page.locator('main').textContent());
    await second.look('room');

    // The browser's own words about refusals are wanted here.
    p.page.removeAllListeners('console');
    for (const [name, attempt] of Object.entries({
      'text as markup': () => { document.body.innerHTML = '<b>x</b>'; },
      'a script of text': () => { document.createElement('script').text = 'x = 1'; },
      'a policy of its own': () => { trustedTypes.createPolicy('mine', {}); },
      'our policy again': () => { trustedTypes.createPolicy('antragswerk', {}); },
      'a worker from elsewhere': () => { new Worker('https://evil.example/x.js'); },
      eval: () => { setTimeout('window.evil = 1'); },
    })) {
      const refused = await p.page.evaluate(`(() => { try { (${attempt})(); return 'it was done'; } catch (error) { return error.name; } })()`);
      say(/TypeError|EvalError|SecurityError/.test(refused), `the policy refuses ${name}`, refused);
    }
    const inline = await p.page.evaluate(() => { const s = document.createElement('a'); s.setAttribute('href', 'javascript:window.evil=1'); document.body.append(s); s.click(); return new Promise((r) => setTimeout(() => r(window.evil), 100)); });
    say(inline === undefined, 'the policy refuses javascript: addresses');
    let counted = '';
    for (const end = Date.now() + 30_000; Date.now() < end && !counted; await new Promise((r) => setTimeout(r, 50))) {
      counted = (await (await fetch(`${settings.base}/metrics`)).text()).match(/^antragswerk_policy_violations_total\{blocked="trusted-types-sink",.*$/m)?.[0] ?? '';
    }
    say(counted !== '', 'the server has heard of it', counted);
  } else {
    await p.press('Weiter');
    say((await heading(p)) === 'Einen Moment bitte', 'who does not wait stays here');
  }
} catch (error) {
  say(false, 'guards', String(error?.message ?? error), ...(await whereabouts()));
}
await browser.close();
process.exit(verdict());
