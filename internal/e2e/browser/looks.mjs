// What every page must hold to, whatever it is about: each function returns the faults that it found.

// Pages with and without problems have the same fields: forced colours and paper are looked at once.
export async function look(page, shot) {
  if (shot.Problems) {
    // The focus goes to the summary when the page is first painted.
    await page.waitForFunction(() => document.activeElement !== document.body, null, { timeout: 3000 }).catch(() => {});
  }
  const faults = await page.evaluate(inPage, shot.Problems);
  if (shot.Problems) return faults;
  return [...faults, ...await inForcedColours(page), ...await onPaper(page)];
}

// show changes the medium and waits until the page is painted so: colours change in a moment, but not at once.
async function show(page, media) {
  await page.emulateMedia(media);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

// inPage runs in the page as it is shown.
function inPage(problems) {
  const faults = [];
  const name = (e) => `<${e.tagName.toLowerCase()} id="${e.id}" class="${e.getAttribute('class') ?? ''}">`;
  const visible = (e) => e.checkVisibility({ visibilityProperty: true });

  // Reflow: nothing makes the page scroll sideways.
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) {
    const wide = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > width + 1).slice(0, 3);
    faults.push(`reflow: wider than ${width} px: ${wide.map(name).join(', ')}`);
  }

  // Whatever refers to another element refers to one that is there.
  for (const attribute of ['for', 'aria-describedby', 'aria-labelledby', 'aria-controls', 'aria-owns', 'aria-errormessage', 'headers', 'form', 'list']) {
    for (const e of document.querySelectorAll(`[${attribute}]`)) {
      for (const id of e.getAttribute(attribute).split(/\s+/).filter(Boolean)) {
        if (!document.getElementById(id)) faults.push(`${attribute}="${id}" of ${name(e)} leads nowhere`);
      }
    }
  }
  for (const label of document.querySelectorAll('main label[for]')) {
    if (!document.getElementById(label.htmlFor)?.matches('input, select, textarea, output, progress')) faults.push(`${name(label)} labels ${label.htmlFor}, no field`);
  }
  for (const a of document.querySelectorAll('a[href^="#"]')) {
    if (!document.getElementById(decodeURIComponent(a.hash.slice(1)))) faults.push(`${a.hash} leads nowhere`);
  }

  // The error summary: first in the content, focused, announced by the title; each entry leads to a field that says the same.
  const summary = document.getElementById('fehler');
  if (problems !== Boolean(summary)) faults.push(`an error summary is ${problems ? 'missing' : 'there'}`);
  if (document.title.startsWith('Fehler: ') !== problems) faults.push(`the title is "${document.title}"`);
  if (summary) {
    if (document.activeElement !== summary) faults.push(`the focus is at ${name(document.activeElement)}, not at the error summary`);
    const first = [...document.querySelector('main').querySelectorAll('*')].find((e) => visible(e) && !e.closest('.aw-notice'));
    if (first !== summary && !first?.contains(summary)) faults.push(`the error summary comes after ${name(first)}`);
    const entries = [...summary.querySelectorAll('li')];
    if (entries.length === 0) faults.push('the error summary is empty');
    for (const entry of entries) {
      const link = entry.querySelector('a');
      if (!link) {
        faults.push(`an entry leads nowhere: ${entry.textContent.trim()}`);
        continue;
      }
      if (!link.hash || link.pathname !== location.pathname) continue; // another page's field
      const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (!target || !visible(target)) {
        faults.push(`${link.hash} is not to be seen`);
        continue;
      }
      target.focus();
      if (document.activeElement !== target) faults.push(`${name(target)} takes no focus`);
      const field = target.matches('input, select, textarea') ? target : target.querySelector('input, select, textarea, button') ?? target;
      const told = [field, target, field.closest('fieldset')].filter(Boolean).flatMap((e) => (e.getAttribute('aria-describedby') ?? '').split(/\s+/)).filter(Boolean)
        .map((id) => document.getElementById(id)?.textContent.replace(/\s+/g, ' ').trim() ?? '');
      const text = link.textContent.replace(/\s+/g, ' ').trim();
      if (!told.some((said) => said.includes(text))) faults.push(`${name(target)} does not say "${text}" (says "${told.join(' | ')}")`);
    }
  }

  // Targets are at least 24 by 24 px; links in running text may be lower (WCAG 2.2, 2.5.8). Ticks count with their label.
  for (const e of document.querySelectorAll('button, input:not([type="hidden"]), select, textarea, summary, a[class*="btn"]')) {
    if (!visible(e) || e.matches('.kern-sr-only, [tabindex="-1"]')) continue;
    const boxes = [e, ...(e.labels ?? [])].map((x) => x.getBoundingClientRect());
    if (!boxes.some((b) => b.width >= 24 && b.height >= 24)) faults.push(`target: ${name(e)} is ${Math.round(boxes[0].width)} by ${Math.round(boxes[0].height)} px`);
  }

  // Reduced motion: nothing moves for longer than an eye notices.
  const seconds = (list) => Math.max(...list.split(',').map((t) => parseFloat(t) * (t.trim().endsWith('ms') ? 0.001 : 1)));
  for (const e of document.querySelectorAll('body *')) {
    const style = getComputedStyle(e);
    if (seconds(style.transitionDuration) > 0.01 || (style.animationName !== 'none' && seconds(style.animationDuration) > 0.01)) faults.push(`motion: ${name(e)}`);
  }
  return faults;
}

