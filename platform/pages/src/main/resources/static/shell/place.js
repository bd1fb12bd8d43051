// Keeps the focus and the scroll positions when htmx swaps a part; htmx itself does so only for elements with an id.
let place;
const alike = element => [element.tagName, element.getAttribute('href') ?? element.form?.getAttribute('action'),
  element.ariaLabel, element.textContent].join();

document.body.addEventListener('htmx:beforeSwap', event => {
  const {target} = event.detail;
  const active = document.activeElement;
  place = {
    focused: !active.id && target !== active && target.contains(active) ? alike(active) : undefined,
    scrolled: [...target.querySelectorAll('.tall')].map(part => [part.ariaLabel, part.scrollTop]),
  };
});
document.body.addEventListener('htmx:afterRequest', () => {
  if (place?.focused && document.activeElement === document.body) {
    [...document.querySelectorAll('main :is(a, button, [tabindex])')].find(each => alike(each) === place.focused)
      ?.focus({preventScroll: true});
  }
  place?.scrolled.forEach(([label, top]) => [...document.querySelectorAll('.tall')]
    .filter(part => part.ariaLabel === label).forEach(part => part.scrollTop = top));
  place = undefined;
});
