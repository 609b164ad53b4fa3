// Lets the pages at home work without a network. What they need is fetched when this is installed,
// under the name of its version; the next version takes over as soon as it has all of its own.
// The first line, with the version and the files, is put before this one by the server.

const worker = /** @type {any} */ (self);
/** @type {{version: string, files: string[]}} */
const { version, files } = worker.shell;
const BEGINS = "levator-home-";
const KEPT = BEGINS + version;
const SHELL = "/home";
const PATIENT_MS = 4000;
/** How often somebody signed in: what was asked for before is not kept for who came. */
let arrivals = 0;

worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(install()));
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(activate()));
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate") {
    const arrived = address.searchParams.has("arrived") ? forgetRead() : Promise.resolve();
    event.respondWith(arrived.then(() => page(request, address.pathname)));
  }
  else if (files.includes(address.pathname)) event.respondWith(file(request));
  else if (address.pathname.startsWith("/static/")) event.respondWith(piece(request));
});

/** A reminder carries nothing; what is shown is as neutral as the name of the app. */
worker.addEventListener("push", (/** @type {any} */ event) => {
  event.waitUntil(worker.registration.showNotification(worker.shell.name, { tag: "reminder", icon: worker.shell.icon }));
});
worker.addEventListener("notificationclick", (/** @type {any} */ event) => {
  event.notification.close();
  event.waitUntil(openHome());
});
/** What she may read later, without a network. */
worker.addEventListener("message", (/** @type {any} */ event) => event.waitUntil(ahead(event.data.ahead ?? [])));

async function openHome() {
  const [here] = await worker.clients.matchAll({ type: "window" });
  return here ? here.focus() : worker.clients.openWindow(SHELL);
}

/** @param {string[]} paths */
async function ahead(paths) {
  const [kept, since] = [await keeping(), arrivals];
  for (const path of paths) {
    if (await caches.match(path)) continue;
    const answer = await fetch(path, { redirect: "error" }).catch(() => null);
    if (answer?.ok && since === arrivals) await kept?.put(path, answer);
  }
}

async function install() {
  const wasHere = await caches.has(KEPT);
  const kept = await caches.open(KEPT);
  // Where she is signed out, the page would be the one to sign in: what was here before stays, and nothing else.
  await kept.addAll(files.map((one) => new Request(one, { redirect: "error" }))).catch(async (/** @type {unknown} */ error) => {
    if (!wasHere) await caches.delete(KEPT);
    throw error;
  });
  await worker.skipWaiting();
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((one) => one.startsWith(BEGINS) && one !== KEPT).map((one) => caches.delete(one)));
  await worker.clients.claim();
}

/** Somebody signed in: whatever was read here before may be another's. */
async function forgetRead() {
  arrivals += 1;
  const kept = await keeping();
  const read = ((await kept?.keys()) ?? []).filter((one) => /^\/home(?!\/parts\/)/.test(new URL(one.url).pathname));
  await Promise.all(read.map((one) => kept?.delete(one)));
}

/**
 * What is kept; nothing once she signed out, though this worker still serves a page that is open.
 * What was opened before is gone too then: what comes late is put into it, and nobody finds it.
 */
async function keeping() {
  if (!(await caches.has(KEPT))) return null;
  const kept = await caches.open(KEPT);
  if (await kept.match(files.at(-1) ?? SHELL)) return kept;
  // She signed out between the two, and this look made it anew.
  await caches.delete(KEPT);
  return null;
}

/** The network first, so that it is hers and new; else what was kept. @param {Request} request @param {string} path */
async function page(request, path) {
  const [kept, since] = [await keeping(), arrivals];
  if (!kept) return fetch(request);
  const before = async () => (await kept.match(path)) ?? (await kept.match(SHELL));
  try {
    const answer = await within(fetch(request), (await before()) ? PATIENT_MS : 0);
    const isShell = answer.headers.has("X-Shell");
    const name = isShell ? SHELL : path;
    if (answer.ok && since === arrivals && (isShell || answer.type === "basic")) await kept.put(name, answer.clone());
    // Signed out by time, or the server has trouble: her plan is still on this phone.
    const isNone = answer.type === "opaqueredirect" || answer.status >= 500;
    return (isNone && (await before())) || answer;
  } catch (error) {
    const found = await before();
    if (found) return found;
    throw error;
  }
}

/** @param {Request} request */
async function file(request) {
  return (await caches.match(request.url)) ?? fetch(request);
}

/** What a page beside the shell needs: kept as it was seen last; before that the style of the shell is near it. @param {Request} request */
async function piece(request) {
  const kept = await keeping();
  if (!kept) return fetch(request);
  try {
    const answer = await fetch(request);
    if (answer.ok) await kept.put(request.url, answer.clone());
    return answer;
  } catch (error) {
    const style = request.destination === "style" && files.find((one) => one.endsWith(".css"));
    const found = (await kept.match(request.url)) ?? (style && (await kept.match(style)));
    if (found) return found;
    throw error;
  }
}

/** @param {Promise<Response>} answer @param {number} mostMs 0 for as long as it takes @returns {Promise<Response>} */
function within(answer, mostMs) {
  if (!mostMs) return answer;
  return Promise.race([
    answer,
    new Promise((_, fail) => setTimeout(() => fail(new Error("no answer in time")), mostMs)),
  ]);
}
