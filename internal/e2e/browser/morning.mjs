// A morning at the desk without a mouse: twenty cases sorted, taken, one asked about, decided and all given out; two clerks in one
// case; a lead who gives it to somebody else; and what the citizen sees of each.
import { Person, launch, say, verdict, whereabouts } from './browser.mjs';
import { Typist } from './keyboard.mjs';
import { complete } from './sample.mjs';

const browser = await launch();
let citizen;
let clerk;
let lead;
let number;
let own; // the citizen's address of the case

let whole = true;
async function part(name, play) {
  if (!whole) return say(false, name, 'the part before did not get so far');
  try {
    await play();
    say(true, name);
  } catch (error) {
    whole = false;
    say(false, name, error.stack, ...(await whereabouts()));
  }
}

const rows = (p) => p.page.locator('.aw-case__link').allTextContents();

// reads tells whether the page says something.
const reads = async (p, text) => (await p.page.locator('main').innerText()).replace(/\s+/g, ' ').includes(text);

await part('somebody applies', async () => {
  citizen = await Person.arrive(browser);
  await citizen.go('/jena/allgemeiner-antrag');
  await citizen.press('Ohne Konto beginnen');
  await complete(citizen, 'allgemeiner-antrag', 'person');
  await citizen.tick('_declaration', 'yes');
  await citizen.press('Antrag verbindlich absenden');
  number = await citizen.page.locator('[data-file-number]').getAttribute('data-file-number');
  await citizen.follow('Stand ansehen');
  own = citizen.page.url();
});

await part('sort', async () => {
  clerk = await Typist.arrive(browser);
  await clerk.go('/desk/jena');
  await clerk.logIn('clerk-jena');
  const before = await rows(clerk);
  say(before.length >= 20, 'there are twenty cases', before.length);
  await clerk.look('morning-inbox');
  await clerk.command('Frist');
  say(await clerk.page.locator('th[aria-sort="ascending"]').innerText().then((t) => t.includes('Frist')).catch(() => false), 'the list is sorted by deadline', clerk.page.url());
  const days = await clerk.page.locator('tbody .aw-due').evaluateAll((list) => list.map((e) => e.textContent.match(/(\d+)\.(\d+)\.(\d+)/).slice(1).reverse().join('')));
  say(days.length > 10 && days.every((d, i) => i === 0 || days[i - 1] <= d), 'the nearest deadline comes first', days.join(' '));
});

await part('go through the rows', async () => {
  const list = await rows(clerk);
  const cursor = () => clerk.page.evaluate(() => document.activeElement.textContent.trim());
  await clerk.hit('j');
  say(await cursor() === list[0], 'j goes to the first row', await cursor());
  await clerk.hit('j', 'j', 'k');
  say(await cursor() === list[1], 'j and k go down and up', await cursor());
  await clerk.hit('x');
  await clerk.hit('j', 'j');
  await clerk.hit('Shift+X');
  say(await clerk.page.locator('input[name="case"]:checked').count() === 3, 'x selects, with the shift key a range');
  await clerk.hit('x');
  say(await clerk.page.locator('input[name="case"]:checked').count() === 2, 'x takes one out again');
  await clerk.away(() => clerk.hit('b'));
  say(await reads(clerk, '2 Vorgänge'), 'the selected cases go to the work on many');
  await clerk.look('morning-bulk');
  await clerk.away(() => clerk.hit('g i'));
});

await part('the palette', async () => {
  await clerk.hit('j', 'Control+k');
  await clerk.page.locator('#befehle[open] [role=option]').first().waitFor();
  await clerk.look('palette');
  await clerk.type('ubersicht gibt es nicht');
  say(await clerk.page.locator('[role=option]').count() === 1, 'what no command is called, can be searched for');
  await clerk.hit('Control+a');
  await clerk.type('kalend');
  say(await clerk.page.locator('[role=option]').first().innerText().then((t) => t.startsWith('Kalender')), 'letters find a command');
  await clerk.look('palette-typed');
  await clerk.hit('Escape');
  say(await clerk.page.evaluate(() => document.activeElement.matches('.aw-case__link')), 'the cursor is back where it was', await clerk.here());
  for (const [keys, path] of [['g c', '/calendar'], ['g t', '/team'], ['g m', '/mentions'], ['g i', '/desk/jena']]) {
    await clerk.away(() => clerk.hit(keys));
    say(new URL(clerk.page.url()).pathname.endsWith(path), `${keys} leads to ${path}`, clerk.page.url());
  }
  await clerk.hit('e');
  say(await clerk.page.locator('#tastenhinweis').innerText().then((t) => t.includes('keine Aufgabe')), 'a key without a meaning here says so');
});

