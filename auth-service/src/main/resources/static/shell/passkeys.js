// Passes the question of a form to the browser's dialog for passkeys, and sends the answer with the form. Without
// support for passkeys, or after a cancelled dialog, the form says so and can be sent again.
const isSupported = Boolean(globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON);

async function answer(form) {
  if (form.dataset.passkeyCreate) {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(form.dataset.passkeyCreate));
    return navigator.credentials.create({publicKey});
  }
  const response = await fetch(form.dataset.passkeyGet, {headers: {Accept: 'application/json'}});
  if (!response.ok) {
    throw new Error(response.status);
  }
  const {publicKey, challenge} = await response.json();
  form.elements.challenge.value = challenge;
  return navigator.credentials.get({publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey)});
}

function show(form, problem) {
  form.querySelectorAll('[data-passkey-failed], [data-passkey-unsupported]').forEach(each => {
    each.hidden = !each.matches(problem);
  });
}

document.addEventListener('submit', async event => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches('[data-passkey-create], [data-passkey-get]')) {
    return;
  }
  event.preventDefault();
  if (!isSupported) {
    show(form, '[data-passkey-unsupported]');
    return;
  }
  show(form, 'none');
  try {
    form.elements.credential.value = JSON.stringify(await answer(form));
    form.submit();
  } catch {
    // Cancelled, timed out, or no passkey for this site: browsers do not tell which.
    show(form, '[data-passkey-failed]');
    delete form.dataset.sent;
  }
});
