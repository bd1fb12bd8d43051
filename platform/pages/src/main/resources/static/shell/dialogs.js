import {toasts} from './toasts.js';

// Content outside of an open modal dialog is inert, also for screen readers, so the toasts move into it.
export function openDialog(dialog) {
  if (!dialog.open) {
    dialog.showModal();
    dialog.append(toasts);
    dialog.addEventListener('close', () => document.body.append(toasts), {once: true});
  }
}

// A confirmation is a page of its own; the dialog shows its content.
export const questions = document.getElementById('question');

function ask(link) {
  if (!link.matches('.htmx-request')) {
    htmx.ajax('GET', link.href, {
      source: link, target: '#question > article', select: 'main .question', swap: 'innerHTML ignoreTitle:true',
    });
  }
}

document.addEventListener('click', event => {
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
});

// A click beside a confirmation's buttons keeps the focus.
questions?.addEventListener('mousedown', event => {
  if (!event.target.closest('a, button, input')) {
    event.preventDefault();
  }
});
