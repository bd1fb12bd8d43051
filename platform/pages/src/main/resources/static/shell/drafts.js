import {complain} from './toasts.js';

// Drafts: typed and unsent text survives the end of a session, a change of language, Escape in a dialog and leaving the
// page. A draft stays in this tab and belongs to its user. It is deleted when it was sent, when its user signs out, and
// after twelve hours, before the server deletes its idempotency key. Passwords are never stored.
const DRAFT = 'ates.draft:';
const CARRIED = 'ates.carried';
const SENT = 'ates_sent_';
const SIGNED_OUT = 'ates_signed_out';
const NOT_SENT = 'ates_not_sent';
const MOST_DRAFTS = 20;
const LONGEST_DRAFT = 50000;
const OLDEST_DRAFT = 12 * 3600 * 1000;
const NOT_TYPED = ['_csrf', 'once', 'version', 'draft'];

const viewer = document.body.dataset.viewer;
const storage = (() => {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
})();

function cookie(name) {
  return document.cookie.split('; ').find(each => each.startsWith(`${name}=`))?.slice(name.length + 1);
}

function draftKeys() {
  return viewer && storage ? Object.keys(storage).filter(key => key.startsWith(DRAFT)) : [];
}

function readDraft(key) {
  try {
    return JSON.parse(storage?.getItem(key));
  } catch {
    return null;
  }
}

function writeDraft(key, draft) {
  const text = JSON.stringify(draft);
  storage?.removeItem(key);
  if (text.length <= LONGEST_DRAFT) {
    try {
      storage?.setItem(key, text);
    } catch {
      // The storage is full; the other drafts stay.
    }
  }
  const byAge = draftKeys().sort((one, other) => (readDraft(other)?.at ?? 0) - (readDraft(one)?.at ?? 0));
  byAge.slice(MOST_DRAFTS).forEach(each => storage.removeItem(each));
}

// Deletes drafts of other users, of users who have signed out of any service since, drafts that are too old, and drafts
// that the server has received.
function forgetDrafts() {
  const signedOut = Number(cookie(SIGNED_OUT) ?? 0);
  draftKeys().forEach(key => {
    const draft = readDraft(key);
    const isSent = draft && cookie(SENT + draft.once) !== undefined;
    if (!draft || isSent || !key.startsWith(`${DRAFT}${viewer}:`) || draft.at <= signedOut
        || draft.at < Date.now() - OLDEST_DRAFT) {
      storage.removeItem(key);
    }
    if (isSent) {
      document.cookie = `${SENT}${draft.once}=; path=/; max-age=0`;
    }
  });
}

function typedFields(form) {
  return [...form.elements].filter(field => field.name && !NOT_TYPED.includes(field.name)
    && field.matches('input:not([type=hidden], [type=password], [type=file], [type=radio], [type=submit]), textarea, select')
    && !/password|one-time-code/.test(field.autocomplete));
}

function isKept(form) {
  return viewer && form.method === 'post' && form.elements.namedItem('once') && typedFields(form).length > 0;
}

function valueOf(field) {
  return field.type === 'checkbox' ? field.checked : field.value;
}

function shownFirst(field) {
  if (field.type === 'checkbox') {
    return field.defaultChecked;
  }
  return field.matches('select')
    ? ([...field.options].find(option => option.defaultSelected) ?? field.options[0])?.value
    : field.defaultValue;
}

function fill(field, value) {
  if (field.type === 'checkbox') {
    field.checked = value;
  } else if (!field.matches('select') || [...field.options].some(option => option.value === value)) {
    field.value = value;
  }
}

function addressOf(form) {
  return new URL(form.getAttribute('action') ?? '', location).pathname;
}

/* Identifies a form by its address and its hidden fields, such as the id of a task. */
function keyOf(form) {
  const about = [...form.elements].filter(field => field.type === 'hidden' && !NOT_TYPED.includes(field.name))
    .map(field => `${field.name}=${field.value}`).sort().join('&');
  return `${DRAFT}${viewer}:${addressOf(form)}?${about}`;
}

