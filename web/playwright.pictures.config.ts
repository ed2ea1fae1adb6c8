import { defineConfig } from "@playwright/test";
import base from "./playwright.config";

/** `npm run screenshots`: into the folder that PICTURES names, or where the docs have them. */
export default defineConfig({ ...base, testMatch: "pictures/*.ts" });
