// Between the page, the storage of the phone and the clinic: what happened is kept first, then
// sent; what the clinic tells is kept too, and everybody on the page hears of it.

import { draftName, draftsOf, InMemory } from "./store.js";
import { oneByOne } from "./sync.js";
import { alsoKnown, clinicTime, dayAt, dayCame, empty, happened, isLeased, synced } from "./phone.js";

/**
 * @typedef {import("./phone.js").State} State
 * @typedef {import("./phone.js").Happened} Happened
 * @typedef {import("./phone.js").Session} Session
 * @typedef {import("./store.js").Store} Store
 * @typedef {import("./sync.js").Phone} Phone
 * @typedef {"" | "no_line" | "signed_out" | "not_hers"} Line
 */

/** So long the plan is not asked for again by a page that only stays open. */
const STALE_MS = 900_000;
/** Held by a page as long as an exercise goes on there, or is told of. */
const LOCK = "levator-";

/** @returns {string} an id that nobody else makes */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
}

/** Whether the page on which an exercise went on is gone. @param {Session} one @returns {Promise<boolean>} */
async function isLeft(one) {
  return !navigator.locks || navigator.locks.request(LOCK + one.id, { ifAvailable: true }, (lock) => lock !== null);
}

export class Keeper {
  /** @param {Store} store @param {import("./sync.js").Clinic} clinic @param {Phone} phone @param {string} whose */
  constructor(store, clinic, phone, whose) {
    this.store = store;
    this.clinic = clinic;
    this.phone = phone;
    /** @type {State} */
    this.state = empty();
    /** of an exercise that ended just now, while it is asked how it went @type {Session | null} */
    this.draft = null;
    /** @type {Line} */
    this.line = "";
    this.refusals = /** @type {string[]} */ ([]);
    /** when the clinic was heard last */
    this.toldMs = -Infinity;
    this.toldOn = "";
    /** what the clinic says of this phone's clock */
    this.clock = "";
    /** on no disk, because there was no room, or on its way there @type {Happened[]} */
    this.loose = [];
    /** what the clinic has of it @type {Set<string>} */
    this.sent = new Set();
    this.isFull = false;
    this.isSending = false;
    this.sending = Promise.resolve();
    this.isWanted = false;
    this.isTakingOver = false;
    /** so much of what is here the clinic could not read */
    this.unread = 0;
    this.isGone = false;
    this.settings = /** @type {Record<string, boolean>} */ ({ sound: true, voice: false, shake: true });
    this.changed = () => {};
    /** id of the exercise that goes on here, or is being told of */
    this.own = "";
    /** lets go of it */
    this.letGo = () => {};
    /** the other pages of hers on this device: what one is told holds on all of them */
    this.others = new BroadcastChannel(`levator-home-${whose}`);
    this.others.onmessage = () => void this.heard();
  }

  /**
   * The clinic is not asked later for a slow disk: what is new of these is on its way there first. Of
   * pages that a new phone opens at once all go by the id of the first: it is one phone.
   */
  async load() {
    const { phone, settings } = await this.read();
    Object.assign(this.settings, settings);
    this.phone.id = phone || (await this.read(this.phone.id)).phone || this.phone.id;
    void this.today();
    await this.closeLeft();
  }

  /** What another page was telling of when it went. */
  async closeLeft() {
    for (const draft of this.state.open) if (await isLeft(draft)) await this.close(draft);
  }

  /** Whether the clinic has all of hers, once it was sent; an exercise that goes on somewhere it cannot have. */
  async isAllSent() {
    await this.read();
    await this.closeLeft();
    void this.sync();
    await this.sending;
    const { held = [] } = (await navigator.locks?.query()) ?? {};
    return !this.unsent && !this.state.open.length && !held.some((one) => one.name?.startsWith(LOCK));
  }

