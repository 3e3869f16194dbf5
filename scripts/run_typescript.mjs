// Runs a TypeScript file with the imports it has, which Node 20 cannot: node scripts/run_typescript.mjs scripts/x.ts
import { resolve } from "node:path";
import { runnerImport } from "vite";

await runnerImport(resolve(process.argv[2]), { logLevel: "error" });
