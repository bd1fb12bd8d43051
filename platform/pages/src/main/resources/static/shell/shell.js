'use strict';

const LIVE = '[hx-trigger*="live:"]';
const BY_ITSELF = `${LIVE}, [hx-trigger^="every"]`;
const MOST_ROWS = 200;

// Nothing outside of an open dialog can be seen or heard, so the toasts go with it.
function openDialog(dialog) {
  if (!dialog.open) {
    dialog.showModal();
    dialog.append(toasts);
    dialog.addEventListener('close', () => document.body.append(toasts), {once: true});
  }
}

// A question has a page of its own, from which a dialog takes it.
const questions = document.getElementById('question');

function ask(link) {
  if (!link.matches('.htmx-request')) {
    htmx.ajax('GET', link.href, {
      source: link, target: '#question > article', select: 'main .question', swap: 'innerHTML ignoreTitle:true',
    });
  }
}

// The language and the theme are kept in cookies, which the services share: cookies ignore ports.
document.addEventListener('click', event => {
  const choice = event.target.closest('[data-cookie] [data-value]');
  if (choice) {
    const choices = choice.closest('[data-cookie]');
    document.cookie = `${choices.dataset.cookie}=${choice.dataset.value}; path=/; max-age=31536000; samesite=lax`;
    if ('reload' in choices.dataset) {
      // What was typed is to stay, of which drafts.js takes care.
      if (document.dispatchEvent(new Event('show-anew', {cancelable: true}))) {
        location.reload();
      }
      return;
    }
    choices.querySelectorAll('[data-value]').forEach(each => each.setAttribute('aria-pressed', each === choice));
    if (choice.dataset.value === 'auto') {
      document.documentElement.removeAttribute('data-theme');
    } else {
      document.documentElement.dataset.theme = choice.dataset.value;
    }
    document.dispatchEvent(new Event('theme'));
  }
  const opener = event.target.closest('[data-dialog]');
  if (opener) {
    openDialog(document.getElementById(opener.dataset.dialog));
  }
  const question = event.target.closest('a[data-ask]');
  if (question && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    ask(question);
  }
  const closer = event.target.closest('[data-close-dialog]');
  if (closer?.closest('dialog')) {
    event.preventDefault();
    closer.closest('dialog').close();
  }
  const copied = event.target.closest('[data-copy]');
  if (copied) {
    navigator.clipboard?.writeText(document.getElementById(copied.dataset.copy).value);
  }
  document.querySelectorAll('details.dropdown[open]').forEach(menu => {
    if (!menu.contains(event.target)) {
      menu.open = false;
    }
  });
});

document.addEventListener('keydown', event => {
  const menu = event.key === 'Escape' && event.target.closest?.('details.dropdown[open]');
  if (menu) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
  if (event.key === 'Escape' && !menu && !document.querySelector('dialog[open]')) {
    const cancel = document.querySelector('main > .question [data-close-dialog]');
    if (toasts.lastElementChild) {
      toasts.lastElementChild.remove();
    } else {
      cancel?.click();
    }
  }
  // What is said to be a button is pressed as one.
  if (event.key === ' ' && event.target.matches?.('a[role=button]')) {
    event.preventDefault();
    event.target.click();
  }
});

// A second click while a form is under way does nothing; the server would do it once anyway. Nothing tells that it was
// stopped, so after a while it may be sent again. What is only asked for may be asked for again at once, such as a file, after
// which the page is still there.
document.addEventListener('submit', event => {
  if (event.target.matches('[data-sent][method=post]:not([hx-post])') && Date.now() - event.target.dataset.sent < 5000) {
    event.preventDefault();
    return;
  }
  event.target.dataset.sent = Date.now();
});
addEventListener('pageshow', () => document.querySelectorAll('[data-sent]').forEach(form => delete form.dataset.sent));

