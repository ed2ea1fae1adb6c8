import { defineConfig } from "@playwright/test";
import base from "./playwright.config";

/** `npm run perf`: how fast the console is, as JSON. */
export default defineConfig({ ...base, testMatch: "perf/figures.ts", timeout: 300_000 });