await part('take twenty', async () => {
  await clerk.command('Frist');
  await clerk.hit('j');
  const first = await clerk.page.evaluate(() => document.activeElement.textContent.trim());
  await clerk.away(() => clerk.hit('o'));
  say((await clerk.page.title()).startsWith(first), 'o opens the row');
  let taken = 0;
  for (let n = 0; n < 30 && taken < 20; n++) {
    if (n > 0) await clerk.away(() => clerk.hit('j'));
    if (await clerk.page.locator('form[action*="/take"] [data-key="e"]').count() === 0) continue;
    await clerk.away(() => clerk.hit('e'));
    if (await clerk.state() === 'in_progress') taken++;
  }
  say(taken === 20, 'twenty cases are taken', taken);
  await clerk.look('morning-case');
  const last = await clerk.page.locator('.aw-head .aw-preline').innerText();
  await clerk.away(() => clerk.hit('k'));
  say(await clerk.page.locator('.aw-head .aw-preline').innerText() !== last, 'k goes to the case before');
  await clerk.away(() => clerk.hit('u'));
  say(new URL(clerk.page.url()).searchParams.has('sort'), 'u leads back to the list as it was', clerk.page.url());
});

await part('write, without doing what the letters mean elsewhere', async () => {
  await clerk.find(number);
  if (await clerk.page.locator('form[action*="/take"] [data-key="e"]').count() > 0) await clerk.away(() => clerk.hit('e'));
  const at = clerk.page.url();
  await clerk.hit('n');
  await clerk.type('jkex?/ gi: geprüft');
  say(clerk.page.url() === at && await clerk.page.evaluate(() => document.activeElement.value) === 'jkex?/ gi: geprüft', 'n writes a note', await clerk.here());
  await clerk.push('Vermerk speichern');
  say(await reads(clerk, 'jkex?/ gi: geprüft'), 'the note stands there');
  await clerk.hit('r');
  await clerk.type('Guten Tag, wir sehen uns Ihren Antrag an.');
  await clerk.push('Nachricht senden');
  await citizen.go(own);
  say(await reads(citizen, 'wir sehen uns Ihren Antrag an'), 'the citizen reads the message');
  say(!await reads(citizen, 'geprüft'), 'and no note');
});

await part('ask', async () => {
  await clerk.away(() => clerk.hit('q'));
  await clerk.look('morning-ask');
  await clerk.tab('input[name="fields"]');
  const field = await clerk.page.evaluate(() => document.activeElement.value);
  await clerk.hit('Space');
  await clerk.tab('textarea[name="text"]');
  await clerk.hit('Control+a');
  await clerk.type('Bitte schreiben Sie es genauer.');
  await clerk.push('Nachforderung senden');
  say(await clerk.state() === 'waiting_applicant', 'the case waits for the applicant');
  await citizen.go(own);
  await citizen.look('morning-citizen-asked');
  await citizen.follow('Jetzt antworten');
  const input = citizen.page.locator(`[name="${field}"]:visible`).first();
  const value = await input.evaluate((e) => (e.matches('input[type=text], textarea') ? e.value : null)).catch(() => null);
  if (value !== null) await input.fill(`${value} (genauer)`);
  await citizen.press('Ergänzung absenden');
  await clerk.find(number);
  say(await clerk.state() === 'in_progress', 'the answer has come');
});

