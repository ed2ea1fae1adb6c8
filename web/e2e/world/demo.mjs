// The demo as anybody starts it: `hansa demo`, with real machines and databases on this computer. Nothing is known of
// it here but what it prints.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./processes.mjs";
import { program } from "./world.mjs";

/** How long its story may take until it stays up: half a minute on two idle cores without KVM. */
const patience = 240;

/**
 * What the demo prints once it stays up, by what it is.
 * @param {string} told
 */
function read(told) {
  /** @param {RegExp} pattern @param {string} what */
  const one = (pattern, what) => {
    const found = pattern.exec(told)?.[1];
    if (!found) throw new Error(`the demo does not print ${what}:\n${told}`);
    return found;
  };
  const doors = [...told.matchAll(/open (http\S+\/as\/(\w+))/g)];
  return {
    /** Where the exchange and its console are. */
    address: one(/HANSA_EXCHANGE=(\S+)/, "the exchange's address"),
    /** The token of the buyer whose order runs. */
    token: one(/HANSA_TOKEN=(\S+)/, "a token"),
    /** The links that sign one in, by role. */
    links: new Map(doors.map(([, link, role]) => [role, link])),
    /** The pages that the machines of its order serve. */
    pages: [...told.matchAll(/open (http:\/\/[\d.:]+\/)$/gm)].map(([, page]) => page),
  };
}

/** Starts the demo and waits until it has told its story and stays up. */
export async function startDemo() {
  const directory = await mkdtemp(join(tmpdir(), "hansa-demo-"));
  // Where CI is set it would end by itself.
  const { CI: _, ...environment } = process.env;
  const child = spawn(program, ["demo", "--directory", directory], { env: environment });
  let told = "";
  let over = false;
  child.stderr.on("data", (chunk) => (told += chunk));
  child.stdout.resume();
  const ended = new Promise((resolve) => {
    child.once("close", resolve);
    child.once("error", (error) => resolve((told += error.message)));
  }).then(() => (over = true));
  const stop = async () => {
    // As Ctrl-C does.
    if (!over) child.kill("SIGINT");
    await ended;
    await rm(directory, { recursive: true, force: true });
    return told;
  };
  try {
    const look = async () => over || told.includes("Ctrl-C takes everything down") || undefined;
    await until("the demo's staying up", look, patience);
    if (over) throw new Error(`the demo broke off; it said:\n${told}`);
    return { ...read(told), directory, /** Ends it; answers all that it said. */ stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
