import {dollars} from './money.js';
import {language} from './times.js';

// Toasts disappear after some seconds, unless the pointer or the focus is on them.
export const toasts = document.getElementById('toasts');
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

// Shows a toast from a text, or from an object {text, href, burst}. Toasts of one burst add up in one toast.
export function show(message) {
  const next = typeof message === 'string' ? {text: message} : message;
  if (next.href === location.pathname && !next.burst) {
    return;
  }
  const before = next.burst && [...toasts.children].find(toast => toast.message?.burst?.text === next.burst.text);
  if (before) {
    const {burst} = before.message;
    before.message = {
      ...next, burst: {...burst, count: burst.count + next.burst.count, cents: burst.cents + next.burst.cents},
    };
    before.until = Date.now() + TOAST_STAYS;
    write(before);
    return;
  }
  const toast = document.createElement('p');
  toast.className = 'toast';
  toast.message = next;
  toast.prepend(document.createElement('span'));
  write(toast);
  toasts.append(toast);
}

function write(toast) {
  const {text, href, burst} = toast.message;
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

// Toasts never cover a control: they take the lowest free position at the right or the left. Without one, the page gets
// room at the bottom, so that it can be scrolled clear of them; clicks pass through toasts.
const PRESSED = 'button, [role=button], input:not([type=hidden]), select, textarea, summary, nav a';
const EDGE = 16;

export function keepClear() {
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

// Shows an error, unless the same one is shown already.
export function complain(text) {
  if (![...toasts.children].some(toast => toast.firstChild?.textContent === text)) {
    show(text);
  }
}
