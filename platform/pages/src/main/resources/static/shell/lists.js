import {notice} from './clicks.js';
import {namesOf, trigger} from './live.js';
import {writeTimes} from './times.js';

const MOST_ROWS = 200;

document.body.addEventListener('htmx:configRequest', event => {
  if (event.detail.elt.matches('[data-rows]')) {
    reload(event.detail.elt, event);
  }
});

// A list is reloaded from its first row to its last loaded one. If that is more than one request returns, a button only
// reports the change, so that the reader keeps the scroll position.
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

// A list under a pointer keeps its rows in place. Removed rows are marked, and new rows are added at the end. The list
// is reloaded in order when the pointer has left or has not moved for half a minute, and some seconds after a click.
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
    trigger(namesOf(list));
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
// A row whose button was pressed keeps its place and its height.
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
  // Rows behind the last of the loaded ones were not requested, so they are not gone.
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
