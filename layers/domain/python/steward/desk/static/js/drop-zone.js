// <drop-zone data-begin>: a file dropped or chosen is asked leave for, sent with its progress, and then followed.
class DropZone extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector('input[type=file]');
    this.input.addEventListener('change', () => this.send(this.input.files[0]));
    for (const name of ['dragenter', 'dragover']) this.addEventListener(name, (event) => this.over(event, true));
    for (const name of ['dragleave', 'drop']) this.addEventListener(name, (event) => this.over(event, false));
    this.addEventListener('drop', (event) => this.send(event.dataTransfer.files[0]));
  }

  over(event, on) {
    event.preventDefault();
    this.toggleAttribute('data-over', on);
  }

  async send(file) {
    if (!file) return;
    this.say(`Asking leave for ${file.name}`);
    const asked = await fetch(this.dataset.begin, {
      method: 'POST',
      headers: { 'HX-Request': 'true', Accept: 'application/json' },
      body: new URLSearchParams({ name: file.name, size: file.size, listings: this.querySelector('[name=listings]')?.checked ? 'yes' : '' }),
    }).catch(() => null);
    const grant = await asked?.json().catch(() => null);
    if (!asked?.ok || !grant) return this.fail(grant?.detail ?? 'Steward did not answer; try again in a moment.');
    this.upload(file, grant);
  }

  upload(file, grant) {
    const sending = new XMLHttpRequest();
    sending.open(grant.method, grant.url);
    sending.upload.addEventListener('progress', (event) => {
      if (!event.lengthComputable) return;
      this.style.setProperty('--sent', event.loaded / event.total);
      this.say(`${file.name}, ${Math.round((100 * event.loaded) / event.total)} % sent`);
    });
    sending.addEventListener('load', () => {
      if (sending.status < 300) location.assign(grant.next);
      else this.fail(this.reason(sending));
    });
    sending.addEventListener('error', () => this.fail('The file was cut off on its way; drop it again.'));
    const body = grant.method === 'PUT' ? file : new FormData();
    if (grant.method !== 'PUT') {
      for (const [name, value] of Object.entries(grant.fields)) body.append(name, value);
      body.append('file', file);
    }
    this.setAttribute('aria-busy', 'true');
    sending.send(body);
  }

  reason(sending) {
    try {
      return JSON.parse(sending.responseText).detail;
    } catch {
      return `The file was refused (${sending.status}); drop it again.`;
    }
  }

  say(text) {
    this.removeAttribute('data-failed');
    this.querySelector('[role=status]').textContent = text;
  }

  fail(text) {
    this.say(text);
    this.removeAttribute('aria-busy');
    this.style.removeProperty('--sent');
    this.setAttribute('data-failed', '');
    this.input.value = '';
  }
}
customElements.define('drop-zone', DropZone);
