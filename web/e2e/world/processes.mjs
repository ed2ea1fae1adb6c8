// Starts and ends the programs of a world. Every program is ended by the one who started it.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { openSync } from "node:fs";

/**
 * A port on loopback that nobody listens on.
 * @returns {Promise<number>}
 */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/**
 * Starts a program whose output goes to a file.
 * @param {string} program
 * @param {string[]} args
 * @param {string} log
 */
export function start(program, args, log) {
  const output = openSync(log, "a");
  const begin = () => {
    const child = spawn(program, args, { stdio: ["ignore", output, output] });
    return { child, ended: new Promise((resolve) => child.once("exit", resolve)) };
  };
  let running = begin();
  return {
    /** Ends the program and waits until it is gone. */
    async stop() {
      if (running.child.exitCode === null && running.child.signalCode === null) running.child.kill("SIGTERM");
      await running.ended;
    },
    /** Ends the program as an accident would. */
    async kill() {
      running.child.kill("SIGKILL");
      await running.ended;
    },
    /** Starts it again after it was ended. */
    resume() {
      running = begin();
    },
  };
}

/**
 * Runs a program to its end; its output is part of the error when it fails.
 * @param {string} program
 * @param {string[]} args
 * @param {Record<string, string>} environment
 */
export function run(program, args, environment) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, ...environment } });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.once("error", reject);
    child.once("exit", (code) =>
      code === 0 ? resolve(output) : reject(new Error(`${program} ${args[0]} ended with ${code}: ${output}`)),
    );
  });
}

/**
 * Asks again until the answer is there.
 * @template T
 * @param {string} what
 * @param {() => Promise<T | undefined>} ask
 * @param {number} [seconds]
 * @returns {Promise<T>}
 */
export async function until(what, ask, seconds = 30) {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`${what} did not happen within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
