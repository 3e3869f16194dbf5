// The page without a network: every built file is fetched once and served from then on. The plugin beside this file puts
// in the list of files and a version, which changes with any of them. A new version takes over when the tabs of the old
// one are closed, so that a page never mixes files of both.
const VERSION = "__VERSION__";
const FILES = __FILES__;

const scope = new URL(self.registration.scope);
// Other pages of this origin have caches too, other copies of this page among them.
const PREFIX = `tabgpu-demo ${scope.pathname} `;
const CACHE = PREFIX + VERSION;

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
  if (FILES.includes(name)) event.respondWith(fromCache(name, request));
});

async function precache() {
  const cache = await caches.open(CACHE);
  // Files in assets/ have their content's hash in their name, so the browser's own cache may answer for them.
  const requests = FILES.map(
    (name) =>
      new Request(new URL(name, scope), { cache: name.startsWith("assets/") ? "default" : "no-cache" }),
  );
  await cache.addAll(requests);
}

async function removeOthers() {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  }
}

/** The browser may have thrown the cache away when space ran out. */
async function fromCache(name, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(new URL(name, scope))) ?? fetch(request);
}
