// How a map of homes looks, in the colours of the page: streets from addresses, groups, score-shaded dots, plates, names.
const FONT = ['Instrument Sans', 'system-ui'];
const probe = document.createElement('i');

// A token as MapLibre reads colours: light-dark() is settled by the browser.
const ink = (token) => {
  if (!probe.isConnected) document.body.append(probe);
  probe.hidden = true;
  probe.style.color = `var(--${token})`;
  return getComputedStyle(probe).color;
};

const feature = (at, properties) => ({ type: 'Feature', properties, geometry: { type: 'Point', coordinates: at } });
const collected = (features) => ({ type: 'FeatureCollection', features });

// What the server tells as rows, as the sources of a map.
const platSources = (told) => ({
  homes: collected([
    ...told.homes.map(([ref, lon, lat, score, plate]) => feature([lon, lat], { ref, plate, score: score ?? -1 })),
    ...told.groups.map(([lon, lat, count, ...box]) => feature([lon, lat], { count, box: box.join(',') })),
  ]),
  towns: collected(told.towns.map(([lon, lat, name, count]) => feature([lon, lat], { name, count }))),
  streets: collected(told.streets.map(([name, main, line]) => ({
    type: 'Feature', properties: { name, main }, geometry: { type: 'LineString', coordinates: line },
  }))),
});

// County and state lines, which are the same for every list.
const platBorders = (lines) => collected(Object.entries(lines ?? {}).map(([of, coordinates]) => ({
  type: 'Feature', properties: { of }, geometry: { type: 'MultiLineString', coordinates },
})));

const many = ['any', ['has', 'point_count'], ['has', 'count']];
const alone = ['!', many];
const amount = ['coalesce', ['get', 'sum'], ['get', 'count']];
const named = (size) => ({ 'text-font': FONT, 'text-size': size });
const halo = (token, width = 1.6) => ({ 'text-color': ink(token), 'text-halo-color': ink('surface'), 'text-halo-width': width });

const platLayers = () => [
  { id: 'ground', type: 'background', paint: { 'background-color': ink('surface') } },
  { id: 'counties', type: 'line', source: 'borders', maxzoom: 13, filter: ['==', ['get', 'of'], 'counties'], paint: {
    'line-color': ink('line'), 'line-width': 1,
  } },
  { id: 'states', type: 'line', source: 'borders', maxzoom: 13, filter: ['==', ['get', 'of'], 'states'], paint: {
    'line-color': ink('control'), 'line-width': 1, 'line-dasharray': [3, 2],
  } },
  { id: 'streets', type: 'line', source: 'streets', layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: {
    'line-color': ink('control'),
    'line-opacity': ['case', ['==', ['get', 'main'], 1], 0.45, 0.3],
    'line-width': ['interpolate', ['exponential', 1.6], ['zoom'], 9, 0.7, 13, 3.2, 16, 15],
  } },
  { id: 'many', type: 'circle', source: 'homes', filter: many, paint: {
    'circle-color': ink('enamel-fill'), 'circle-stroke-color': ink('surface'), 'circle-stroke-width': 1.5,
    'circle-radius': ['interpolate', ['linear'], amount, 2, 10, 40, 15, 400, 22, 20000, 30],
  } },
  { id: 'dots', type: 'circle', source: 'homes', filter: alone, maxzoom: 15.2, paint: {
    'circle-radius': ['interpolate', ['linear'], ['zoom'], 10, 2.6, 13, 4, 15, 7],
    'circle-color': ['case', ['<', ['get', 'score'], 0], ink('surface'),
      ['interpolate', ['linear'], ['get', 'score'], 20, ink('line'), 60, ink('viz-enamel'), 95, ink('enamel')]],
    'circle-stroke-width': ['case', ['<', ['get', 'score'], 0], 1.5, 0.8],
    'circle-stroke-color': ['case', ['<', ['get', 'score'], 0], ink('control'), ink('surface')],
  } },
  { id: 'count', type: 'symbol', source: 'homes', filter: many, layout: {
    ...named(12), 'text-field': ['case', ['>=', amount, 1000], ['concat', ['to-string', ['round', ['/', amount, 1000]]], ' k'], ['to-string', amount]],
    'text-allow-overlap': true,
  }, paint: { 'text-color': ink('on-fill') } },
  { id: 'names', type: 'symbol', source: 'streets', minzoom: 12.6, layout: {
    ...named(12), 'symbol-placement': 'line', 'text-field': ['get', 'name'], 'symbol-spacing': 420,
  }, paint: halo('ink2') },
  { id: 'plates', type: 'symbol', source: 'homes', filter: alone, minzoom: 15.2, layout: {
    ...named(13), 'icon-image': 'plate', 'icon-text-fit': 'both', 'icon-text-fit-padding': [1, 2, 1, 2], 'text-field': ['get', 'plate'],
    'symbol-sort-key': ['-', 0, ['get', 'score']],
  }, paint: { 'text-color': ink('on-fill') } },
  { id: 'towns', type: 'symbol', source: 'towns', maxzoom: 15, layout: {
    ...named(['interpolate', ['linear'], ['zoom'], 9, 13, 13, 18]), 'text-field': ['get', 'name'], 'text-max-width': 12,
    'text-variable-anchor': ['bottom', 'top', 'left', 'right'], 'text-radial-offset': 1.7,
    'symbol-sort-key': ['-', 0, ['get', 'count']],
  }, paint: halo('ink', 2) },
];

const platStyle = (told, lines) => {
  const source = platSources(told);
  return {
    version: 8,
    sources: {
      borders: { type: 'geojson', data: platBorders(lines) },
      streets: { type: 'geojson', data: source.streets },
      towns: { type: 'geojson', data: source.towns },
      homes: {
        type: 'geojson', data: source.homes, cluster: true, clusterRadius: 34, clusterMaxZoom: 10,
        clusterProperties: { sum: ['+', ['coalesce', ['get', 'count'], 1]] },
      },
    },
    layers: platLayers(),
  };
};

// An empty house plate that stretches to the number on it.
const platPlate = () => {
  const sheet = document.createElement('canvas');
  sheet.width = sheet.height = 64;
  const pen = sheet.getContext('2d');
  pen.fillStyle = ink('enamel-fill');
  pen.beginPath();
  pen.roundRect(2, 2, 60, 60, 14);
  pen.fill();
  pen.strokeStyle = '#ffffffa8';
  pen.lineWidth = 2;
  pen.beginPath();
  pen.roundRect(7, 7, 50, 50, 10);
  pen.stroke();
  return [pen.getImageData(0, 0, 64, 64), { pixelRatio: 2, stretchX: [[22, 42]], stretchY: [[22, 42]], content: [14, 14, 50, 50] }];
};