// On a phone a service's menu is wider than the page.
document.querySelector('.tabs [aria-current]')?.scrollIntoView({block: 'nearest', inline: 'center'});

// Times, in the viewer's language and zone.
const language = document.documentElement.lang;
const moment = new Intl.DateTimeFormat(language, {dateStyle: 'medium', timeStyle: 'short'});
const exactly = new Intl.DateTimeFormat(language, {dateStyle: 'full', timeStyle: 'long'});
const relative = new Intl.RelativeTimeFormat(language, {numeric: 'auto'});
const units = [['day', 86400], ['hour', 3600], ['minute', 60]];

function age(instant) {
  const seconds = Math.min(0, (instant - Date.now()) / 1000);
  const [unit, length] = units.find(([, length]) => -seconds >= length) ?? ['minute', 60];
  return relative.format(Math.trunc(seconds / length), unit);
}

function writeTimes(within) {
  within.querySelectorAll('time[datetime]').forEach(time => {
    const instant = new Date(time.dateTime);
    time.textContent = 'age' in time.dataset ? age(instant) : moment.format(instant);
    time.title = exactly.format(instant);
  });
}

writeTimes(document);
setInterval(() => writeTimes(document), 30000);

// Toasts go away by themselves, unless somebody reads them.
const toasts = document.getElementById('toasts');
const TOAST_STAYS = 8000;
const MOST_TOASTS = 5;

function leave(toast) {
  const close = document.createElement('button');
  close.type = 'button';
  close.className = 'close';
  close.ariaLabel = document.body.dataset.close;
  close.addEventListener('click', () => toast.remove());
  toast.append(close);
  toast.until = Date.now() + TOAST_STAYS;
  const go = () => toast.matches(':hover, :focus-within') || Date.now() < toast.until
    ? setTimeout(go, 2000)
    : toast.remove();
  setTimeout(go, TOAST_STAYS);
  if (toasts.children.length > MOST_TOASTS) {
    toasts.firstElementChild.remove();
  }
  keepClear();
}

// A toast is a text, or a text with where it leads. What comes in bursts counts on in the toast that is there.
function show(said) {
  const next = typeof said === 'string' ? {text: said} : said;
  if (next.href === location.pathname && !next.burst) {
    return;
  }
  const before = next.burst && [...toasts.children].find(toast => toast.said?.burst?.text === next.burst.text);
  if (before) {
    const {burst} = before.said;
    before.said = {...next, burst: {...burst, count: burst.count + next.burst.count, cents: burst.cents + next.burst.cents}};
    before.until = Date.now() + TOAST_STAYS;
    write(before);
    return;
  }
  const toast = document.createElement('p');
  toast.className = 'toast';
  toast.said = next;
  toast.prepend(document.createElement('span'));
  write(toast);
  toasts.append(toast);
}

function write(toast) {
  const {text, href, burst} = toast.said;
  const page = burst?.count > 1 ? burst.href : href;
  const words = document.createElement(page ? 'a' : 'span');
  if (page) {
    words.href = page;
  }
  words.textContent = burst && (burst.count > 1 || !burst.href)
    ? burst.text.replace('{count}', burst.count.toLocaleString(language)).replace('{sum}', dollars.format(burst.cents / 100))
    : text;
  toast.firstElementChild.replaceWith(words);
}

// Toasts cover nothing that can be pressed: of the places at the right and at the left they take the lowest that is free.
// Where none is, the page gets room below, to be scrolled clear of them; clicks go through them all the same.
const PRESSED = 'button, [role=button], input:not([type=hidden]), select, textarea, summary, nav a';
const EDGE = 16;

