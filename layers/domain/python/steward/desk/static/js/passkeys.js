// Passkeys: the server's challenge goes to the browser, what it answers goes back.
const able = window.PublicKeyCredential?.parseRequestOptionsFromJSON && !/^[\d.]+$|:/.test(location.hostname);
const ask = async (address, told) => {
  const answer = await fetch(address, { method: 'POST', headers: { 'Content-Type': 'application/json', Accept: 'application/json' }, body: JSON.stringify(told) });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.detail);
  return said;
};
const tell = (text) => {
  const place = document.querySelector('[data-passkey-problem]');
  place.textContent = text;
  place.hidden = !text;
};
const ceremony = (button, run) => {
  if (!able) return;
  button.hidden = false;
  const password = document.querySelector('[data-passkey-password]');
  if (password) password.hidden = false;
  button.addEventListener('click', async () => {
    tell('');
    button.disabled = true;
    try {
      location.assign((await run()).to);
    } catch (error) {
      tell(error instanceof DOMException ? 'Nothing was used. Try again, or take another way.' : error.message);
    }
    button.disabled = false;
  });
};

for (const button of document.querySelectorAll('[data-passkey]')) {
  ceremony(button, async () => {
    const address = button.dataset.passkey;
    const begun = await ask(`${address}/begin`, {});
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(begun.options));
    const credential = await navigator.credentials.get({ publicKey });
    return ask(address, { ticket: begun.ticket, credential: JSON.stringify(credential.toJSON()) });
  });
}
for (const button of document.querySelectorAll('[data-passkey-new]')) {
  ceremony(button, async () => {
    const address = button.dataset.passkeyNew;
    const token = button.dataset.token ?? '';
    const current = document.querySelector('[data-passkey-password] input')?.value ?? '';
    const begun = await ask(`${address}/begin`, token ? { token } : { current });
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(begun.options));
    const credential = await navigator.credentials.create({ publicKey });
    const name = navigator.userAgentData?.platform || navigator.platform || '';
    return ask(address, { ...(token ? { token } : { name }), ticket: begun.ticket, credential: JSON.stringify(credential.toJSON()) });
  });
}
