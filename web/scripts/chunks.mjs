// Which files the program is cut into: few enough for the six connections that a browser opens, and none that holds
// what only another page needs.

/** What every page stands on. It changes less often than the console, so browsers keep it longer. */
const frame = new RegExp(
  "/node_modules/(react|react-dom|scheduler|use-sync-external-store|openapi-fetch|" +
    "@tanstack/(history|store|(react-)?(query|router|store)(-core)?))/",
);

/** Modules of which everything that they need lies in one file, and in the first of them that needs it. */
const wholes = {
  first: /\/src\/main\.ts$|^\0vite\/preload-helper/,
  start: /\/src\/app\/start\.tsx$/,
  shell: /\/src\/(shell\/Shell|ui\/Table)\.tsx$/,
  home: /\/src\/pages\/Home\.tsx$/,
};

/** What is loaded by its name and should lie alone: a language, a template. */
const apart = /\/src\/(?:i18n\/messages|templates)\/(\w+(?:-\w+)*)/;

function addAll(id, name, homes, getModuleInfo) {
  if (homes.has(id) || frame.test(id)) return;
  homes.set(id, name);
  for (const next of getModuleInfo(id)?.importedIds ?? []) addAll(next, name, homes, getModuleInfo);
}

/** @returns {import("rollup").GetManualChunk} */
export function chunks() {
  let homes;
  return (id, { getModuleIds, getModuleInfo }) => {
    if (!homes) {
      homes = new Map();
      for (const [name, first] of Object.entries(wholes))
        for (const one of getModuleIds()) if (first.test(one)) addAll(one, name, homes, getModuleInfo);
    }
    if (frame.test(id)) return "frame";
    return homes.get(id) ?? apart.exec(id)?.[1];
  };
}