function keepClear() {
  const {width, height, left, top} = toasts.getBoundingClientRect();
  if (!height) {
    document.body.style.paddingBottom = '';
    return;
  }
  const there = [...(document.querySelector('dialog[open]') ?? document).querySelectorAll(PRESSED)]
    .filter(each => !toasts.contains(each)).map(each => each.getBoundingClientRect())
    .filter(each => each.width && each.bottom > 0 && each.top < innerHeight);
  const isFree = (x, y) => there.every(each => each.right <= x || each.left >= x + width || each.bottom <= y
    || each.top >= y + height);
  const isWithin = left >= 0 && top >= 0 && left + width <= innerWidth && top + height <= innerHeight;
  if (isWithin && isFree(left, top)) {
    return;
  }
  for (let y = innerHeight - height - EDGE; y >= EDGE; y -= EDGE / 2) {
    for (const x of [document.documentElement.clientWidth - width - EDGE, EDGE]) {
      if (isFree(x, y)) {
        toasts.style.inset = `${y}px auto auto ${x}px`;
        document.body.style.paddingBottom = '';
        return;
      }
    }
  }
  toasts.style.inset = '';
  document.body.style.paddingBottom = `${height + 2 * EDGE}px`;
}

toasts.querySelectorAll('.toast').forEach(leave);
new MutationObserver(changes => {
  changes.forEach(change => change.addedNodes.forEach(node => {
    if (node.matches?.('.toast')) {
      leave(node);
    }
  }));
  if (!toasts.children.length) {
    toasts.style.inset = '';
  }
  keepClear();
}).observe(toasts, {childList: true});
addEventListener('scroll', keepClear, {passive: true});
addEventListener('resize', () => {
  toasts.style.inset = '';
  keepClear();
});

// What fails again and again is told once at a time.
function complain(text) {
  if (![...toasts.children].some(toast => toast.firstChild?.textContent === text)) {
    show(text);
  }
}

// A button that came under a pointer at rest is not what was aimed at: for two seconds a click on it does nothing. So the
// second click of a double click does not answer the question that the first has opened, nor press what the next row or the
// next page has in this place.
const SETTLES = 2000;
const NEAR = 8;
const NEAR_FOR_FINGERS = 24;
const pointer = {x: -1000, y: -1000, ready: new Map()};
const named = button => [button.form.getAttribute('action'), button.name, button.value, button.textContent.trim()].join();

// What can be pressed near the pointer, and from when on.
function notice(from = Date.now() + SETTLES) {
  const ready = new Map();
  document.querySelectorAll('form[method=post] :is(button, input[type=submit])').forEach(button => {
    const {left, right, top, bottom} = button.getBoundingClientRect();
    if (right > left && pointer.x > left - NEAR && pointer.x < right + NEAR && pointer.y > top - NEAR && pointer.y < bottom + NEAR) {
      ready.set(named(button), pointer.ready.get(named(button)) ?? from);
    }
  });
  pointer.ready = ready;
}

function aim({clientX, clientY, pointerType}) {
  const reach = pointerType === 'touch' ? NEAR_FOR_FINGERS : NEAR;
  if (Math.abs(clientX - pointer.x) > reach || Math.abs(clientY - pointer.y) > reach) {
    Object.assign(pointer, {x: clientX, y: clientY, ready: new Map()});
    notice(0);
  }
}

// Whoever has typed into a form means its button.
const typed = new WeakSet();
addEventListener('input', event => event.target.form && typed.add(event.target.form), {capture: true, passive: true});

