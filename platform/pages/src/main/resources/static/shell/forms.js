document.addEventListener('click', event => {
  const copied = event.target.closest('[data-copy]');
  if (copied) {
    navigator.clipboard?.writeText(document.getElementById(copied.dataset.copy).value);
  }
});

// A second click while a form is being sent does nothing; the server would apply it once anyway. No event reports that
// the user has stopped the request, so after five seconds it may be sent again. GET forms are not limited: a download,
// for example, leaves the page open.
document.addEventListener('submit', event => {
  if (event.target.matches('[data-sent][method=post]:not([hx-post])') && Date.now() - event.target.dataset.sent < 5000) {
    event.preventDefault();
    return;
  }
  event.target.dataset.sent = Date.now();
});
addEventListener('pageshow', () => document.querySelectorAll('[data-sent]').forEach(form => delete form.dataset.sent));

// The length of typed text is counted as on the server: composed (NFC), in code points. Text that is too long is
// reported before it is sent, and not truncated.
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
