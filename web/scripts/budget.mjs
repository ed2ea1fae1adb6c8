// Fails when the JavaScript that the first page needs is more than it may be.
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const budget = 200 * 1024;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(await readFile(new URL(".vite/manifest.json", dist), "utf8"));

/** What is loaded before something is shown: files by their names in `chunks.mjs`, with English for the words. */
const pages = {
  "the sign-in page": ["index", "start", "en"],
  "the overview": ["index", "start", "en", "shell", "home"],
};

/** The files of that name with all that they import. */
function neededFor(names) {
  const needed = new Set();
  const need = (chunk) => {
    if (needed.has(chunk)) return;
    needed.add(chunk);
    chunk.imports?.forEach((key) => need(manifest[key]));
  };
  for (const name of names) {
    const found = Object.values(manifest).filter((chunk) => chunk.name === name && chunk.file.endsWith(".js"));
    if (found.length === 0) throw new Error(`no file of the build is named ${name}`);
    found.filter(({ isEntry, isDynamicEntry }) => isEntry || isDynamicEntry).forEach(need);
  }
  return [...needed].map(({ file }) => file);
}

const zipped = async (file) => gzipSync(await readFile(new URL(file, dist)), { level: 9 }).length;
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
for (const [page, names] of Object.entries(pages)) {
  const sizes = await Promise.all(neededFor(names).map(zipped));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  process.stdout.write(`${kib(total)} of ${kib(budget)} for ${page}, in ${sizes.length} files\n`);
  if (total > budget) {
    process.stderr.write(`error: ${page} needs more than its budget; load something of it later\n`);
    process.exitCode = 1;
  }
}