['pointermove', 'pointerdown'].forEach(type => addEventListener(type, aim, {capture: true, passive: true}));
addEventListener('click', event => {
  // Those of the keyboard are no clicks of a pointer.
  if (!event.detail) {
    return;
  }
  const button = event.target.closest?.('form[method=post] :is(button, input[type=submit])');
  aim(event);
  notice();
  if (button && button.type === 'submit' && !typed.has(button.form) && Date.now() < (pointer.ready.get(named(button)) ?? 0)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  pointer.clicked = Date.now();
}, {capture: true});

// The pointer rests, too, while a page leads to the next.
const leads = () => sessionStorage.setItem('clicked', JSON.stringify({x: pointer.x, y: pointer.y, at: pointer.clicked ?? 0}));
if (window.navigation) {
  navigation.addEventListener('navigate', leads);
} else {
  addEventListener('pagehide', leads);
}
const before = JSON.parse(sessionStorage.getItem('clicked') ?? 'null');
sessionStorage.removeItem('clicked');
if (before) {
  Object.assign(pointer, {x: before.x, y: before.y});
  notice(before.at + SETTLES);
}

// What is scrolled or shifted comes under a pointer at rest, too.
['scroll', 'resize'].forEach(type => addEventListener(type, () => notice(), {capture: true, passive: true}));

// A click beside the answers to a question leaves the keyboard where it is.
questions?.addEventListener('mousedown', event => {
  if (!event.target.closest('a, button, input')) {
    event.preventDefault();
  }
});

let retry;

function refused(event) {
  const {requestConfig, xhr} = event.detail;
  return xhr.status === 422 && requestConfig.elt.matches('.filters');
}

// What is typed is measured as the server does it, composed and in code points. Nothing is cut off, but told before it is sent.
document.addEventListener('input', event => {
  const field = event.target;
  if (!field.matches?.('[data-max]')) {
    return;
  }
  const max = Number(field.dataset.max);
  const {length} = [...field.value.trim().normalize('NFC')];
  field.setCustomValidity(length > max
    ? document.body.dataset.tooLong.replace('{0}', max).replace('{1}', length) : '');
  let count = field.nextElementSibling?.matches('.count') ? field.nextElementSibling : undefined;
  if (length <= .8 * max) {
    count?.remove();
    return;
  }
  if (!count) {
    count = document.createElement('small');
    count.role = 'status';
    field.after(count);
  }
  count.className = length > max ? 'count problem' : 'count';
  count.textContent = `${length} / ${max}`;
});

// What htmx loads.
document.body.addEventListener('htmx:load', event => {
  writeTimes(event.detail.elt);
  if (event.detail.elt.dataset.toast) {
    show(event.detail.elt.dataset.toast);
  }
});
document.body.addEventListener('htmx:responseError', event => {
  const {elt, xhr} = event.detail;
  if (xhr.status === 403 && elt.matches(LIVE)) {
    // Whoever may not see the part any more may not see the page, and is told so by it.
    location.reload();
  } else if (xhr.status === 503 && elt.matches(BY_ITSELF)) {
    // There is too much to do: it is asked again in a while, by each page at a time of its own.
    clearTimeout(retry);
    retry = setTimeout(() => tell(shown()), 2000 + 3000 * Math.random());
  } else if (xhr.status !== 401) {
    complain(document.body.dataset.failed);
  }
});
document.body.addEventListener('htmx:sendError', () => {
  if (!document.hidden) {
    complain(document.body.dataset.unreachable);
  }
});
document.body.addEventListener('htmx:beforeSwap', event => {
  // What a form has made has a page of its own.
  const made = event.detail.xhr.status === 201 && event.detail.xhr.getResponseHeader('Location');
  if (made) {
    event.detail.shouldSwap = false;
    location.assign(made);
  }
  // What cannot be shown leaves what is shown, and its address, as they are; only the problems are swapped in.
  if (refused(event)) {
    event.detail.swapOverride = 'none';
  }
});
document.body.addEventListener('htmx:beforeSwap', event => {
  const {target, xhr} = event.detail;
  // What was asked about was settled meanwhile: its page says so.
  if (target.parentElement === questions && !xhr.response.includes('id="question-title"')) {
    event.detail.shouldSwap = false;
    location.assign(xhr.responseURL);
  }
});
document.body.addEventListener('htmx:afterSwap', event => {
  if (event.detail.target.parentElement === questions) {
    openDialog(questions);
  }
  notice();
  keepClear();
});
document.body.addEventListener('htmx:beforeHistoryUpdate', event => {
  if (refused(event)) {
    Object.assign(event.detail.history, {type: 'replace', path: location.pathname + location.search});
  }
});
document.body.addEventListener('htmx:afterRequest', () => {
  document.querySelectorAll('.filters:has(.problems) [name]').forEach(field => {
    const problem = document.getElementById(`${field.name}-error`);
    ['aria-invalid', 'aria-describedby'].forEach(name => field.removeAttribute(name));
    if (problem) {
      field.setAttribute('aria-invalid', 'true');
      field.setAttribute('aria-describedby', problem.id);
    }
  });
});
document.body.addEventListener('htmx:configRequest', event => {
  const {elt, verb, formData} = event.detail;
  // What is not filtered by has no place in the address.
  if (verb === 'get') {
    [...formData].filter(([, value]) => value === '').forEach(([name]) => formData.delete(name));
  }
  // Nobody looks; once somebody does, all is loaded anew.
  if (document.hidden && elt.matches(BY_ITSELF)) {
    event.preventDefault();
  }
  if (elt.matches('[data-rows]')) {
    reload(elt, event);
  }
});

// A list is loaded anew from where it begins as far as it was scrolled through. Of one that is longer than what can be had at
// once, it is only said that something has changed: whoever reads on stays where they are.
function reload(list, event) {
  const {formData, triggeringEvent} = event.detail;
  const begins = new URLSearchParams(location.search);
  ['after', 'day'].filter(name => begins.has(name)).forEach(name => formData.set(name, begins.get(name)));
  const rows = list.querySelectorAll('[data-row]').length;
  if (rows > MOST_ROWS) {
    event.preventDefault();
    if (triggeringEvent?.type.startsWith('live:') && !document.querySelector('.changed')) {
      const button = document.createElement('button');
      button.className = 'changed small';
      button.textContent = document.body.dataset.changed;
      button.addEventListener('click', () => {
        history.scrollRestoration = 'manual';
        location.reload();
      });
      list.before(button);
    }
  } else if (rows > 50) {
    formData.set('limit', rows);
  }
}

// Under a pointer a list stays as it is. What has gone is marked, what is new comes in at the end, and all is put in order once
// the pointer has left, or has not moved for half a minute, and some seconds after a click.
const HOLDS_MOVED = 30000;
const HOLDS_CLICKED = 5000;
const clicked = new Map();
const moved = new Map();

addEventListener('pointermove', event => {
  const list = event.target.closest?.('[data-rows]');
  if (list && event.pointerType !== 'touch') {
    moved.set(list.id, Date.now());
  }
}, {capture: true, passive: true});
addEventListener('click', event => {
  const list = event.target.closest?.('[data-rows]');
  if (list) {
    clicked.set(list.id, Date.now());
    moved.delete(list.id);
  }
}, {capture: true});

function isHeld(list) {
  return Date.now() < (clicked.get(list.id) ?? 0) + HOLDS_CLICKED
    || list.matches(':hover') && Date.now() < (moved.get(list.id) ?? 0) + HOLDS_MOVED;
}

function hold(list) {
  list.dataset.held = '';
}

setInterval(() => document.querySelectorAll('[data-held]').forEach(list => {
  if (!isHeld(list)) {
    delete list.dataset.held;
    tell(heardBy(list));
  }
}), 500);

document.body.addEventListener('htmx:beforeSwap', event => {
  const {target, xhr, shouldSwap} = event.detail;
  if (shouldSwap && event.detail.requestConfig.elt === target && target.matches('[data-rows]') && isHeld(target)) {
    const fresh = new DOMParser().parseFromString(xhr.response, 'text/html').getElementById(target.id);
    if (fresh && merge(target, fresh)) {
      event.detail.shouldSwap = false;
      hold(target);
      notice();
    }
  }
});
// A row that was answered stays where it is, as high as it was.
const heights = new WeakMap();
document.body.addEventListener('htmx:beforeSwap', ({detail: {target}}) => {
  if (target.matches('[data-row]')) {
    heights.set(target, target.getBoundingClientRect().height);
  }
});
document.body.addEventListener('htmx:afterSwap', ({detail: {target}}) => {
  const row = heights.has(target) && document.querySelector(`.done[data-row="${CSS.escape(target.dataset.row)}"]`);
  if (row) {
    row.style.height = row.style.minHeight = `${heights.get(target)}px`;
    hold(row.closest('[data-rows]'));
  }
});

function merge(list, fresh) {
  const body = list.querySelector('tbody');
  const rows = [...list.querySelectorAll('[data-row]')];
  if (!body || rows.some(row => !row.dataset.row)) {
    return false;
  }
  const next = new Map([...fresh.querySelectorAll('[data-row]')].map(row => [row.dataset.row, row]));
  // Behind the last of those that came, there are others, which were not asked for.
  const end = fresh.querySelector('.more') ? rows.findLastIndex(row => next.has(row.dataset.row)) : rows.length;
  rows.forEach((row, number) => {
    const now = next.get(row.dataset.row);
    next.delete(row.dataset.row);
    if (row.matches('.done') || row.querySelector('.htmx-request') || row.contains(document.activeElement)) {
      return;
    }
    if (now) {
      row.replaceWith(now);
      begin(now);
    } else if (number < end) {
      markGone(row);
    }
  });
  next.forEach(row => {
    body.insertBefore(row, body.querySelector('.more'));
    begin(row);
  });
  return true;
}

function begin(row) {
  htmx.process(row);
  writeTimes(row);
}

function markGone(row) {
  row.classList.add('gone');
  row.querySelectorAll('button').forEach(button => {
    button.type = 'button';
    button.setAttribute('aria-disabled', 'true');
    button.textContent = document.body.dataset.gone;
  });
}

// What htmx swaps keeps the keyboard's place and how far a part was scrolled; htmx itself does so for what has an id.
let place;
const alike = element => [element.tagName, element.getAttribute('href') ?? element.form?.getAttribute('action'),
  element.ariaLabel, element.textContent].join();

document.body.addEventListener('htmx:beforeSwap', event => {
  const {target} = event.detail;
  const active = document.activeElement;
  place = {
    focused: !active.id && target !== active && target.contains(active) ? alike(active) : undefined,
    scrolled: [...target.querySelectorAll('.tall')].map(part => [part.ariaLabel, part.scrollTop]),
  };
});
document.body.addEventListener('htmx:afterRequest', () => {
  if (place?.focused && document.activeElement === document.body) {
    [...document.querySelectorAll('main :is(a, button, [tabindex])')].find(each => alike(each) === place.focused)
      ?.focus({preventScroll: true});
  }
  place?.scrolled.forEach(([label, top]) => [...document.querySelectorAll('.tall')]
    .filter(part => part.ariaLabel === label).forEach(part => part.scrollTop = top));
  place = undefined;
});

// Money is written alike in every language.
const dollars = new Intl.NumberFormat('en-US', {style: 'currency', currency: 'USD'});

// A chart shows what the table beside it says: labels from the rows' first cells, values from cells with data-value.
function draw(canvas) {
  Chart.getChart(canvas)?.destroy();
  const table = document.getElementById(canvas.dataset.table);
  const rows = [...table.tBodies[0].rows];
  const style = getComputedStyle(document.documentElement);
  const colours = ['--good', '--second', '--third'].map(name => style.getPropertyValue(name));
  const columns = [...table.tHead.rows[0].cells].map((head, column) => ({head, column}))
    .filter(({column}) => rows.some(row => row.cells[column]?.dataset.value !== undefined));
  const grid = {color: style.getPropertyValue('--line')};
  const ticks = {color: style.getPropertyValue('--quiet')};
  const money = columns.some(({head}) => head.classList.contains('money'));
  const write = value => money ? `${value < 0 ? '−' : ''}${dollars.format(Math.abs(value))}` : value;
  new Chart(canvas, {
    type: canvas.dataset.chart,
    data: {
      labels: rows.map(row => row.cells[0].textContent.trim()),
      datasets: columns.map(({head, column}, number) => ({
        label: head.textContent.trim(),
        data: rows.map(row => Number(row.cells[column].dataset.value)),
        borderColor: colours[number], backgroundColor: colours[number], borderWidth: 2, pointRadius: 2, tension: .2,
      })),
    },
    options: {
      animation: false, maintainAspectRatio: false,
      scales: {x: {grid: {display: false}, ticks}, y: {grid, ticks: {...ticks, precision: 0, callback: write}, beginAtZero: true}},
      plugins: {
        legend: {display: columns.length > 1, labels: ticks},
        tooltip: {callbacks: {label: ({dataset, parsed}) => `${dataset.label}: ${write(parsed.y)}`}},
      },
    },
  });
}

function drawWithin(element) {
  element.querySelectorAll('canvas[data-chart]').forEach(draw);
}

drawWithin(document);
document.body.addEventListener('htmx:load', event => drawWithin(event.detail.elt));
const redraw = () => drawWithin(document);
document.addEventListener('theme', redraw);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);

