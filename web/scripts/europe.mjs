// Cuts Europe out of the world atlas at build time, so that the console ships neither the rest of the world nor
// a decoder for it.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { feature } from "topojson-client";

const name = "virtual:europe";
const window = { west: -26, east: 46, south: 33, north: 72 };

/** Two decimals are about a kilometre: finer than a pixel at any zoom that is offered. */
function rounded(coordinates) {
  return typeof coordinates[0] === "number"
    ? coordinates.map((degrees) => Math.round(degrees * 100) / 100)
    : coordinates.map(rounded);
}

function touches(polygon) {
  return polygon[0].some(
    ([longitude, latitude]) =>
      longitude > window.west && longitude < window.east && latitude > window.south && latitude < window.north,
  );
}

async function europe() {
  const atlas = createRequire(import.meta.url).resolve("world-atlas/countries-50m.json");
  const topology = JSON.parse(await readFile(atlas, "utf8"));
  const countries = /** @type {any} */ (feature(topology, topology.objects.countries)).features;
  const features = countries.flatMap(({ geometry, properties }) => {
    const polygons = geometry.type === "MultiPolygon" ? geometry.coordinates : [geometry.coordinates];
    const near = polygons.filter(touches).map(rounded);
    return near.length === 0
      ? []
      : [{ type: "Feature", properties, geometry: { type: "MultiPolygon", coordinates: near } }];
  });
  return { type: "FeatureCollection", features };
}

/** Serves the outlines of Europe's countries as the module `virtual:europe`. */
export function europePlugin() {
  return {
    name: "europe",
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load: async (id) =>
      id === `\0${name}` ? `export default JSON.parse(${JSON.stringify(JSON.stringify(await europe()))});` : undefined,
  };
}