  /**
   * What this phone keeps: another page of it may have written there, or sent what waited here.
   * @param {string} [id] its own, where none is kept yet @returns {Promise<Record<string, any>>}
   */
  async read(id) {
    const waited = this.state.outbox;
    const found = await this.store.load(id).catch(() => null);
    if (!found || this.isGone) return {};
    const { facts, outbox } = found;
    const there = new Set([...outbox, ...this.loose].map((one) => one.id));
    const gone = new Set(waited.map((one) => one.id).filter((id) => !there.has(id)));
    const open = draftsOf(facts).filter((one) => one.id !== this.own);
    this.state = { ...alsoKnown(this.state, facts, outbox.filter((one) => !this.sent.has(one.id)), gone), open };
    return facts;
  }

  /** Another page of hers was told something: it is on the disk, or else only the clinic has it. */
  async heard() {
    if (this.store.isOnDisk) await this.read();
    else await this.sync();
    this.changed();
  }

  tellOthers() {
    this.others.postMessage("");
  }

  /** What the next page begins with; the id too, as there may have been no room for it at first. */
  get facts() {
    const { plan, lease, ahead_s, latest_day } = this.state;
    return { plan, lease, ahead_s, latest_day, phone: this.phone.id };
  }

  get day() {
    return dayAt(this.state, Date.now());
  }

  get time() {
    return clinicTime(this.state, Date.now());
  }

  /** She signed out on another page: nothing of hers is shown here, asked for or kept any more. */
  forget() {
    this.isGone = true;
    this.store = new InMemory();
    this.state = empty();
    this.draft = null;
    this.line = "signed_out";
    this.changed();
  }

  /** What is not with the clinic yet. */
  get unsent() {
    return this.state.outbox.length + (this.draft ? 1 : 0);
  }

  /** Whether something is lost with this page. */
  get isOnlyHere() {
    return this.unsent > 0 && (this.isFull || !this.store.isOnDisk);
  }

  /** Whether nothing is here yet, and it is being asked for. */
  get isAsking() {
    return !this.state.plan && this.isSending && !this.isGone;
  }

  /** What did not fit before is tried again with it. @param {import("./store.js").Change} change */
  async write(change) {
    // A slow disk moves nothing from under her thumb later, and what stops her stops at once.
    this.changed();
    const put = [...this.loose, ...(change.put ?? [])];
    this.loose = put;
    const isKept = await this.store.keep({ ...change, put });
    if (isKept || !this.store.isOnDisk) this.loose = this.loose.filter((one) => !put.includes(one));
    this.isFull = this.store.isOnDisk && !isKept;
    return isKept;
  }

  /** The day may have become another since the last look, and another page may have been told something. */
  async look() {
    await this.read();
    await this.today();
  }

  async today() {
    const { day, state } = this;
    this.state = dayCame(state, day);
    if (this.state !== state) await this.write({ facts: { latest_day: day } });
  }

  /** Keep what happened, then send it. @param {Happened} one @returns {Promise<boolean>} whether it is on the disk */
  async keep(one) {
    this.state = happened(this.state, one);
    const isKept = await this.write({ put: [one] });
    this.tellOthers();
    this.changed();
    void this.sync();
    return isKept;
  }

  /** They were a mistake. @param {string[]} ids of marks or lines of the diary */
  async takeBack(ids) {
    for (const of of ids) await this.keep({ list: "taken_back", id: newId(), of });
  }

  /** @param {string} code @param {string | number} answer */
  answer(code, answer) {
    return this.keep({ list: "answers", id: newId(), on_day: this.day, at: this.time, code, answer });
  }

  /**
   * @param {string} exercise @param {string} startedAt @param {number} repetitions
   * @param {number} lastedS @param {Session["ended_by"]} endedBy @returns {Session}
   */
  session(exercise, startedAt, repetitions, lastedS, endedBy) {
    const { day } = this;
    const wasLeased = isLeased(this.state, day);
    return {
      list: "sessions", id: newId(), exercise, on_day: day, started_at: startedAt, repetitions,
      lasted_s: Math.round(10 * lastedS) / 10, ended_by: endedBy, pain: null, leaked: null, was_leased: wasLeased,
    };
  }

  /** It goes on here: no other page of this phone takes it for one that was left. @param {Session} one */
  begins(one) {
    this.own = one.id;
    void navigator.locks?.request(LOCK + one.id, () => new Promise((done) => (this.letGo = () => done(undefined))));
  }