function addressIn(key) {
  return key.slice(`${DRAFT}${viewer}:`.length).split('?')[0];
}

// A confirmation repeats the typed fields of its form.
function isCarrying(form) {
  return viewer && !isKept(form) && form.elements.namedItem('once') && form.elements.namedItem('draft');
}

function pageOf(form) {
  return form.closest('dialog')?.dataset.from ?? location.pathname + location.search;
}

// Whether the form comes back from the server, filled in and with its errors.
function isAnswered(form) {
  return form.dataset.answered !== undefined;
}

function keep(form, isBeingSent = false) {
  const key = keyOf(form);
  const before = readDraft(key);
  const fields = {};
  const typed = typedFields(form);
  typed.filter(field => valueOf(field) !== shownFirst(field) || before && field.name in before.fields)
    .forEach(field => fields[field.name] = valueOf(field));
  if (!isAnswered(form) && typed.every(field => valueOf(field) === shownFirst(field))) {
    storage?.removeItem(key);
    return;
  }
  writeDraft(key, {
    at: Date.now(), page: before?.page ?? pageOf(form), once: form.elements.namedItem('once').value,
    version: form.elements.namedItem('version')?.value, isBeingSent, fields,
  });
}

function restore(form) {
  if (!isKept(form) || form.elements.namedItem('draft')) {
    return;
  }
  form.append(Object.assign(document.createElement('input'), {type: 'hidden', name: 'draft', value: 'kept'}));
  const draft = readDraft(keyOf(form));
  if (!draft) {
    return;
  }
  if (isAnswered(form)) {
    keep(form);
    return;
  }
  const once = form.elements.namedItem('once');
  const version = form.elements.namedItem('version');
  const shown = [once.value, version?.value];
  const typed = typedFields(form).filter(field => field.name in draft.fields);
  typed.forEach(field => fill(field, draft.fields[field.name]));
  if (typed.every(field => valueOf(field) === shownFirst(field))) {
    storage.removeItem(keyOf(form));
    return;
  }
  // With its old key, a form that the server has received takes effect once; with its old version, an edit conflicts
  // with later changes instead of overwriting them.
  once.value = draft.once;
  if (version && draft.version !== undefined) {
    version.value = draft.version;
  }
  form.prepend(note(draft, () => {
    storage.removeItem(keyOf(form));
    typed.forEach(field => fill(field, shownFirst(field)));
    once.value = shown[0];
    if (version) {
      version.value = shown[1];
    }
  }));
  typed.forEach(field => field.dispatchEvent(new Event('input', {bubbles: true})));
}

function note(draft, discard, ...actions) {
  const paragraph = document.createElement('p');
  paragraph.className = 'kept note';
  paragraph.setAttribute('role', 'status');
  const text = document.createElement('span');
  text.textContent = document.body.dataset.kept;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'outline small';
  button.textContent = document.body.dataset.discard;
  button.addEventListener('click', () => {
    paragraph.remove();
    discard();
  });
  paragraph.append(text, ...actions, button);
  return paragraph;
}

function openerOf(draft) {
  return [...document.querySelectorAll('a[data-dialog]')].find(each => each.getAttribute('href') === draft.page);
}

// Shows a note for each draft whose form is not visible: one in a closed dialog, or one on another page.
function announce() {
  document.querySelectorAll('main > .kept').forEach(each => each.remove());
  const visible = [...document.forms].filter(form => isKept(form) && !form.closest('dialog:not([open])')).map(keyOf);
  const carried = [...document.forms].filter(isCarrying).map(addressOf);
  draftKeys().filter(key => !visible.includes(key) && !carried.includes(addressIn(key))).forEach(key => {
    const draft = readDraft(key);
    if (!draft.isBeingSent && !openerOf(draft)) {
      return;
    }
    const show = document.createElement('a');
    show.href = draft.page;
    show.textContent = document.body.dataset.show;
    show.addEventListener('click', event => {
      const opener = openerOf(draft);
      if (opener) {
        event.preventDefault();
        opener.click();
      }
    });
    document.querySelector('main h1')?.after(note(draft, () => storage.removeItem(key), show));
  });
}

