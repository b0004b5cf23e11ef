// Facts changed in place: the answer to one that is saved leaves the others that are open alone, with what is typed there.
const rows = () => [...document.querySelectorAll('#facts tr:has(form.edit)')];
let saved;
addEventListener('htmx:before:swap', (event) => {
  const { response, sourceElement } = event.detail.ctx;
  const whole = response?.headers.get('HX-Retarget') === '#property';
  saved = whole && sourceElement.matches('form.edit') ? sourceElement.elements.version.value : '';
  if (saved) for (const row of rows()) row.toggleAttribute('hx-morph-skip', !row.contains(sourceElement));
});
// They were opened on the version that the save was made on, so they go on from the one it made.
addEventListener('htmx:after:swap', () => {
  for (const { version } of rows().map((row) => row.querySelector('form').elements)) {
    if (saved && version.value === saved) version.value = document.getElementById('property').dataset.version;
  }
  saved = '';
});