await part('two clerks', async () => {
  lead = await Typist.arrive(browser);
  await lead.go('/desk/jena');
  await lead.logIn('lead-jena');
  await lead.find(number);
  say(await reads(lead, 'Wird bearbeitet von'), 'the second sees that somebody is there');
  await lead.look('morning-two');
  // The clerk changes the case while the lead has it open and writes.
  await lead.hit('n');
  await lead.type('Mein Vermerk bleibt stehen');
  await clerk.hit('n');
  await clerk.type('Schneller gewesen');
  await clerk.push('Vermerk speichern');
  await clerk.command('Zurückgeben');
  await lead.push('Vermerk speichern');
  say(await reads(lead, 'Jemand anderes war schneller'), 'who saves second is told');
  say(await reads(lead, 'Schneller gewesen'), 'and sees what the other wrote');
  say(await lead.page.locator('textarea[name="note"]').inputValue() === 'Mein Vermerk bleibt stehen', 'her own text is kept');
  await lead.look('morning-second');
  await lead.push('Vermerk speichern');
  say(await reads(lead, 'Mein Vermerk bleibt stehen'), 'and can be saved then');
});

await part('a lead gives it to somebody', async () => {
  await lead.hit('a');
  say(await lead.page.evaluate(() => document.activeElement.name) === 'assignee', 'a leads to the people', await lead.here());
  await lead.type('Klara');
  await lead.push('Zuteilen');
  say(await reads(lead, 'Klara Akte'), 'the case is given');
  await citizen.go(own);
  say(await reads(citizen, 'In Bearbeitung') && !await reads(citizen, 'Leo Leitung'), 'the citizen sees that it is worked on, and nothing of who had it');
  await clerk.find(number);
  say(await clerk.page.locator('a[data-key="e"]').count() === 1, 'the clerk has it and can decide');
});

await part('decide', async () => {
  await clerk.away(() => clerk.hit('e'));
  await clerk.look('morning-decide');
  await clerk.command('Bewilligt');
  await clerk.command('Vorschau');
  await clerk.look('morning-decide-preview');
  await clerk.command('Bescheid bereitstellen');
  say(await clerk.state() === 'decided', 'the case is decided');
  await clerk.hit('e');
  say(await clerk.state() === 'decided' && await clerk.page.evaluate(() => document.activeElement.matches('[data-hold]')), 'a single key closes no case', await clerk.here());
  await clerk.away(() => clerk.hit('Enter'));
  say(await clerk.state() === 'closed', 'Enter does');
  await citizen.go(own);
  say(await reads(citizen, 'Bewilligt'), 'the citizen sees the decision');
  await citizen.look('morning-citizen-decided');
});

await part('export', async () => {
  await clerk.away(() => clerk.hit('g i'));
  await clerk.command('Exportieren');
  await clerk.look('morning-export');
  const [file] = await Promise.all([clerk.page.waitForEvent('download'), clerk.command('Exportieren', { stays: true })]);
  say(/\.(csv|xlsx|json|zip|pdf)$/.test(file.suggestedFilename()), 'a file comes', file.suggestedFilename());
});

await part('shortcuts', async () => {
  await clerk.away(() => clerk.hit('g i'));
  await clerk.away(() => clerk.hit('?'));
  await clerk.look('shortcuts');
  await clerk.page.setViewportSize({ width: 320, height: 900 });
  await clerk.look('shortcuts-narrow');
  await clerk.hit('Control+k');
  await clerk.look('palette-narrow');
  await clerk.hit('Escape');
  await clerk.tab('#kuerzel');
  await clerk.hit('Space');
  say(await clerk.page.locator('#tastenhinweis').innerText().then((t) => t.includes('ausgeschaltet')), 'the shortcuts are off, and it is said');
  await clerk.tab('main a', 'Zurück');
  await clerk.away(() => clerk.hit('Enter'));
  const before = await clerk.here();
  await clerk.hit('j', 'x', '?');
  say(await clerk.here() === before && await clerk.page.locator('input[name="case"]:checked').count() === 0, 'keys do nothing then', await clerk.here());
  await clerk.command('Mit der Tastatur');
  say(clerk.page.url().includes('/desk/keys'), 'the palette goes on');
  await clerk.tab('#kuerzel');
  await clerk.hit('Space');
  await clerk.away(() => clerk.hit('u'));
  await clerk.hit('j');
  say(await clerk.page.evaluate(() => document.activeElement.matches('.aw-case__link')), 'and on again');
});

await browser.close();
process.exit(verdict());
