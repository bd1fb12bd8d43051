import {show} from './toasts.js';

// Live updates. Browsers allow six connections a host, so of all pages that can be seen one holds the stream, and passes on
// what it hears.
export const LIVE = '[hx-trigger*="live:"]';
const address = document.body.dataset.live;
const others = new BroadcastChannel('live');
let waiting;
let stream;
let release;
let again;

// What is heard while a part is being loaded waits until that has been swapped in: htmx forgets what waits for a part that
// goes, and what comes may be from before.
const told = new Set();

export function tell(names) {
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

export function heardBy(...parts) {
  const triggers = parts.map(each => each.getAttribute('hx-trigger'));
  return [...new Set(triggers.join().match(/(?<=live:)[\w-]+/g))];
}

export function shown() {
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
