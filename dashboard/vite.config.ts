import { fileURLToPath } from "node:url";
import preact from "@preact/preset-vite";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const server = "http://127.0.0.1:8026";

export default defineConfig({
  root: here("."),
  plugins: [preact()],
  build: {
    outDir: here("../dist/web"),
    emptyOutDir: true,
    target: "es2023",
    // The server's policy for content allows no data: scripts and no inline scripts; assets stay files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { page: here("index.html"), "push-worker": here("src/push-worker.ts") },
      output: {
        // A worker rules what lies below its address: it stands at the root, under a name that stays.
        entryFileNames: ({ name }) => (name === "push-worker" ? "push-worker.js" : "assets/[name]-[hash].js"),
      },
    },
  },
  server: { host: "127.0.0.1", proxy: { "/api": server, "/live": { target: server, ws: true } } },
});
