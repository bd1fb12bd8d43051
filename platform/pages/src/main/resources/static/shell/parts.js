import {notice} from './clicks.js';
import {openDialog, questions} from './dialogs.js';
import {LIVE, shown, trigger} from './live.js';
import {writeTimes} from './times.js';
import {complain, keepClear, show} from './toasts.js';

const BY_ITSELF = `${LIVE}, [hx-trigger^="every"]`;

let retry;

function refused(event) {
  const {requestConfig, xhr} = event.detail;
  return xhr.status === 422 && requestConfig.elt.matches('.filters');
}

// The parts of pages that htmx loads.
document.body.addEventListener('htmx:load', event => {
  writeTimes(event.detail.elt);
  if (event.detail.elt.dataset.toast) {
    show(event.detail.elt.dataset.toast);
  }
});
document.body.addEventListener('htmx:responseError', event => {
  const {elt, xhr} = event.detail;
  if (xhr.status === 403 && elt.matches(LIVE)) {
    // A user who has lost access to the part has lost it to the page, which then says so.
    location.reload();
  } else if (xhr.status === 503 && elt.matches(BY_ITSELF)) {
    // The service is overloaded. A random delay spreads the retries of many pages.
    clearTimeout(retry);
    retry = setTimeout(() => trigger(shown()), 2000 + 3000 * Math.random());
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
  // Leads to the page of the created resource.
  const made = event.detail.xhr.status === 201 && event.detail.xhr.getResponseHeader('Location');
  if (made) {
    event.detail.shouldSwap = false;
    location.assign(made);
  }
  // Invalid filters keep the list and its address; only the errors are swapped in.
  if (refused(event)) {
    event.detail.swapOverride = 'none';
  }
});
document.body.addEventListener('htmx:beforeSwap', event => {
  const {target, xhr} = event.detail;
  // The answer without a question is the page of an item that needs no confirmation any more.
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
// A part of a form that the server writes anew where a text holds one of these characters. Its answer is dropped if
// something else was typed since; typing goes first, and its own change asks again.
function asksAbout(part, typed) {
  return typed.some(field => field.value.length <= 1000
    && [...part.dataset.asksAbout].some(each => field.value.includes(each)));
}
document.body.addEventListener('htmx:configRequest', event => {
  const {elt} = event.detail;
  if (elt.matches('[data-asks-about]') && !asksAbout(elt, [...elt.querySelectorAll('[name]')])) {
    event.preventDefault();
  }
});
// What the server wrote there was typed, as far as a draft of the form goes.
document.body.addEventListener('htmx:load', event => {
  if (event.detail.elt.matches('[data-asks-about]')) {
    event.detail.elt.querySelectorAll('[name]').forEach(field => {
      const {value} = field;
      field.defaultValue = '';
      field.value = value;
      field.dispatchEvent(new Event('input', {bubbles: true}));
    });
  }
});
document.body.addEventListener('htmx:beforeSwap', event => {
  const {elt, formData} = event.detail.requestConfig;
  if (elt.matches('[data-asks-about]') && [...elt.querySelectorAll('[name]')]
      .some(field => field.value !== (formData.get(field.name) ?? ''))) {
    event.detail.shouldSwap = false;
  }
});
document.body.addEventListener('htmx:configRequest', event => {
  const {elt, verb, formData} = event.detail;
  // Empty filters are left out of the address.
  if (verb === 'get') {
    [...formData].filter(([, value]) => value === '').forEach(([name]) => formData.delete(name));
  }
  // A hidden page does not reload its parts; it reloads all of them when it is shown.
  if (document.hidden && elt.matches(BY_ITSELF)) {
    event.preventDefault();
  }
});