// Live updates. Browsers allow six connections a host, so of all pages that can be seen one holds the stream, and passes on
// what it hears.
const address = document.body.dataset.live;
const others = new BroadcastChannel('live');
let waiting;
let stream;
let release;
let again;

// What is heard while a part is being loaded waits until that has been swapped in: htmx forgets what waits for a part that
// goes, and what comes may be from before.
const told = new Set();

function tell(names) {
  names.forEach(name => told.add(name));
  if (!document.querySelector(`${LIVE}.htmx-request, .filters.htmx-request`)) {
    const now = [...told];
    told.clear();
    now.forEach(name => htmx.trigger(document.body, `live:${name}`));
  }
}

document.body.addEventListener('htmx:afterRequest', () => {
  if (told.size) {
    setTimeout(() => tell([]));
  }
});

function heardBy(...parts) {
  const triggers = parts.map(each => each.getAttribute('hx-trigger'));
  return [...new Set(triggers.join().match(/(?<=live:)[\w-]+/g))];
}

function shown() {
  return heardBy(...document.querySelectorAll(LIVE));
}

function hear(update) {
  // Something may have happened between a page and its stream.
  tell(update.names.includes('ready') ? shown() : update.names);
  update.toasts.forEach(show);
}

others.addEventListener('message', event => {
  if (waiting) {
    hear(event.data);
  }
});

function connect() {
  stream = new EventSource(address);
  stream.addEventListener('message', event => {
    const update = JSON.parse(event.data);
    hear(update);
    others.postMessage(update);
  });
  stream.addEventListener('error', () => {
    if (stream?.readyState === EventSource.CLOSED) {
      again = setTimeout(() => {
        tell(shown());
        connect();
      }, 10000);
    }
  });
}

function holdStream() {
  return new Promise(done => {
    release = done;
    connect();
  });
}

async function listen() {
  if (!address || waiting || document.hidden || !shown().length) {
    return;
  }
  waiting = new AbortController();
  const {signal} = waiting;
  await navigator.locks.request('live', {ifAvailable: true}, lock => lock ? holdStream() : tell(shown()));
  if (!signal.aborted) {
    navigator.locks.request('live', {signal}, holdStream).catch(() => {});
  }
}

function hush() {
  waiting?.abort();
  waiting = undefined;
  clearTimeout(again);
  stream?.close();
  stream = undefined;
  release?.();
}

document.addEventListener('visibilitychange', () => document.hidden ? hush() : listen());
addEventListener('pagehide', hush);
addEventListener('pageshow', listen);
