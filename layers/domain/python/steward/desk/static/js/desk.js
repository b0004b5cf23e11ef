// What every page shares: theme, keys, toasts, polling without needless answers.
const root = document.documentElement;
const typing = (target) => target.closest('input, textarea, select, [contenteditable]') && target.type !== 'checkbox';

// Theme: kept in a cookie, so the server paints the right one at once.
const toggleTheme = () => {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = (root.dataset.theme || (dark ? 'dark' : 'light')) === 'dark' ? 'light' : 'dark';
  document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
};

// Toasts: one at a time, read out, gone after eight seconds unless the pointer or the focus is in it.
let fading;
const toast = (text) => {
  const place = document.getElementById('toast');
  place.replaceChildren(Object.assign(document.createElement('p'), { className: 'toast', textContent: text }));
  linger();
};
const linger = () => {
  clearTimeout(fading);
  fading = setTimeout(() => {
    const place = document.getElementById('toast');
    place.matches(':hover, :focus-within') ? linger() : place.replaceChildren();
  }, 8000);
};
addEventListener('desk:toast', (event) => toast(event.detail));

addEventListener('click', async (event) => {
  if (event.target.closest('[data-theme-toggle]')) toggleTheme();
  const list = event.target.closest('a[data-list]');
  if (list) list.href = sessionStorage.getItem(`list:${list.pathname}`) ?? list.href;
  const copy = event.target.closest('[data-copy]');
  if (copy) {
    await navigator.clipboard.writeText(copy.dataset.copy === 'here' ? location.href : copy.dataset.copy);
    toast('Copied');
  }
  const left = event.target.closest('dialog [data-close]');
  if (left) {
    event.preventDefault();
    left.closest('dialog').close();
  }
  if (event.target.closest('[data-open-keys]')) document.getElementById('keys').showModal();
});

// An open menu closes by Esc, which goes back to what opened it, and by a click beside it.
const menu = () => document.querySelector('details[name=menu][open]');
addEventListener('keydown', (event) => {
  const open = event.key === 'Escape' && menu();
  if (!open) return;
  open.open = false;
  open.querySelector('summary').focus();
});
addEventListener('click', (event) => {
  if (menu() && !menu().contains(event.target)) menu().open = false;
});

// What needs a yes first is asked in a dialog, over the page that asked for it.
const asking = document.getElementById('ask-first');
addEventListener('htmx:after:swap', () => { if (asking?.childElementCount && !asking.open) asking.showModal(); });
asking?.addEventListener('close', () => asking.replaceChildren());

// Of tabs that do not fit, the current one is in sight.
document.querySelector('.set > .views [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });

// A form marked so is sent as soon as one of its fields changes.
addEventListener('change', (event) => {
  if (event.target.closest('[data-submit-on-change]')) event.target.form.requestSubmit();
});

// A name that is proposed is typed over.
addEventListener('focusin', ({ target }) => { if (target.matches('[data-proposed]')) target.select(); });

// A small picture travels in its form as a data: address.
addEventListener('change', (event) => {
  const field = document.getElementById(event.target.dataset?.into);
  if (!field) return;
  const [file] = event.target.files;
  const reader = new FileReader();
  reader.onload = () => { field.value = reader.result; };
  if (file) reader.readAsDataURL(file);
  else field.value = '';
});

// G then a letter goes to a page; / searches; ? shows the keys.
let leader = 0;
addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const going = Date.now() - leader < 1200 && document.querySelector(`[data-go="${event.key.toLowerCase()}"]`);
  leader = event.key === 'g' ? Date.now() : 0;
  const find = document.getElementById('find');
  const act = {
    '/': () => { find?.focus(); find?.select(); },
    '?': () => document.getElementById('keys').showModal(),
  }[event.key];
  if (going) going.click();
  else if (act) act();
  else return;
  event.preventDefault();
});

// Polling: an element that polls sends the tag of what it shows, and 304 leaves it alone. It says that nobody did anything,
// so that a page left open keeps nobody signed in. It waits while somebody fills a form in it: what is typed never vanishes.
const tags = new Map();
const polls = ({ sourceEvent }) => ['every', 'load'].includes(sourceEvent?.type);
const changed = (field) => {
  if (field.matches('select')) return field.selectedIndex !== Math.max(0, [...field.options].findLastIndex((one) => one.defaultSelected));
  return field.matches('[type=checkbox], [type=radio]') ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
};
const filling = (field) => field.matches('input, select, textarea') && (field === document.activeElement || changed(field));
const beingFilled = (place) => place instanceof Element && [...place.querySelectorAll('form')].some((form) => form.matches('.edit') || [...form.elements].some(filling));
addEventListener('htmx:config:request', (event) => {
  const { request, sourceEvent } = event.detail.ctx;
  if (polls(event.detail.ctx)) request.headers['Steward-Poll'] = '1';
  if (sourceEvent?.type === 'every' && tags.has(request.action)) request.headers['If-None-Match'] = tags.get(request.action);
});
addEventListener('htmx:before:request', (event) => {
  if (polls(event.detail.ctx) && beingFilled(event.detail.ctx.target)) event.preventDefault();
});
addEventListener('htmx:before:swap', (event) => {
  const { ctx } = event.detail;
  if (!polls(ctx) || !beingFilled(ctx.target)) return;
  tags.delete(ctx.request.action);
  event.preventDefault();
});
addEventListener('htmx:after:request', (event) => {
  const { request, response, sourceEvent } = event.detail.ctx;
  const tag = response?.raw?.headers.get('ETag');
  if (tag && sourceEvent?.type === 'every') tags.set(request.action, tag);
  if (document.getElementById('toast').childElementCount) linger();
});

// A row that was held back shows its wrong value first.
const showMarks = () => {
  for (const mark of document.querySelectorAll('.raw mark')) mark.parentElement.scrollLeft = mark.offsetLeft - mark.parentElement.offsetLeft - 120;
};
addEventListener('htmx:after:swap', showMarks);
showMarks();

// The network being gone is said once, in a bar, and the bar goes when an answer comes.
addEventListener('htmx:error', (event) => {
  if (!event.detail.ctx?.response) document.getElementById('offline').hidden = false;
});
addEventListener('htmx:response:error', (event) => {
  const { response, text } = event.detail.ctx;
  if (response.status < 500) return;
  const told = new DOMParser().parseFromString(response.raw.headers.has('HX-Retarget') ? text : '', 'text/html').body.textContent;
  toast(told || `Steward could not answer (${response.status}); try again in a moment.`);
});
addEventListener('htmx:before:response', () => { document.getElementById('offline').hidden = true; });
