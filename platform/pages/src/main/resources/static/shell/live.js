import {show} from './toasts.js';

// Live updates. Browsers allow six connections a host, so one of all visible pages holds the stream, and forwards its
// updates to the others.
export const LIVE = '[hx-trigger*="live:"]';
const address = document.body.dataset.live;
const others = new BroadcastChannel('live');
let waiting;
let stream;
let release;
let again;

// Updates that arrive while a part is being loaded wait until it has been swapped in: htmx drops the queued requests of
// a replaced part, and the part itself may be from before the change.
const pending = new Set();

export function trigger(names) {
  names.forEach(name => pending.add(name));
  if (!document.querySelector(`${LIVE}.htmx-request, .filters.htmx-request`)) {
    const now = [...pending];
    pending.clear();
    now.forEach(name => htmx.trigger(document.body, `live:${name}`));
  }
}

document.body.addEventListener('htmx:afterRequest', () => {
  if (pending.size) {
    setTimeout(() => trigger([]));
  }
});

// The names of the updates that reload these parts.
export function namesOf(...parts) {
  const triggers = parts.map(each => each.getAttribute('hx-trigger'));
  return [...new Set(triggers.join().match(/(?<=live:)[\w-]+/g))];
}

export function shown() {
  return namesOf(...document.querySelectorAll(LIVE));
}

function receive(update) {
  // Changes between the load of the page and the start of its stream were not sent.
  trigger(update.names.includes('ready') ? shown() : update.names);
  update.toasts.forEach(show);
}

others.addEventListener('message', event => {
  if (waiting) {
    receive(event.data);
  }
});

function connect() {
  stream = new EventSource(address);
  stream.addEventListener('message', event => {
    const update = JSON.parse(event.data);
    receive(update);
    others.postMessage(update);
  });
  stream.addEventListener('error', () => {
    if (stream?.readyState === EventSource.CLOSED) {
      again = setTimeout(() => {
        trigger(shown());
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
  await navigator.locks.request('live', {ifAvailable: true}, lock => lock ? holdStream() : trigger(shown()));
  if (!signal.aborted) {
    navigator.locks.request('live', {signal}, holdStream).catch(() => {});
  }
}

function disconnect() {
  waiting?.abort();
  waiting = undefined;
  clearTimeout(again);
  stream?.close();
  stream = undefined;
  release?.();
}

document.addEventListener('visibilitychange', () => document.hidden ? disconnect() : listen());
addEventListener('pagehide', disconnect);
addEventListener('pageshow', listen);
