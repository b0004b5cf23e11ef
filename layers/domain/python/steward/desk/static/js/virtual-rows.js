// <virtual-rows data-url data-total data-window>: a table of any length of which only what is near is drawn.
// Each <tbody data-start> stands for one window of rows; an empty one keeps its height until it comes near.
// The row at the top stands in the address as `at`, so a reload, Back and a copied link come back to it.
class VirtualRows extends HTMLElement {
  connectedCallback() {
    this.size = Number(this.dataset.window);
    this.total = Number(this.dataset.total);
    this.table = this.querySelector('table');
    this.lay();
    this.takeUp();
    this.addEventListener('scrollend', () => this.keep());
    this.near = new IntersectionObserver((seen) => seen.forEach((one) => this.turn(one)), { root: this, rootMargin: '900px 0px' });
    for (const body of this.table.tBodies) this.near.observe(body);
  }

  disconnectedCallback() {
    this.near?.disconnect();
  }

  // The row height follows from the style sheet, so the empty windows are as high as they will be.
  lay() {
    const row = this.table.querySelector('tbody tr');
    if (!row) return;
    const columns = row.cells.length;
    const height = this.height = row.getBoundingClientRect().height;
    for (let start = this.table.tBodies.length * this.size; start < this.total; start += this.size) {
      const body = this.table.createTBody();
      body.dataset.start = start;
      this.hollow(body, Math.min(this.size, this.total - start) * height, columns);
    }
  }

  // The address of the browser belongs to this list when it asks for the same rows.
  get address() {
    const here = new URL(location.href);
    const own = new URL(this.dataset.url, here);
    for (const name of ['at', 'peek']) {
      if (here.searchParams.has(name)) own.searchParams.set(name, here.searchParams.get(name));
    }
    const said = (url) => url.pathname + [...url.searchParams].sort().join('&');
    return said(own) === said(here) ? own : new URL(this.dataset.url, here);
  }

  takeUp() {
    const at = Number(this.address.searchParams.get('at'));
    if (at > 0 && this.height) this.scrollTop = at * this.height;
    this.keep();
  }

  keep() {
    const address = this.address;
    const at = Math.round(this.scrollTop / this.height);
    at > 0 ? address.searchParams.set('at', at) : address.searchParams.delete('at');
    sessionStorage.setItem(`list:${address.pathname}`, address.href);
    if (at !== (Number(new URL(location.href).searchParams.get('at')) || 0)) history.replaceState(history.state, '', address);
  }

  hollow(body, height, columns) {
    const row = document.createElement('tr');
    row.className = 'hollow';
    row.setAttribute('aria-hidden', 'true');
    const cell = row.insertCell();
    cell.colSpan = columns;
    cell.style.blockSize = `${height}px`;
    body.replaceChildren(row);
  }

  turn({ target: body, isIntersecting: near, boundingClientRect: box }) {
    const empty = body.rows[0]?.className === 'hollow';
    if (near && empty) this.fill(body);
    if (!near && !empty && !body.contains(document.activeElement)) this.hollow(body, box.height, body.rows[0]?.cells.length ?? 1);
  }

  async fill(body) {
    const at = new URL(this.dataset.url, location.href);
    at.searchParams.set('start', body.dataset.start);
    this.setAttribute('aria-busy', 'true');
    try {
      const answer = await fetch(at, { headers: { 'HX-Request': 'true', 'HX-Target': 'tbody#rows' } });
      if (!answer.ok) throw new Error(answer.status);
      const page = document.createElement('template');
      page.innerHTML = `<table><tbody>${await answer.text()}</tbody></table>`;
      body.replaceChildren(...page.content.querySelectorAll('tr'));
      this.dispatchEvent(new CustomEvent('rows:drawn', { bubbles: true }));
    } catch {
      dispatchEvent(new CustomEvent('desk:toast', { detail: 'These rows did not come; scroll on to try again.' }));
    } finally {
      this.removeAttribute('aria-busy');
    }
  }

  // Bring the row of that number (from 0) into view; resolves to it once it is drawn.
  async reach(index) {
    const body = [...this.table.tBodies].findLast((one) => Number(one.dataset.start) <= index);
    if (body.rows[0].className === 'hollow') await this.fill(body);
    const row = body.rows[index - Number(body.dataset.start)];
    row?.scrollIntoView({ block: 'nearest' });
    return row;
  }
}
customElements.define('virtual-rows', VirtualRows);
