// <list-desk>: a cursor, a selection and a peek over a <virtual-rows>. J K move, X selects, Space peeks, Enter opens.
class ListDesk extends HTMLElement {
  connectedCallback() {
    this.rows = this.querySelector('virtual-rows');
    this.bulk = this.querySelector('.bulk');
    this.chosen = new Map();
    this.cursor = -1;
    this.keys = (event) => this.key(event);
    addEventListener('keydown', this.keys);
    this.addEventListener('change', (event) => this.tick(event));
    this.addEventListener('click', (event) => this.click(event));
    this.addEventListener('rows:drawn', () => this.mark());
    this.addEventListener('htmx:after:swap', () => this.peek && this.showPeek());
    const here = this.querySelector('tr.here');
    if (here) this.cursor = Number(here.getAttribute('aria-rowindex')) - 2;
  }

  disconnectedCallback() {
    removeEventListener('keydown', this.keys);
  }

  get peek() {
    return this.querySelector('#peek');
  }

  get plat() {
    return this.querySelector('plat-map');
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open], :popover-open')) return;
    const target = event.target;
    if (target.closest('input:not([type=checkbox]), textarea, select')) return;
    const onControl = target.closest('button, summary, a:not(.home a), input');
    const act = {
      j: () => this.go(1),
      k: () => this.go(-1),
      x: () => this.row?.querySelector('input[type=checkbox]').click(),
      f: () => this.openFilter(),
      ' ': () => !onControl && this.openPeek(this.row?.dataset.ref ?? this.plat?.shown),
      Enter: () => !onControl && this.row && !target.closest('a') && this.row.querySelector('.home a').click(),
      Escape: () => (this.peek.childElementCount ? this.shutPeek() : this.clear()),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act || act() === false) return;
    if (event.key !== 'Enter') event.preventDefault();
  }

  openFilter() {
    document.getElementById('add-filter')?.click();
    document.querySelector('#filter-form select, #filter-form input')?.focus();
  }

  get row() {
    return this.rows?.querySelector(`tr[data-ref][aria-rowindex="${this.cursor + 2}"]`);
  }

  // Without rows, as on a map alone, the map goes from home to home.
  async go(step) {
    if (!this.rows) return this.plat?.step?.(step) && this.querySelector('.plat-card a').focus();
    const last = Number(this.rows.dataset.total) - 1;
    this.cursor = Math.max(0, Math.min(last, this.cursor + step));
    await this.rows.reach(this.cursor);
    this.mark();
    this.row?.querySelector('.home a').focus({ preventScroll: true });
    if (this.peek.childElementCount && this.row) this.openPeek(this.row.dataset.ref);
  }

  click(event) {
    if (event.target.closest('[data-peek-close]')) return this.shutPeek();
    if (event.target.closest('[data-clear]')) return this.clear();
    if (event.target.closest('[data-copy-chosen]')) return this.copy();
    const row = event.target.closest('tbody tr[data-ref]');
    if (!this.rows) return;
    const opened = event.target.closest('#peek a') ? this.row : event.target.closest('a') && row;
    if (opened) this.remember(opened);
    if (!row || event.target.closest('a, label, input, button')) return;
    this.cursor = Number(row.getAttribute('aria-rowindex')) - 2;
    this.mark();
    if (matchMedia('(min-width: 761px)').matches) this.openPeek(row.dataset.ref);
    else row.querySelector('.home a').click();
  }

  // A home that was chosen on the map: its row, where it is drawn.
  take(ref) {
    const row = this.rows?.querySelector(`tr[data-ref="${ref}"]`);
    if (!row) return;
    this.cursor = Number(row.getAttribute('aria-rowindex')) - 2;
    row.scrollIntoView({ block: 'nearest' });
    this.mark();
  }

  // The home that is opened tells its page which row of which list it was.
  remember(row) {
    const place = { list: new URL(this.rows.dataset.url, location.href).href, ref: row.dataset.ref, index: Number(row.getAttribute('aria-rowindex')) - 2 };
    sessionStorage.setItem('place', JSON.stringify(place));
  }

  openPeek(ref) {
    if (!ref) return false;
    const at = this.rows?.address ?? new URL(location.href);
    at.searchParams.set('peek', ref);
    history.replaceState(history.state, '', at);
    htmx.ajax('GET', at.href, { target: '#peek', swap: 'innerHTML', source: this.peek });
  }

  showPeek() {
    const open = this.peek.childElementCount > 0;
    this.peek.hidden = !open;
    this.toggleAttribute('data-peeking', open);
  }

  shutPeek() {
    const at = new URL(location.href);
    at.searchParams.delete('peek');
    history.replaceState(history.state, '', at);
    this.peek.replaceChildren();
    this.showPeek();
    (this.row ?? this).querySelector('.home a')?.focus();
  }

  tick(event) {
    const box = event.target.closest('input[type=checkbox]');
    if (!box) return;
    if (!box.closest('virtual-rows')) return;
    const boxes = box.closest('thead') ? [...this.rows.querySelectorAll('tbody input[type=checkbox]')] : [box];
    for (const one of boxes) {
      one.checked = box.checked;
      const row = one.closest('tr');
      if (box.checked) this.chosen.set(row.dataset.ref, row.dataset.line);
      else this.chosen.delete(row.dataset.ref);
    }
    this.mark();
  }

  clear() {
    if (!this.chosen.size) return false;
    this.chosen.clear();
    this.rows.querySelector('thead input').checked = false;
    this.mark();
    return true;
  }

  async copy() {
    await navigator.clipboard.writeText([...this.chosen.values()].join('\n'));
    dispatchEvent(new CustomEvent('desk:toast', { detail: `${this.chosen.size} copied` }));
  }

  // Paint cursor and selection on the rows that are drawn, and the bar of what can be done with them.
  mark() {
    for (const row of this.querySelectorAll('tr[data-ref]')) {
      const chosen = this.chosen.has(row.dataset.ref);
      row.classList.toggle('here', Number(row.getAttribute('aria-rowindex')) === this.cursor + 2);
      chosen ? row.setAttribute('aria-selected', 'true') : row.removeAttribute('aria-selected');
      row.querySelector('input').checked = chosen;
    }
    this.bulk.hidden = !this.chosen.size;
    this.bulk.querySelector('[data-count]').textContent = this.chosen.size;
    this.bulk.querySelector('[name=refs]').value = [...this.chosen.keys()].join(',');
  }
}
customElements.define('list-desk', ListDesk);
