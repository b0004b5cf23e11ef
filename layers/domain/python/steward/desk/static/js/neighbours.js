// <list-place data-ref>: which row of the list this home is, as the list was when it was left. J and K go to its neighbours.
class ListPlace extends HTMLElement {
  async connectedCallback() {
    this.keys = (event) => this.key(event);
    addEventListener('keydown', this.keys);
    const place = JSON.parse(sessionStorage.getItem('place') ?? 'null');
    if (place?.ref !== this.dataset.ref || new URL(place.list).pathname !== this.dataset.list) return;
    this.list = new URL(place.list);
    const first = Math.max(0, place.index - 1);
    const asked = new URL(this.list);
    asked.pathname += '.json';
    for (const [name, value] of Object.entries({ start: first, limit: 3 })) asked.searchParams.set(name, value);
    const answer = await fetch(asked).catch(() => null);
    const page = answer?.ok ? await answer.json() : { rows: [] };
    this.rows = new Map(page.rows.map((home, place) => [first + place, String(home.ref)]));
    if (this.rows.get(place.index) !== place.ref) return;
    this.index = place.index;
    this.show(page.total);
  }

  disconnectedCallback() {
    removeEventListener('keydown', this.keys);
  }

  show(total) {
    const count = (number) => number.toLocaleString('en-US');
    this.textContent = `${count(this.index + 1)} of ${count(total)}`;
    for (const [step, key, name] of [[-1, 'K', 'Previous home'], [1, 'J', 'Next home']]) {
      const button = Object.assign(document.createElement('button'), { type: 'button', disabled: !this.rows.has(this.index + step) });
      button.setAttribute('aria-label', name);
      button.append(Object.assign(document.createElement('kbd'), { textContent: key }));
      button.addEventListener('click', () => this.go(step));
      this.append(button);
    }
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select')) return;
    const step = { j: 1, k: -1 }[event.key.toLowerCase()];
    if (step && !document.querySelector('dialog[open]')) this.go(step);
  }

  go(step) {
    const index = this.index + step;
    if (!this.rows?.has(index)) return;
    const ref = this.rows.get(index);
    sessionStorage.setItem('place', JSON.stringify({ list: this.list.href, ref, index }));
    location.assign(`${this.list.pathname}/${ref}`);
  }
}
customElements.define('list-place', ListPlace);
