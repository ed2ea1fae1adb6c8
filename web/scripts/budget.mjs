// Fails when the JavaScript that the first page needs is more than it may be.
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const budget = 200 * 1024;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(await readFile(new URL(".vite/manifest.json", dist), "utf8"));

/** What is loaded before something is shown: the entry, English, and one page, with all that they import. */
function neededFor(page) {
  const needed = new Set();
  const need = (key) => {
    if (needed.has(key)) return;
    needed.add(key);
    manifest[key].imports?.forEach(need);
  };
  for (const key of ["index.html", "src/i18n/messages/en/index.ts", page]) need(key);
  return [...new Set([...needed].map((key) => manifest[key].file))].filter((file) => file.endsWith(".js"));
}

const zipped = async (file) => gzipSync(await readFile(new URL(file, dist)), { level: 9 }).length;
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
for (const page of ["src/pages/signin/SignIn.tsx", "src/pages/Home.tsx"]) {
  const sizes = await Promise.all(neededFor(page).map(zipped));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  process.stdout.write(`${kib(total)} of ${kib(budget)} for ${page}, in ${sizes.length} files\n`);
  if (total > budget) {
    process.stderr.write(`error: ${page} needs more than its budget; load something of it later\n`);
    process.exitCode = 1;
  }
}