// Reloads the page, for example in another language. The answer to a form cannot be reloaded; the form's page is loaded
// instead.
function showAnew() {
  const form = [...document.forms].find(each => isKept(each) && isAnswered(each));
  if (!viewer) {
    const fields = [...document.forms].flatMap(typedFields).map(field => [field.name, valueOf(field)]);
    storage?.setItem(CARRIED, JSON.stringify({page: location.pathname, fields}));
  }
  if ('answer' in document.body.dataset) {
    const referrer = document.referrer.startsWith(`${location.origin}/`) ? document.referrer : '/';
    location.assign((form && readDraft(keyOf(form))?.page) ?? referrer);
  } else {
    location.reload();
  }
}

// Without a signed-in user, typed text survives one reload and no more.
function takeOver() {
  const carried = readDraft(CARRIED);
  storage?.removeItem(CARRIED);
  if (carried?.page === location.pathname) {
    carried.fields.forEach(([name, value]) => [...document.forms].flatMap(typedFields)
      .filter(field => field.name === name).forEach(field => fill(field, value)));
  }
}

document.addEventListener('show-anew', event => {
  event.preventDefault();
  showAnew();
});
document.addEventListener('input', event => {
  if (event.target.form && isKept(event.target.form)) {
    keep(event.target.form);
  }
});
document.addEventListener('submit', event => {
  const form = event.target;
  if (addressOf(form) === '/logout') {
    document.cookie = `${SIGNED_OUT}=${Date.now()}; path=/; max-age=${OLDEST_DRAFT / 1000}; samesite=lax${
      location.protocol === 'https:' ? '; secure' : ''}`;
    draftKeys().forEach(key => storage.removeItem(key));
  } else if (isKept(form)) {
    keep(form, true);
  } else if (isCarrying(form)) {
    draftKeys().filter(key => addressIn(key) === addressOf(form) && readDraft(key).isBeingSent).forEach(
      key => writeDraft(key, {...readDraft(key), once: form.elements.namedItem('once').value}));
  }
});
document.addEventListener('click', event => {
  const opener = event.target.closest?.('a[data-dialog]');
  if (opener) {
    document.getElementById(opener.dataset.dialog).dataset.from = opener.getAttribute('href');
    document.querySelectorAll('main > .kept').forEach(each => each.remove());
  }
});
document.addEventListener('close', announce, true);
let posted = false;
document.body.addEventListener('htmx:beforeSwap', event => {
  posted = event.detail.requestConfig.verb === 'post';
});
document.body.addEventListener('htmx:load', event => {
  const part = event.detail.elt;
  const forms = part.matches('form') ? [part] : [...part.querySelectorAll('form')];
  forms.forEach(form => {
    if (posted) {
      form.dataset.answered = '';
    }
    restore(form);
  });
});
addEventListener('pageshow', event => {
  if (event.persisted) {
    forgetDrafts();
    announce();
  }
});

// The server refused a form because the session had ended. If the form has a draft, the draft's note reports it
// instead.
function reportNotSent() {
  if (viewer && cookie(NOT_SENT)) {
    document.cookie = `${NOT_SENT}=; path=/; max-age=0`;
    if (!document.querySelector('.kept')) {
      complain(document.body.dataset.notSent);
    }
  }
}

forgetDrafts();
[...document.forms].filter(form => 'answer' in document.body.dataset && addressOf(form) === location.pathname)
  .forEach(form => form.dataset.answered = '');
[...document.forms].forEach(restore);
announce();
reportNotSent();
takeOver();
