document.addEventListener('click', event => {
  const copied = event.target.closest('[data-copy]');
  if (copied) {
    navigator.clipboard?.writeText(document.getElementById(copied.dataset.copy).value);
  }
});

// A second click while a form is under way does nothing; the server would do it once anyway. Nothing tells that it was
// stopped, so after a while it may be sent again. What is only asked for may be asked for again at once, such as a file, after
// which the page is still there.
document.addEventListener('submit', event => {
  if (event.target.matches('[data-sent][method=post]:not([hx-post])') && Date.now() - event.target.dataset.sent < 5000) {
    event.preventDefault();
    return;
  }
  event.target.dataset.sent = Date.now();
});
addEventListener('pageshow', () => document.querySelectorAll('[data-sent]').forEach(form => delete form.dataset.sent));

// What is typed is measured as the server does it, composed and in code points. Nothing is cut off, but told before it is sent.
document.addEventListener('input', event => {
  const field = event.target;
  if (!field.matches?.('[data-max]')) {
    return;
  }
  const max = Number(field.dataset.max);
  const {length} = [...field.value.trim().normalize('NFC')];
  field.setCustomValidity(length > max
    ? document.body.dataset.tooLong.replace('{0}', max).replace('{1}', length) : '');
  let count = field.nextElementSibling?.matches('.count') ? field.nextElementSibling : undefined;
  if (length <= .8 * max) {
    count?.remove();
    return;
  }
  if (!count) {
    count = document.createElement('small');
    count.role = 'status';
    field.after(count);
  }
  count.className = length > max ? 'count problem' : 'count';
  count.textContent = `${length} / ${max}`;
});
