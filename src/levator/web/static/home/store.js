// What this phone keeps, in the browser's own storage: the plan, and everything that happened here
// until the clinic has it. What is said to be kept is on the disk. On a shared device, or where
// the browser keeps nothing, all of it lives as long as the page and no longer.

/**
 * @typedef {import("./phone.js").Happened} Happened
 * @typedef {{put?: Happened[], drop?: string[], facts?: Record<string, unknown>}} Change
 * @typedef {{facts: Record<string, unknown>, outbox: Happened[]}} Loaded
 * @typedef {{isOnDisk: boolean, load: (id?: string) => Promise<Loaded>, keep: (change: Change) => Promise<boolean>,
 *   forget: () => Promise<void>}} Store
 */

const BEGINS = "levator-home-";
const FACTS = "facts";
const OUTBOX = "outbox";
const DRAFT = "draft-";
/** All pages at home in this browser. */
const pages = new BroadcastChannel("levator-home");

/** What an exercise that is not sent yet is kept under: each page of this phone has its own. @param {{id: string}} session */
export function draftName({ id }) {
  return DRAFT + id;
}

/** The exercises that go on, or are being told of, on any page. @param {Record<string, unknown>} facts */
export function draftsOf(facts) {
  const kept = Object.entries(facts).filter(([name, one]) => name.startsWith(DRAFT) && one);
  return kept.map(([, one]) => /** @type {import("./phone.js").Session} */ (one));
}

/** Where one page forgets everything, or is another's, no other goes on showing what was hers. @param {string} whose @param {() => void} leave */
export function whenForgotten(whose, leave) {
  pages.onmessage = ({ data }) => data === whose || leave();
  pages.postMessage(whose);
}

/** @implements {Store} */
export class InMemory {
  constructor() {
    this.isOnDisk = false;
    /** @type {Record<string, unknown>} */
    this.facts = {};
    /** @type {Map<string, Happened>} */
    this.outbox = new Map();
  }

  /** @returns {Promise<Loaded>} */
  async load() {
    return { facts: this.facts, outbox: [...this.outbox.values()] };
  }

  /** @param {Change} change */
  async keep({ put = [], drop = [], facts = {} }) {
    for (const one of put) this.outbox.set(one.id, one);
    for (const id of drop) this.outbox.delete(id);
    Object.assign(this.facts, facts);
    return false;
  }

  async forget() {
    this.facts = {};
    this.outbox.clear();
  }
}

/** @implements {Store} */
class OnDisk {
  /** @param {IDBDatabase} base */
  constructor(base) {
    this.isOnDisk = true;
    this.base = base;
    // Another page wants to delete it: signing out is not held up.
    base.onversionchange = () => base.close();
  }

  /** @param {string} [id] kept for this phone with this look, where no page of it has one yet @returns {Promise<Loaded>} */
  async load(id) {
    const work = this.base.transaction([FACTS, OUTBOX], id ? "readwrite" : "readonly");
    const [names, values, outbox] = await Promise.all([
      answered(work.objectStore(FACTS).getAllKeys()),
      answered(work.objectStore(FACTS).getAll()),
      answered(work.objectStore(OUTBOX).getAll()),
    ]);
    const facts = Object.fromEntries(names.map((name, place) => [name, values[place]]));
    if (id) work.objectStore(FACTS).put((facts["phone"] ||= id), "phone");
    return { facts, outbox };
  }

  /** Whether all of it is on the disk now; else nothing of it is. @param {Change} change @returns {Promise<boolean>} */
  async keep({ put = [], drop = [], facts = {} }) {
    try {
      const work = this.base.transaction([FACTS, OUTBOX], "readwrite", { durability: "strict" });
      for (const one of put) work.objectStore(OUTBOX).put(one);
      for (const id of drop) work.objectStore(OUTBOX).delete(id);
      const known = work.objectStore(FACTS);
      for (const [name, value] of Object.entries(facts)) value === null ? known.delete(name) : known.put(value, name);
      // At once, so that it is kept from a page that is going away too.
      work.commit?.();
      await new Promise((done, fail) => {
        work.oncomplete = done;
        work.onabort = fail;
      });
      return true;
    } catch {
      return false;
    }
  }

  async forget() {
    this.base.close();
    await deleted(this.base.name);
  }
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function answered(request) {
  return new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

/** @param {string} name */
function deleted(name) {
  return answered(indexedDB.deleteDatabase(name)).catch(() => undefined);
}

/** The store of one person on this phone. @param {string} whose @param {boolean} isShared @returns {Promise<Store>} */
export async function openStore(whose, isShared) {
  if (isShared) return new InMemory();
  try {
    const asked = indexedDB.open(BEGINS + whose, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(FACTS);
      asked.result.createObjectStore(OUTBOX, { keyPath: "id" });
    };
    return new OnDisk(await answered(asked));
  } catch {
    return new InMemory();
  }
}

/** The names of all that is kept here, of whomever. */
async function names() {
  const bases = (await indexedDB.databases?.()) ?? [];
  return bases.map((one) => one.name ?? "").filter((name) => name.startsWith(BEGINS));
}

/** What she left on the disk before others used this device too. @param {string} whose */
export async function leftOf(whose) {
  if (!(await names()).includes(BEGINS + whose)) return [];
  const { facts, outbox } = await (await openStore(whose, false)).load();
  return [...outbox, ...draftsOf(facts)];
}

/** All that is kept here, of whomever. */
export async function allKept() {
  return Promise.all((await names()).map(async (name) => (await openStore(name.slice(BEGINS.length), false)).load()));
}

/** Whether something is kept here that the clinic does not have yet. */
export async function isAnyUnsent() {
  return (await allKept()).some(({ facts, outbox }) => outbox.length + draftsOf(facts).length > 0);
}

/**
 * Of everybody else who used this phone only what is not sent yet is left, and it waits for her:
 * neither her plan nor the pages that she read.
 * @param {string} whose
 */
export async function forgetOthers(whose) {
  for (const name of (await names()).filter((one) => one !== BEGINS + whose)) {
    const other = await openStore(name.slice(BEGINS.length), false);
    const { facts, outbox } = await other.load();
    if (facts["plan"]) await forgetPages();
    if (!outbox.length && !draftsOf(facts).length) await other.forget();
    else await other.keep({ facts: { plan: null, lease: null } });
  }
}

/** The pages that were kept to be read without a network: which ones they are says something of her. */
async function forgetPages() {
  const names = "caches" in window ? await caches.keys() : [];
  for (const name of names) {
    const kept = await caches.open(name);
    const read = (await kept.keys()).filter((one) => /^\/home\/(?!parts\/)/.test(new URL(one.url).pathname));
    await Promise.all(read.map((one) => kept.delete(one)));
  }
}

/**
 * Nothing of anybody is left on this device, nor what makes the pages work without a network.
 * @param {boolean} keepsUnsent whether what the clinic does not have yet waits all the same
 */
export async function forgetAll(keepsUnsent = false) {
  pages.postMessage("");
  if (keepsUnsent) await forgetOthers("").catch(() => undefined);
  else await Promise.all((await names()).map(deleted));
  const kept = "caches" in window ? await caches.keys() : [];
  await Promise.all(kept.map((name) => caches.delete(name)));
  const workers = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  await Promise.all(workers.map((one) => one.unregister()));
}
