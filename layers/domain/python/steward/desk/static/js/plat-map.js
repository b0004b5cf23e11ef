// <plat-map>: the map of a list. The drawing that came with the page stays where the browser has no WebGL. The element is kept while
// the list around it is drawn anew; what it shows then is what its new frame says.
const NOTHING = { homes: [], groups: [], towns: [], streets: [] };
const FOLLOW = 'map:follow';
const ROOM = { top: 44, bottom: 26, left: 30, right: 30 };
const able = () => Boolean(document.createElement('canvas').getContext('webgl2'));

class PlatMap extends HTMLElement {
  connectedCallback() {
    this.frame = this.closest('.plat');
    if (!this.frame) return;
    this.desk = this.closest('list-desk');
    this.ends = new AbortController();
    if (this.map) this.takeUp();
    else this.begin();
  }

  disconnectedCallback() {
    this.ends?.abort();
    setTimeout(() => this.isConnected || this.end());
  }

  // Not moved but gone: with its map goes all that watched for it.
  end() {
    this.asking?.abort();
    this.life?.abort();
    this.map?.remove();
    this.map = undefined;
  }

  async begin() {
    if (!able()) return this.removeAttribute('id');
    this.told = NOTHING;
    this.library ??= await import(this.frame.dataset.library);
    await document.fonts.load('600 13px "Instrument Sans"');
    if (!this.isConnected || this.map) return;
    const { Map: Drawn, Marker, ScaleControl, setWorkerUrl } = this.library;
    setWorkerUrl(this.frame.dataset.worker);
    const sheet = Object.assign(document.createElement('div'), { className: 'plat-sheet' });
    this.append(sheet);
    this.map = new Drawn({
      container: sheet, style: platStyle(NOTHING), attributionControl: false, fadeDuration: 0, dragRotate: false, touchPitch: false,
      maxZoom: 18, ...this.placed(), locale: { 'Map.Title': 'Map; arrows move it, plus and minus zoom' },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.addControl(new ScaleControl({ unit: 'imperial', maxWidth: 90 }));
    this.pin = new Marker({ element: this.pinned() });
    this.listen();
    this.takeUp();
    this.map.once('idle', () => {
      this.querySelector('svg.atlas')?.remove();
      this.setAttribute('data-drawn', '');
      this.border();
    });
  }

  // County and state lines come last, and a map without them is one still.
  async border() {
    const answer = await fetch(this.frame.dataset.lines).catch(() => undefined);
    this.lines = answer?.ok ? await answer.json() : undefined;
    this.map?.getSource('borders')?.setData(platBorders(this.lines));
  }

  pinned() {
    const plate = Object.assign(document.createElement('span'), { className: 'plate mini pin' });
    plate.setAttribute('aria-hidden', 'true');
    return plate;
  }

  placed() {
    const box = this.frame.dataset.box.split(',').map(Number);
    return box.length === 4 ? { bounds: [box.slice(0, 2), box.slice(2)], fitBoundsOptions: { padding: this.frame.dataset.area ? 0 : ROOM } } : {};
  }

  // What belongs to the map itself, once.
  listen() {
    const { map } = this;
    map.setMissingStyleImageResolver((id) => id === 'plate' && map.addImage(id, ...platPlate()));
    map.on('mousemove', ({ point }) => this.over(point));
    map.on('mouseout', () => this.point(this.shown));
    map.on('click', ({ point }) => this.click(point));
    map.on('moveend', (event) => this.moved(event));
    const repaint = () => map.setStyle(platStyle(this.told, this.lines), { diff: false });
    const theme = new MutationObserver(repaint);
    this.life = new AbortController();
    this.life.signal.addEventListener('abort', () => theme.disconnect());
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint, { signal: this.life.signal });
  }

  // What belongs to the frame and the list around the map, each time that they are drawn.
  takeUp() {
    const { frame, desk } = this;
    const { signal } = this.ends;
    const on = (place, name, act) => place?.addEventListener(name, act, { signal });
    for (const tools of frame.querySelectorAll('.plat-tools, .plat-area')) tools.hidden = false;
    this.follow.checked = localStorage.getItem(FOLLOW) === 'yes';
    on(frame, 'click', (event) => this.tool(event));
    on(this.follow, 'change', () => {
      localStorage.setItem(FOLLOW, this.follow.checked ? 'yes' : 'no');
      if (this.follow.checked && !this.button.hidden) this.search();
    });
    const row = (event) => event.target.closest('tr[data-ref]');
    on(desk, 'pointerover', (event) => row(event) && this.point(Number(row(event).dataset.ref)));
    on(desk, 'pointerout', (event) => row(event) && this.point(this.shown));
    on(desk, 'focusin', (event) => row(event) && this.show(Number(row(event).dataset.ref), row(event)));
    const searched = this.searched && this.searched === frame.dataset.area;
    if (!searched && this.fetched) this.fit();
    this.searched = '';
    this.shown = 0;
    this.point(0);
    this.fetch();
  }

  get follow() {
    return this.frame.querySelector('[data-follow]');
  }

  get button() {
    return this.frame.querySelector('[data-search]');
  }

  get card() {
    return this.frame.querySelector('.plat-card');
  }

  get view() {
    return this.map.getBounds().toArray().flat().map((edge) => Number(edge.toFixed(5)));
  }

  // The marks of what is in view and a little around it.
  async fetch() {
    const [west, south, east, north] = this.view;
    const [across, up] = [(east - west) / 4, (north - south) / 4];
    const box = [Math.max(-180, west - across), Math.max(-90, south - up), Math.min(180, east + across), Math.min(90, north + up)];
    const at = new URL(this.frame.dataset.source, location.href);
    at.searchParams.set('bbox', box.map((edge) => edge.toFixed(5)).join(','));
    this.asking?.abort();
    this.asking = new AbortController();
    try {
      const answer = await fetch(at, { headers: { Accept: 'application/json', 'HX-Request': 'true' }, signal: this.asking.signal });
      if (!answer.ok) throw new Error(answer.status);
      this.told = await answer.json();
      this.fetched = { box, zoom: this.map.getZoom() };
      for (const [name, shown] of Object.entries(platSources(this.told))) this.map.getSource(name)?.setData(shown);
      this.point(this.shown);
      this.say();
      this.frame.dataset.told = this.told.homes.length + this.told.groups.length;
    } catch (error) {
      if (error.name !== 'AbortError') dispatchEvent(new CustomEvent('desk:toast', { detail: 'The map did not come; move it to try again.' }));
    }
  }

  get homesInView() {
    const [west, south, east, north] = this.view;
    return this.told.homes.filter(([, lon, lat]) => west <= lon && lon <= east && south <= lat && lat <= north);
  }

  say() {
    const told = this.frame.querySelector('[data-said]');
    const count = this.homesInView.length;
    this.frame.querySelector('[data-streets]').hidden = !this.told.streets.length;
    told.textContent = this.told.groups.length ? this.told.said : `${count.toLocaleString('en')} ${count === 1 ? 'home' : 'homes'} on this map`;
  }

  moved(event) {
    if (!this.fetched) return;
    const [west, south, east, north] = this.view;
    const { box, zoom } = this.fetched;
    const outside = west < box[0] || south < box[1] || east > box[2] || north > box[3];
    const closer = this.told.groups.length && Math.abs(this.map.getZoom() - zoom) > 0.7;
    if (outside || closer) this.fetch();
    else this.say();
    if (!event.originalEvent && !event.byHand) return;
    this.button.hidden = false;
    clearTimeout(this.waiting);
    if (this.follow.checked) this.waiting = setTimeout(() => this.search(), 350);
  }

  // The list within what the map shows; the address says it, and Back takes it back.
  search() {
    const at = new URL(this.frame.dataset.list, location.href);
    this.searched = this.view.join(',');
    at.searchParams.set('bbox', this.searched);
    this.button.hidden = true;
    htmx.ajax('GET', at.pathname + at.search.replaceAll('%2C', ','), { target: '#properties', swap: 'outerHTML show:none', push: 'true' });
  }

  tool(event) {
    const tool = event.target.closest('button');
    if (!tool) return;
    const { zoom, step } = tool.dataset;
    if (zoom) this.map.zoomTo(this.map.getZoom() + Number(zoom), {}, { byHand: true });
    if ('fit' in tool.dataset) this.fit();
    if ('search' in tool.dataset) this.search();
    if (step) this.step(Number(step));
  }

  fit() {
    const [bounds, options] = Object.values(this.placed());
    if (bounds) this.map.fitBounds(bounds, options);
  }

  found(point) {
    const near = [[point.x - 6, point.y - 6], [point.x + 6, point.y + 6]];
    return this.map.isStyleLoaded() ? this.map.queryRenderedFeatures(near, { layers: ['plates', 'dots', 'many'] })[0] : undefined;
  }

  over(point) {
    const hit = this.found(point);
    this.map.getCanvas().style.cursor = hit ? 'pointer' : '';
    this.point(hit?.properties.ref ?? this.shown);
  }

  async click(point) {
    const hit = this.found(point);
    if (!hit) return;
    const { ref, cluster_id: cluster, box } = hit.properties;
    const center = hit.geometry.coordinates;
    if (ref) return this.choose(ref);
    if (cluster === undefined) {
      const [west, south, east, north] = box.split(',').map(Number);
      return this.map.fitBounds([[west, south], [east, north]], {}, { byHand: true });
    }
    const zoom = await this.map.getSource('homes').getClusterExpansionZoom(cluster);
    this.map.easeTo({ center, zoom }, { byHand: true });
  }

  // A home that was touched on the map: its card, and its row where the list has drawn it.
  choose(ref) {
    this.show(ref);
    this.desk?.take?.(ref);
  }

  // The home that the pointer is at, on the map or in the list: both sides light up.
  point(ref) {
    for (const row of this.desk?.querySelectorAll('tr[data-ref]') ?? []) row.classList.toggle('lit', Number(row.dataset.ref) === ref);
    const home = ref && this.told.homes.find(([one]) => one === ref);
    const at = home ? [home[1], home[2]] : this.desk?.querySelector(`tr[data-ref="${Number(ref)}"]`)?.dataset.at?.split(',').map(Number);
    if (!ref || !at) return this.pin?.remove();
    const plate = home?.[4] ?? this.desk.querySelector(`tr[data-ref="${Number(ref)}"] .plate`).textContent;
    this.pin.getElement().textContent = plate;
    this.pin.setLngLat(at).addTo(this.map);
  }

  // The home that one goes on from: lit until another one is, and brought into view; with its card, unless it is in its row that one is.
  show(ref, row) {
    this.shown = ref;
    this.point(ref);
    const place = this.told.homes.find(([one]) => one === ref);
    const where = place ? [place[1], place[2]] : row?.dataset.at?.split(',').map(Number);
    if (where && !this.map.getBounds().contains(where)) this.map.easeTo({ center: where });
    this.card.hidden = !place || Boolean(row);
    if (this.card.hidden) return;
    const [, , , score, plate, name, below] = place;
    const part = (name) => this.card.querySelector(`[data-${name}]`);
    part('plate').textContent = plate;
    part('link').textContent = name;
    part('link').href = `${this.frame.dataset.home}/${ref}`;
    part('link').setAttribute('aria-label', [`${plate} ${name}`, below, score === null ? 'no score' : `score ${score}`].join(', '));
    part('below').textContent = below;
    part('score').textContent = score ?? 'no score';
  }

  // The next home in view, in the order of the list.
  step(by) {
    const homes = this.homesInView;
    if (!homes.length) return;
    const now = homes.findIndex(([ref]) => ref === this.shown);
    const next = now < 0 ? (by > 0 ? 0 : homes.length - 1) : (now + by + homes.length) % homes.length;
    this.choose(homes[next][0]);
    return true;
  }
}
customElements.define('plat-map', PlatMap);
