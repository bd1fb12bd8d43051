import {toasts} from './toasts.js';

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
  // A link with the role of a button reacts to the space key as buttons do.
  if (event.key === ' ' && event.target.matches?.('a[role=button]')) {
    event.preventDefault();
    event.target.click();
  }
});
