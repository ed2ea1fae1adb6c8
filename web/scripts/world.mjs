// Starts a world to try the console with, prints who can sign in, and leaves it up until Ctrl-C. Serve the console
// beside it with `HANSA_EXCHANGE=<address> npm run dev`.
import { writeFile } from "node:fs/promises";
import { startWorld } from "../e2e/world/world.mjs";

const world = await startWorld("http://localhost:5173");
const summary = JSON.stringify({ address: world.address, people: world.people }, null, 2);
if (process.argv[2]) await writeFile(process.argv[2], summary);
process.stdout.write(`${summary}\n`);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void world.stop().then(() => process.exit(0)));
setInterval(() => undefined, 60_000);
