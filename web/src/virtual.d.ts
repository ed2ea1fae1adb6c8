declare module "virtual:europe" {
  const europe: import("geojson").FeatureCollection<import("geojson").MultiPolygon, { name: string }>;
  export default europe;
}
