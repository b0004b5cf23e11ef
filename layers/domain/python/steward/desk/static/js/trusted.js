// Where the browser knows Trusted Types, a text becomes a part of a page only as HTML of the desk's own answers; no text ever
// becomes a script, and a script's address only that of the map's worker, which is one of the desk's own files.
const worker = /^\/static\/maplibre-gl-worker\.[0-9a-f]{10}\.js$/;
globalThis.trustedTypes?.createPolicy('default', {
  createHTML: (html) => html,
  createScriptURL: (address) => (worker.test(address) ? address : null),
});