// inForcedColours: whoever chose colours of their own still sees where a field begins and ends, and where the focus is.
async function inForcedColours(page) {
  await show(page, { forcedColors: 'active' });
  const faults = await page.evaluate(() => {
    const out = [];
    const name = (e) => `<${e.tagName.toLowerCase()} id="${e.id}" class="${e.getAttribute('class') ?? ''}">`;
    const edge = (e, pseudo) => {
      const s = getComputedStyle(e, pseudo);
      return ['Top', 'Right', 'Bottom', 'Left'].some((side) => s[`border${side}Style`] !== 'none' && parseFloat(s[`border${side}Width`]) > 0) ||
        (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0);
    };
    for (const e of document.querySelectorAll('main button, main input:not([type="hidden"]), main select, main textarea, main a[class*="btn"]')) {
      if (!e.checkVisibility({ visibilityProperty: true }) || e.matches('.kern-sr-only')) continue;
      const around = [e, e.parentElement];
      const drawn = around.some((x) => edge(x) || edge(x, '::before')) || (e.labels?.[0] && (edge(e.labels[0], '::before') || edge(e.labels[0])));
      if (!drawn && getComputedStyle(e).appearance === 'none') out.push(`forced colours: nothing shows where ${name(e)} is`);
    }
    for (const e of document.querySelectorAll('a[href], button, input:not([type="hidden"]), select, textarea, summary')) {
      if (!e.checkVisibility({ visibilityProperty: true }) || e.disabled) continue;
      e.focus({ preventScroll: true });
      if (document.activeElement !== e) continue; // a radio of a group that another stands for
      const shows = [e, e.parentElement, ...(e.labels ?? [])].some((x) => [null, '::before', '::after'].some((p) => {
        const s = getComputedStyle(x, p);
        return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1;
      }));
      if (!shows) out.push(`forced colours: no focus to be seen at ${name(e)}`);
    }
    return out;
  });
  await show(page, { forcedColors: 'none' });
  return faults;
}

// still ends all fading: with reduced motion it takes the hundredth of a millisecond, but for each level of the page anew, and
// until then colours and sides are those of before.
export async function still(page) {
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('*, *::before, *::after { transition-property: none !important; }');
    document.adoptedStyleSheets.push(sheet);
  });
}

// mirrored: in a language that is written from right to left the heading begins at the right, and nothing sticks out.
export async function mirrored(page) {
  return page.evaluate(() => {
    const heading = document.querySelector('h1');
    const gap = () => {
      const text = document.createRange();
      text.selectNodeContents(heading);
      const [outer, inner] = [heading.getBoundingClientRect(), text.getBoundingClientRect()];
      return { left: inner.left - outer.left, right: outer.right - inner.right };
    };
    // Floats that know only left stay behind: how far each name of a group stands from where its lines begin.
    const groups = (side) => [...document.querySelectorAll('main fieldset > legend')].filter((e) => e.checkVisibility() && !e.matches('.kern-sr-only'))
      .map((e) => Math.abs(e.getBoundingClientRect()[side] - e.parentElement.getBoundingClientRect()[side]));
    const [before, inset] = [gap(), groups('left')];
    document.documentElement.dir = 'rtl';
    const [after, turned] = [gap(), groups('right')];
    const sideways = document.documentElement.scrollWidth > document.documentElement.clientWidth;
    document.documentElement.dir = 'ltr';
    const out = [];
    if (Math.abs(before.left - after.right) > 2) out.push(`right to left: the heading begins ${Math.round(after.right)} px from the right, not ${Math.round(before.left)}`);
    if (sideways) out.push('right to left: the page scrolls sideways');
    inset.forEach((n, i) => {
      if (Math.abs(n - turned[i]) > 2) out.push(`right to left: the name of group ${i + 1} stands ${Math.round(turned[i])} px from where its lines begin, not ${Math.round(n)}`);
    });
    return out;
  });
}

// onPaper: questions, answers and messages are printed dark on white; what only works on a screen is not.
async function onPaper(page) {
  await show(page, { media: 'print', colorScheme: 'dark' });
  const faults = await page.evaluate(() => {
    const out = [];
    const name = (e) => `<${e.tagName.toLowerCase()} class="${e.getAttribute('class') ?? ''}">`;
    for (const e of document.querySelectorAll('.aw-skip, .aw-nav, .aw-footer, .aw-buttons, .aw-crumbs, .aw-demo')) {
      if (e.checkVisibility()) out.push(`print: ${name(e)} is of no use on paper`);
    }
    for (const e of document.querySelectorAll('h1, main label, main legend, main dt, main dd, #fehler li')) {
      if (!e.checkVisibility() && !e.closest('details:not([open]), [hidden], dialog, aw-reveal, template') && !e.matches('.kern-sr-only')) out.push(`print: ${name(e)} is missing`);
    }
    // light is how bright a colour is, 0 to 255; null for none. Computed colours come as rgb() or as oklab() and oklch(), whose first number is the lightness.
    const light = (c) => {
      const [r, g, b, a = 1] = c.match(/[\d.]+/g).map(Number);
      if (a === 0) return null;
      return c.startsWith('okl') ? r * 255 : 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = light(getComputedStyle(document.body).backgroundColor);
    if (ground !== null && ground < 250) out.push('print: the paper is not white');
    for (const e of document.querySelectorAll('h1, main p, main label, main legend, main dt, main dd')) {
      if (e.checkVisibility() && light(getComputedStyle(e).color) > 140) out.push(`print: ${name(e)} is too pale for paper: ${getComputedStyle(e).color}`);
    }
    return out.slice(0, 5);
  });
  await show(page, { media: 'screen', colorScheme: 'light' });
  return faults;
}
