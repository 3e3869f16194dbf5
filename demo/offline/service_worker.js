// The page without a network: every built file is kept once it was fetched. The plugin beside this file puts in the list of
// files and a version, which changes with any of them. With a network the page itself is the host's newest; its parts, whose
// names hold their content's hash, are those of its own version in any case.
const VERSION = "__VERSION__";
const FILES = __FILES__;

const scope = new URL(self.registration.scope);
// Other pages of this origin have caches too, other copies of this page among them.
const PREFIX = `tabgpu-demo ${scope.pathname} `;
const CACHE = PREFIX + VERSION;
/** For the network, in ms. */
const PATIENCE = 3000;

self.addEventListener("install", (event) => {
  event.waitUntil(precache());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(removeOthers().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname))
    return;
  const name = url.pathname.slice(scope.pathname.length) || "index.html";
  if (!FILES.includes(name)) return;
  event.respondWith(isHashed(name) ? fromCache(name, request) : fromNetwork(name, request));
});

const isHashed = (name) => name.startsWith("assets/");

async function precache() {
  const cache = await caches.open(CACHE);
  // The browser's own cache may answer for what its name describes.
  const requests = FILES.map(
    (name) => new Request(new URL(name, scope), { cache: isHashed(name) ? "default" : "no-cache" }),
  );
  await cache.addAll(requests);
}

async function removeOthers() {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  }
}

/** The host's, if it answers soon and well; else the one kept. */
async function fromNetwork(name, request) {
  try {
    const response = await fetch(request, { cache: "no-cache", signal: AbortSignal.timeout(PATIENCE) });
    if (response.ok) return response;
  } catch {
    // No network, or a very slow one.
  }
  return fromCache(name, request);
}

/** The browser may have thrown the cache away when space ran out. */
async function fromCache(name, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(new URL(name, scope))) ?? fetch(request);
}
