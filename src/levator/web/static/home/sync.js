// The one way to the clinic and back: what happened here goes there, what may be offered comes
// back. It may be sent as often as one likes: each thing has its id, and is kept there once.

import { clinicTime } from "./phone.js";

/**
 * @typedef {import("./phone.js").State} State
 * @typedef {import("./phone.js").Happened} Happened
 * @typedef {import("./phone.js").Told} Told
 * @typedef {{id: string, name: string, is_shared: boolean}} Phone
 * @typedef {{is: "told", told: Told} | {is: "no_line" | "signed_out" | "not_hers"}
 *   | {is: "refused", why: string}} Answer
 */

/** So many things at once; nobody else writes at the clinic while they are kept. */
export const AT_ONCE = 50;
/** What may stop her goes first. */
const LISTS = /** @type {const} */ (["answers", "sessions", "habits", "marks", "entries", "taken_back"]);
const LONGEST_MS = 20_000;
const SOON_MS = 5_000;

/** What is sent of an outbox: the oldest of each list, as many as may go. @param {Happened[]} outbox */
export function piece(outbox) {
  const all = inOrder(outbox);
  const later = new Set(all.slice(AT_ONCE).map((one) => one.id));
  // What is taken back goes with what it is of, or after it.
  const ready = all.slice(0, AT_ONCE).filter((one) => one.list !== "taken_back" || !later.has(one.of));
  return Object.fromEntries(LISTS.map((list) => [list, ready.filter((one) => one.list === list).map(bare)]));
}

/** @param {Happened[]} outbox */
function inOrder(outbox) {
  return LISTS.flatMap((list) => outbox.filter((one) => one.list === list));
}

/** The same, each thing by itself, in the order in which the clinic takes them: a mark after its habit. @param {Happened[]} outbox */
export function oneByOne(outbox) {
  return inOrder(outbox).map((one) => [one]);
}

/** @param {Happened} one */
function bare(one) {
  const { list: _, ...rest } = one;
  return rest;
}

export class Clinic {
  /** @param {string} token of the forms of this login @param {string} her id of the record that this page is of */
  constructor(token, her) {
    this.token = token;
    this.her = her;
  }

  /** @param {State} state @param {Phone} phone @param {boolean} takesOver @returns {Promise<Answer>} */
  async sync(state, phone, takesOver) {
    const asked = {
      phone: phone.id,
      phone_name: phone.name,
      is_shared: phone.is_shared,
      now: clinicTime(state, Date.now()),
      take_over: takesOver,
      ...piece(state.outbox),
    };
    try {
      return await read(await this.ask("POST", "sync", asked));
    } catch {
      return { is: "no_line" };
    }
  }

  /** Whether it answers. The browser does not know: a clinic may be near without the internet. @returns {Promise<boolean>} */
  async isThere() {
    const asked = { method: "HEAD", cache: /** @type {const} */ ("no-store"), signal: AbortSignal.timeout(SOON_MS) };
    return fetch("/home/manifest.webmanifest", asked).then(() => true, () => false);
  }

  /** Ask something about home; again where this page was from before the login. @param {string} method @param {string} path @param {object} [body] */
  async ask(method, path, body) {
    const first = await this.send(method, path, body);
    if (first.status !== 403) return first;
    const { form_token: token, patient_id: whose } = (await this.account()) ?? { form_token: this.token, patient_id: this.her };
    // Somebody else signed in in this browser: nothing of hers may come into that record.
    if (whose !== this.her) return new Response(null, { status: 401 });
    const isNew = token !== this.token;
    this.token = token;
    return isNew ? this.send(method, path, body) : first;
  }

  /** @param {string} method @param {string} path @param {object | undefined} body */
  send(method, path, body) {
    const headers = { "Content-Type": "application/json", "X-Form-Token": this.token };
    const signal = AbortSignal.timeout(LONGEST_MS);
    const sent = body ? { body: JSON.stringify(body) } : {};
    return fetch(`/api/v1/home/${path}`, { method, headers, signal, ...sent });
  }

  /** Whose login the browser has now. @returns {Promise<{form_token: string, patient_id: string | null} | null>} */
  async account() {
    const answer = await fetch("/api/v1/account", { signal: AbortSignal.timeout(LONGEST_MS) });
    return answer.ok ? answer.json() : null;
  }
}

/** @param {Response} answer @returns {Promise<Answer>} */
async function read(answer) {
  if (answer.ok) return { is: "told", told: await answer.json() };
  if (answer.status === 401) return { is: "signed_out" };
  if (answer.status === 403) return { is: "not_hers" };
  if (answer.status >= 500 || answer.status === 429) return { is: "no_line" };
  const said = await answer.json();
  return { is: "refused", why: String(said.sentence) };
}
