import type { ProxyOptions } from "vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { aheadPlugin } from "./scripts/ahead.mjs";
import { chunks } from "./scripts/chunks.mjs";
import { europePlugin } from "./scripts/europe.mjs";

const exchange = process.env.HANSA_EXCHANGE ?? "http://127.0.0.1:7443";
/** A stream's head is passed on when it comes, not only with the first event. */
const configure: ProxyOptions["configure"] = (proxy) =>
  proxy.on("proxyRes", (_answer, _request, response) => setImmediate(() => response.flushHeaders()));
const proxy = Object.fromEntries(
  ["/v1", "/healthz", "/readyz", "/openapi.json", "/.well-known"].map((path) => [
    path,
    { target: exchange, configure },
  ]),
);

/** What an exchange that serves the console must send with its page: nothing from elsewhere, nothing inline. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export default defineConfig({
  plugins: [react(), europePlugin(), aheadPlugin("src/app/start.tsx")],
  server: { proxy },
  preview: { proxy, headers: { "content-security-policy": contentSecurityPolicy } },
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    manifest: true,
    rollupOptions: {
      output: {
        experimentalMinChunkSize: 12_000,
        manualChunks: chunks(),
      },
    },
  },
  test: { include: ["src/**/*.test.{ts,tsx}"], environment: "node" },
});
