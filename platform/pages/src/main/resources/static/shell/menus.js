// Language and theme are stored in cookies, which all services share, because cookies ignore ports.
document.addEventListener('click', event => {
  const choice = event.target.closest('[data-cookie] [data-value]');
  if (choice) {
    const choices = choice.closest('[data-cookie]');
    document.cookie = `${choices.dataset.cookie}=${choice.dataset.value}; path=/; max-age=31536000; samesite=lax${location.protocol === 'https:' ? '; secure' : ''}`;
    if ('reload' in choices.dataset) {
      // drafts.js handles the event, so that typed text survives the reload.
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
  document.querySelectorAll('details.dropdown[open]').forEach(menu => {
    if (!menu.contains(event.target)) {
      menu.open = false;
    }
  });
});

// On a phone a service's menu is wider than the page and has to be scrolled.
document.querySelector('.tabs [aria-current]')?.scrollIntoView({block: 'nearest', inline: 'center'});
