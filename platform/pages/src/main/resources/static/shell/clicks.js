// A button that appears under a resting pointer ignores clicks for two seconds. Otherwise the second click of a double
// click would answer the confirmation that the first has opened, or press a button of the next row or the next page.
const SETTLES = 2000;
const NEAR = 8;
const NEAR_FOR_FINGERS = 24;
const pointer = {x: -1000, y: -1000, ready: new Map()};
const named = button => [button.form.getAttribute('action'), button.name, button.value, button.textContent.trim()].join();

// Notes the buttons near the pointer, and the time from which each accepts clicks.
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

// After typing into a form, a click on its button is intended.
const typed = new WeakSet();
addEventListener('input', event => event.target.form && typed.add(event.target.form), {capture: true, passive: true});

['pointermove', 'pointerdown'].forEach(type => addEventListener(type, aim, {capture: true, passive: true}));
addEventListener('click', event => {
  // A key causes a click, too, with detail 0.
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

// The pointer also rests during a navigation, so its position is kept for the next page.
const savePointer = () => sessionStorage.setItem('clicked',
  JSON.stringify({x: pointer.x, y: pointer.y, at: pointer.clicked ?? 0}));
if (window.navigation) {
  navigation.addEventListener('navigate', savePointer);
} else {
  addEventListener('pagehide', savePointer);
}
const before = JSON.parse(sessionStorage.getItem('clicked') ?? 'null');
sessionStorage.removeItem('clicked');
if (before) {
  Object.assign(pointer, {x: before.x, y: before.y});
  notice(before.at + SETTLES);
}

// Scrolling and resizing also move buttons under a resting pointer.
['scroll', 'resize'].forEach(type => addEventListener(type, () => notice(), {capture: true, passive: true}));
