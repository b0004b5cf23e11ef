// <virtual-rows data-url data-total data-window>: a table of any length of which only what is near is drawn.
// Each <tbody data-start> stands for one window of rows; an empty one keeps its height until it comes near.
class VirtualRows extends HTMLElement {
  connectedCallback() {
    this.size = Number(this.dataset.window);
    this.total = Number(this.dataset.total);
    this.table = this.querySelector('table');
    this.lay();
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
    const height = row.getBoundingClientRect().height;
    for (let start = this.table.tBodies.length * this.size; start < this.total; start += this.size) {
      const body = this.table.createTBody();
      body.dataset.start = start;
      this.hollow(body, Math.min(this.size, this.total - start) * height, columns);
    }
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
