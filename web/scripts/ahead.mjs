// Names in the built page what its small first script is going to ask for, so that the browser fetches all of it at
// once instead of one thing after the other.

/** Everything that a chunk needs before it can run, itself included. */
function graphOf(bundle, file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const next of bundle[file].imports) graphOf(bundle, next, seen);
  return seen;
}

/**
 * Adds what `module` is made of to the page's head.
 * @param {string} module its path, as `src/app/start.tsx`
 * @returns {import("vite").Plugin}
 */
export function aheadPlugin(module) {
  return {
    name: "ahead",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle }) {
        if (!bundle) return [];
        const chunk = Object.values(bundle).find(({ moduleIds }) => moduleIds?.some((id) => id.endsWith(`/${module}`)));
        if (!chunk) throw new Error(`${module} is in no chunk`);
        const files = [...graphOf(bundle, chunk.fileName)];
        const styles = files.flatMap((file) => [...bundle[file].viteMetadata.importedCss]);
        const tag = (rel, file) => ({
          tag: "link",
          attrs: { rel, crossorigin: true, href: `/${file}` },
          injectTo: "head",
        });
        return [
          ...files.filter((file) => !html.includes(file)).map((file) => tag("modulepreload", file)),
          ...styles.filter((file) => !html.includes(file)).map((file) => tag("stylesheet", file)),
        ];
      },
    },
  };
}
