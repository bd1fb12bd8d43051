// A button that came under a pointer at rest is not what was aimed at: for two seconds a click on it does nothing. So the
// second click of a double click does not answer the question that the first has opened, nor press what the next row or the
// next page has in this place.
const SETTLES = 2000;
const NEAR = 8;
const NEAR_FOR_FINGERS = 24;
const pointer = {x: -1000, y: -1000, ready: new Map()};
const named = button => [button.form.getAttribute('action'), button.name, button.value, button.textContent.trim()].join();

// What can be pressed near the pointer, and from when on.
export function notice(from = Date.now() + SETTLES) {
  const ready = new Map();
  document.querySelectorAll('form[method=post] :is(button, input[type=submit])').forEach(button => {
    const {left, right, top, bottom} = button.getBoundingClientRect();
    if (right > left && pointer.x > left - NEAR && pointer.x < right + NEAR && pointer.y > top - NEAR && pointer.y < bottom + NEAR) {
      ready.set(named(button), pointer.ready.get(named(button)) ?? from);
    }
  });
  pointer.ready = ready;
}

function aim({clientX, clientY, pointerType}) {
  const reach = pointerType === 'touch' ? NEAR_FOR_FINGERS : NEAR;
  if (Math.abs(clientX - pointer.x) > reach || Math.abs(clientY - pointer.y) > reach) {
    Object.assign(pointer, {x: clientX, y: clientY, ready: new Map()});
    notice(0);
  }
}

// Whoever has typed into a form means its button.
const typed = new WeakSet();
addEventListener('input', event => event.target.form && typed.add(event.target.form), {capture: true, passive: true});

['pointermove', 'pointerdown'].forEach(type => addEventListener(type, aim, {capture: true, passive: true}));
addEventListener('click', event => {
  // Those of the keyboard are no clicks of a pointer.
  if (!event.detail) {
    return;
  }
  const button = event.target.closest?.('form[method=post] :is(button, input[type=submit])');
  aim(event);
  notice();
  if (button && button.type === 'submit' && !typed.has(button.form) && Date.now() < (pointer.ready.get(named(button)) ?? 0)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  pointer.clicked = Date.now();
}, {capture: true});

// The pointer rests, too, while a page leads to the next.
const leads = () => sessionStorage.setItem('clicked', JSON.stringify({x: pointer.x, y: pointer.y, at: pointer.clicked ?? 0}));
if (window.navigation) {
  navigation.addEventListener('navigate', leads);
} else {
  addEventListener('pagehide', leads);
}
const before = JSON.parse(sessionStorage.getItem('clicked') ?? 'null');
sessionStorage.removeItem('clicked');
if (before) {
  Object.assign(pointer, {x: before.x, y: before.y});
  notice(before.at + SETTLES);
}

// What is scrolled or shifted comes under a pointer at rest, too.
['scroll', 'resize'].forEach(type => addEventListener(type, () => notice(), {capture: true, passive: true}));
