// Where the browser knows Trusted Types, a text becomes a part of a page only as HTML of the desk's own answers; no text ever
// becomes a script or a script's address, because no policy makes one.
globalThis.trustedTypes?.createPolicy('default', { createHTML: (html) => html });