  /** Kept at once, and sent when she has told how it went, that it was pain, or the page is opened again. @param {Session} one */
  async hold(one) {
    this.draft = one;
    if (this.own !== one.id) this.begins(one);
    const isKept = await this.write({ facts: { [draftName(one)]: one } });
    if (isKept) this.tellOthers();
    this.changed();
    return isKept;
  }

  /** It was not done after all: nothing of it stays. */
  async drop() {
    const dropped = this.draft;
    this.draft = null;
    if (dropped) await this.write({ facts: { [draftName(dropped)]: null } });
    this.tellOthers();
    this.letGo();
    this.changed();
  }

  /** @param {Session} one */
  async close(one) {
    this.draft = null;
    this.state = { ...happened(this.state, one), open: this.state.open.filter((other) => other.id !== one.id) };
    const isKept = await this.write({ put: [one], facts: { [draftName(one)]: null } });
    this.letGo();
    this.tellOthers();
    this.changed();
    void this.sync();
    return isKept;
  }

  /** @param {string} name @param {boolean} isOn */
  async set(name, isOn) {
    this.settings[name] = isOn;
    await this.write({ facts: { settings: { ...this.settings } } });
    this.changed();
  }

  /** Send all there is, piece by piece, and take what the clinic tells. @param {boolean} takesOver where the days are to be this phone's */
  async sync(takesOver = false) {
    this.isWanted = true;
    this.isTakingOver ||= takesOver;
    if (this.isSending || this.isGone) return;
    this.sending = this.sendAll();
    await this.sending;
  }

  async sendAll() {
    this.isSending = true;
    this.changed();
    while (this.isWanted) {
      this.isWanted = false;
      const isMore = await this.send();
      this.isWanted ||= isMore;
    }
    this.isSending = false;
    this.changed();
  }

  /** @returns {Promise<boolean>} whether more can be sent now */
  async send() {
    const takesOver = this.isTakingOver;
    this.isTakingOver = false;
    const answer = await this.clinic.sync(this.state, this.phone, takesOver);
    if (this.isGone) return false;
    this.line = answer.is === "told" || answer.is === "refused" ? "" : answer.is;
    if (answer.is === "refused") await this.sendSingly(takesOver);
    if (answer.is !== "told") return false;
    return (await this.take(answer.told)) && this.state.outbox.length > 0;
  }

  /** What cannot be read there stays, with why; it keeps nothing else from being sent, nor the plan from coming. @param {boolean} takesOver */
  async sendSingly(takesOver) {
    const whys = new Set();
    let unread = 0;
    for (const outbox of [[], ...oneByOne(this.state.outbox)]) {
      const answer = await this.clinic.sync({ ...this.state, outbox }, this.phone, takesOver);
      if (this.isGone) return;
      if (answer.is === "told") await this.take(answer.told);
      if (answer.is === "refused") unread += outbox.length;
      for (const why of answer.is === "refused" ? [answer.why] : this.refusals) whys.add(why);
      // Then it is nothing of these.
      if (!outbox.length && answer.is !== "told") break;
    }
    this.unread = unread;
    this.refusals = [...whys];
  }

  /** Whether it is time to ask the clinic, where nothing has happened here. */
  get isDue() {
    return this.unsent > this.unread || Date.now() - this.toldMs > STALE_MS || this.state.latest_day !== this.toldOn;
  }

  /** @param {import("./phone.js").Told} told @returns {Promise<boolean>} whether something is gone from the outbox */
  async take(told) {
    const before = this.state.outbox;
    this.toldMs = Date.now();
    this.toldOn = told.now.slice(0, 10);
    this.state = synced(this.state, told, Date.now());
    const left = new Set(this.state.outbox.map((one) => one.id));
    const drop = before.map((one) => one.id).filter((id) => !left.has(id));
    for (const id of drop) this.sent.add(id);
    this.loose = this.loose.filter((one) => left.has(one.id));
    this.refusals = told.refused.map((one) => one.why);
    this.unread = 0;
    this.clock = told.clock ?? "";
    await this.write({ drop, facts: this.facts });
    if (drop.length || this.store.isOnDisk) this.tellOthers();
    return drop.length > 0;
  }
}
