// Uses every control of a page that has no effect on other users, and returns the findings and the failures.
const [answer] = arguments;
const failures = [];
const links = new Set();
const parts = new Set();
const forms = new Set();
let controls = 0;
let pending = 0;
let done = '';

const note = what => failures.push(`${done}: ${what}`);
const htmxFailures = ['htmx:responseError', 'htmx:sendError', 'htmx:timeout', 'htmx:swapError', 'htmx:targetError',
  'htmx:oobErrorNoTarget', 'htmx:onLoadError', 'htmx:historyCacheMissLoadError'];
htmxFailures.forEach(name => document.body.addEventListener(name,
  ({detail}) => note(`${name} ${detail.xhr?.status ?? ''} ${detail.pathInfo?.finalRequestPath ?? ''}`)));
addEventListener('error', event => note(event.message ?? `${event.target.tagName} is not loaded`), true);
addEventListener('unhandledrejection', event => note(event.reason));
document.body.addEventListener('htmx:beforeSend', () => pending++);
document.body.addEventListener('htmx:afterRequest', () => pending--);

const isShown = element => element.checkVisibility() && element.getClientRects().length > 0;
const all = selector => [...document.querySelectorAll(selector)].filter(isShown);
const wait = millis => new Promise(resolve => setTimeout(resolve, millis));

function delay(field) {
  const triggers = [field, field.form].map(each => each?.getAttribute('hx-trigger')).filter(Boolean).join();
  return Math.max(0, ...(triggers.match(/(?<=delay:)\d+(?=ms)/g) ?? []).map(Number));
}

async function settle(field) {
  await wait(field ? delay(field) + 20 : 20);
  const until = Date.now() + 10000;
  while (pending > 0 && Date.now() < until) {
    await wait(20);
  }
  if (pending > 0) {
    note('no answer within 10 s');
  }
  const {failed, unreachable} = document.body.dataset;
  document.querySelectorAll('#toasts .toast').forEach(toast => {
    if ([failed, unreachable].some(text => toast.textContent.includes(text))) {
      note(`toast "${toast.textContent}"`);
      toast.remove();
    }
  });
}

function collect() {
  document.querySelectorAll('a[href]').forEach(link => links.add(link.href));
  document.querySelectorAll('[hx-get]').forEach(part => {
    const query = part.name ? `?${part.name}=` : '';
    parts.add(part.getAttribute('hx-get') + query);
  });
}

async function fill(field, value, ...events) {
  const type = field.tagName === 'SELECT' ? HTMLSelectElement : field.tagName === 'TEXTAREA' ? HTMLTextAreaElement : HTMLInputElement;
  done = `${field.name || field.id || field.tagName} = "${value}"`;
  Object.getOwnPropertyDescriptor(type.prototype, 'value').set.call(field, value);
  ['input', ...events].forEach(name => field.dispatchEvent(new Event(name, {bubbles: true})));
  await settle(field);
}

// The fields of a form survive a swap around them; a form that was swapped itself is found again by its name.
const anew = field => field.isConnected ? field
  : all(`[name="${field.name}"]`).find(each => each.tagName === field.tagName);

async function use(field) {
  controls++;
  done = `focus on ${field.name || field.id}`;
  field.focus();
  await settle(field);
  const before = field.value;
  const values = field.tagName === 'SELECT' ? [...field.options].map(option => option.value)
    : field.type === 'date' ? ['', before, ''] : ['checkbox', 'radio'].includes(field.type) ? []
    : ['number'].includes(field.type) ? ['', '1', ''] : ['', 'a', ' ', '%', ''];
  for (const value of [...values, before]) {
    const now = anew(field);
    if (now) {
      await fill(now, value, 'keyup', 'change', 'search');
    }
  }
  done = `leaving ${field.name || field.id}`;
  anew(field)?.blur();
  await settle(field);
}

const FIELDS = ':is(input:not([type=hidden]), select, textarea)';
const looksOnly = button => button.type === 'button' && !button.matches('[hx-post], [hx-put], [hx-delete], [data-close-dialog]')
  && !button.closest('[data-cookie][data-reload], .toast');

async function crawl() {
  collect();
  for (const summary of all('summary')) {
    controls++;
    done = `opening ${summary.textContent.trim()}`;
    summary.click();
    await settle();
    collect();
    for (const button of [...summary.parentElement.querySelectorAll('button')].filter(each => isShown(each) && looksOnly(each))) {
      controls++;
      done = `pressing ${button.textContent.trim()}`;
      button.click();
      await settle();
    }
    if (summary.parentElement.open) {
      summary.click();
    }
  }
  for (const field of all(`main ${FIELDS}`)) {
    if (field.isConnected) {
      await use(field);
    }
  }
  for (const form of all('main form').filter(each => each.method === 'get')) {
    const names = [...new Set([...form.elements].filter(each => each.name).map(each => each.name))];
    const action = new URL(form.action);
    action.search = new URLSearchParams(names.map(name => [name, ''])).toString();
    forms.add(action.href);
    action.search = new URLSearchParams(new FormData(form)).toString();
    forms.add(action.href);
    if (form.hasAttribute('hx-get')) {
      controls++;
      done = `sending ${form.getAttribute('action')}`;
      form.requestSubmit();
      await settle();
    }
  }
  const openers = new Map(all('[data-dialog]').map(each => [each.dataset.dialog + each.tagName, each]));
  for (const opener of openers.values()) {
    controls++;
    done = `opening ${opener.dataset.dialog}`;
    const dialog = document.getElementById(opener.dataset.dialog);
    opener.click();
    await settle();
    if (!dialog?.open) {
      note('the dialog does not open');
      continue;
    }
    collect();
    for (const field of [...dialog.querySelectorAll(FIELDS)].filter(isShown)) {
      await use(field);
    }
    done = `closing ${opener.dataset.dialog}`;
    (dialog.querySelector('[data-close-dialog]') ?? {click: () => dialog.close()}).click();
    await settle();
  }
  for (const button of all('main button').filter(looksOnly).filter(each => !each.matches('[data-dialog]'))) {
    controls++;
    done = `pressing ${button.textContent.trim()}`;
    button.click();
    await settle();
  }
  done = 'scrolling down';
  scrollTo(0, document.body.scrollHeight);
  await settle();
  collect();
}

crawl().catch(note).then(() => answer({
  links: [...links], forms: [...forms], parts: [...parts].map(part => new URL(part, location.href).href), controls, failures,
  status: performance.getEntriesByType('navigation')[0].responseStatus,
}));
