// npm run build: bundles the library, the command line and the page it trains in into dist/, and writes the types.
//   dist/modules/        the library for bundlers and Node, module by module: an app takes along what it uses, and loads
//                        some of it only when it is needed; tabgpu and tabgpu/predict lead here
//   dist/index.js        all of the library in one minified ES module without imports: a page can load it as it is
//   dist/doctor.js       the same way: diagnose(device)
//   dist/headless.js     tabgpu/headless, for Node; what drives the browsers stays outside (optional peer dependencies)
//   dist/cli/tabgpu.js   the program, for Node, with the same left outside
//   dist/cli/page.js     what the program runs in its headless page
//   dist/types/          declarations
//   dist/THIRD_PARTY_LICENSES.txt   of the packages in the bundles
// With --no-types the declarations are left out: `npm start` has no use for them.
import { execFileSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What all bundles share. */
const common = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  target: "es2022",
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  logLevel: "warning",
};

/** Bundles the page of the command line to a file; the tests use it too. */
export async function buildPage(outfile) {
  return build({ ...common, entryPoints: ["src/cli/page/index.ts"], outfile, platform: "browser" });
}

/** The library and the doctor, for pages without a bundler. */
function buildLibrary(dist) {
  return build({
    ...common,
    entryPoints: { index: "src/index.ts", doctor: "src/doctor/index.ts" },
    outdir: dist,
    platform: "neutral",
    mainFields: ["browser", "module", "main"],
    minify: true,
  });
}

/** What `import` says in the modules, and where dist/ has it; without a type, every file is a `.js`. */
const SPECIFIER = /((?:from|import)\s*\(?\s*")([^"]+)(")/g;

/** The library's modules as they are, types erased; the packages they import lie beside them. */
async function buildModules(folder, { metafile }) {
  const isModule = (path) => path.startsWith("src/") && !path.startsWith("src/doctor/");
  const entryPoints = [...Object.keys(metafile.inputs).filter(isModule), "src/predict/index.ts"];
  const { outputs } = (await build({ ...common, bundle: false, entryPoints, outbase: "src", outdir: folder }))
    .metafile;
  const packages = new Set();
  for (const name of Object.keys(outputs).filter((path) => path.endsWith(".js"))) {
    const path = join(root, name);
    const imported = new Set(outputs[name].imports.map((one) => one.path));
    const code = readFileSync(path, "utf8").replace(SPECIFIER, (text, before, specifier, after) => {
      if (!imported.has(specifier)) return text; // words of an error message
      if (specifier.startsWith(".")) return before + specifier.replace(/\.ts$/, ".js") + after;
      packages.add(specifier);
      const up = relative(dirname(path), folder) || ".";
      return `${before}${up.startsWith(".") ? up : `./${up}`}/packages/${specifier}.js${after}`;
    });
    writeFileSync(path, code);
  }
  for (const name of packages) {
    const contents = `export { default } from "${name}";`;
    const stdin = { contents, resolveDir: root };
    const outfile = join(folder, "packages", `${name}.js`);
    await build({ ...common, stdin, outfile, platform: "browser", minify: true });
  }
}

/** What only Node runs: packages that drive a browser or the GPU are the user's to install. */
const forNode = {
  ...common,
  platform: "node",
  target: "node20",
  external: ["playwright", "playwright-core", "puppeteer-core", "webgpu"],
};

/** Bundles tabgpu/headless to a file; the tests use it too. */
export async function buildHeadless(outfile) {
  return build({ ...forNode, entryPoints: ["src/headless/index.ts"], outfile });
}

async function buildProgram(dist) {
  const outfile = join(dist, "cli", "tabgpu.js");
  const result = await build({
    ...forNode,
    entryPoints: ["src/cli/main.ts"],
    outfile,
    // Bundled CommonJS packages call require for Node's own modules.
    banner: {
      js: '#!/usr/bin/env node\nimport { createRequire as createRequire_ } from "node:module";\nconst require = createRequire_(import.meta.url);',
    },
  });
  chmodSync(outfile, 0o755);
  return result;
}

/** The bundles hold other people's code, whose licences ask to travel with it. */
function writeLicenses(dist, results) {
  const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const packages = new Set(
    inputs.map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]).filter(Boolean),
  );
  const texts = [...packages].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    const file = readdirSync(join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? readFileSync(join(root, folder, file), "utf8").trim() : license;
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  writeFileSync(join(dist, "THIRD_PARTY_LICENSES.txt"), texts.join(`\n${"-".repeat(80)}\n\n`));
}

function writeTypes(dist) {
  const tsc = join(createRequire(import.meta.url).resolve("typescript/package.json"), "..", "bin", "tsc");
  const types = join(dist, "types");
  const words = [tsc, "-p", "tsconfig.build.json", "--outDir", types];
  execFileSync(process.execPath, words, { cwd: root, stdio: "inherit" });
  // Declarations keep the sources' ".ts" endings, which not every consumer's compiler settings allow.
  for (const name of readdirSync(types, { recursive: true })) {
    if (!name.endsWith(".d.ts")) continue;
    const path = join(types, name);
    writeFileSync(path, readFileSync(path, "utf8").replace(/((?:from |import\()"\.[^"]*)\.ts"/g, '$1.js"'));
  }
}

/** Builds everything into a folder that is emptied first. */
export async function buildAll(dist, { types }) {
  rmSync(dist, { recursive: true, force: true });
  const page = buildPage(join(dist, "cli", "page.js"));
  const library = await buildLibrary(dist);
  await buildModules(join(dist, "modules"), library);
  writeLicenses(
    dist,
    await Promise.all([library, buildHeadless(join(dist, "headless.js")), buildProgram(dist), page]),
  );
  if (types) writeTypes(dist);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildAll(join(root, "dist"), { types: !process.argv.includes("--no-types") });
}
