import {toasts} from './toasts.js';

// Nothing outside of an open dialog can be seen or heard, so the toasts go with it.
export function openDialog(dialog) {
  if (!dialog.open) {
    dialog.showModal();
    dialog.append(toasts);
    dialog.addEventListener('close', () => document.body.append(toasts), {once: true});
  }
}

// A question has a page of its own, from which a dialog takes it.
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

// A click beside the answers to a question leaves the keyboard where it is.
questions?.addEventListener('mousedown', event => {
  if (!event.target.closest('a, button, input')) {
    event.preventDefault();
  }
});
