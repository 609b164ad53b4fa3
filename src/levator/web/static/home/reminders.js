// Reminders: off until she chooses them, at her times, and never with a word of what it is about.

import { make, part, show, write } from "../elements.js";
import { button } from "./ask.js";
import { word } from "./words.js";

/**
 * @typedef {{is_on: boolean, times: string[], quiet_begins: string, quiet_ends: string,
 *   feed_made_at: string | null, push_key: string | null}} Chosen
 */

/** @param {string} id */
function field(id) {
  return /** @type {HTMLInputElement} */ (part(id));
}

export class Reminders {
  /** @param {import("./sync.js").Clinic} clinic */
  constructor(clinic) {
    this.clinic = clinic;
    /** @type {Chosen | null} */
    this.chosen = null;
    part("reminders").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.keep();
    });
    part("remind-on").addEventListener("change", () => void this.turn());
    part("remind-more").addEventListener("click", () => this.addTime(""));
    part("feed-make").addEventListener("click", () => void this.makeFeed());
    part("feed-end").addEventListener("click", () => void this.endFeed());
    part("push-on").addEventListener("change", () => void this.push(field("push-on").checked));
  }

  /** Only with a network: what is chosen stands at the clinic. */
  async open() {
    const answer = await this.clinic.ask("GET", "reminders").catch(() => null);
    show(part("reminders-part"), !answer || answer.ok);
    show(part("reminders"), Boolean(answer?.ok));
    write(part("reminders-far"), answer ? "" : word("no_line_now"));
    if (answer?.ok) await this.draw(await answer.json());
  }

  /** @param {Chosen} chosen */
  async draw(chosen) {
    this.chosen = chosen;
    field("remind-on").checked = chosen.is_on;
    field("quiet-begins").value = chosen.quiet_begins;
    field("quiet-ends").value = chosen.quiet_ends;
    part("remind-times").replaceChildren();
    for (const time of chosen.times) this.addTime(time);
    show(part("feed-end"), chosen.feed_made_at !== null);
    const canPush = chosen.push_key !== null && "PushManager" in window && "serviceWorker" in navigator;
    show(part("push-part"), canPush);
    if (canPush) field("push-on").checked = Boolean(await this.subscription());
  }

  /** @param {string} time */
  addTime(time) {
    const typed = document.createElement("input");
    typed.type = "time";
    typed.required = true;
    typed.value = time;
    typed.setAttribute("aria-label", word("time"));
    const line = make("p", "row");
    line.append(typed, button(word("remove"), "", () => line.remove()));
    part("remind-times").append(line);
    if (!time) typed.focus();
  }

  /** What stands on the page. */
  get typed() {
    const times = [...part("remind-times").querySelectorAll("input")].map((one) => one.value).filter(Boolean);
    return { times, quiet_begins: field("quiet-begins").value, quiet_ends: field("quiet-ends").value };
  }

  /** @param {Pick<Chosen, "times" | "quiet_begins" | "quiet_ends">} when */
  send({ times, quiet_begins, quiet_ends }) {
    const asked = { is_on: field("remind-on").checked, times, quiet_begins, quiet_ends };
    return this.clinic.ask("PUT", "reminders", asked).catch(() => null);
  }

  async keep() {
    const answer = await this.send(this.typed);
    if (answer?.ok) await this.draw(await answer.json());
    await this.tell(answer, word("kept_there"));
  }

  /** Kept at once, as every tick of the settings; off whatever is typed below. Where it is not kept it is no tick. */
  async turn() {
    const answer = await this.send((!field("remind-on").checked && this.chosen) || this.typed);
    if (answer?.ok) this.chosen = await answer.json();
    else field("remind-on").checked = this.chosen?.is_on === true;
    await this.tell(answer, "", "reminders-far");
  }

  /** @param {Response | null} answer @param {string} words where it went well @param {string} [where] */
  async tell(answer, words, where = "remind-told") {
    const why = answer && !answer.ok ? String((await answer.json()).sentence) : word("no_line_now");
    write(part(where), answer?.ok ? words : why);
  }

  async makeFeed() {
    const answer = await this.clinic.ask("POST", "feed").catch(() => null);
    if (answer?.ok) {
      write(part("feed-link"), String((await answer.json()).link));
      show(part("feed-end"), true);
    }
    show(part("feed-link"), Boolean(answer?.ok));
    await this.tell(answer, word(this.chosen?.is_on ? "feed_made" : "feed_made_off"));
  }

  async endFeed() {
    const answer = await this.clinic.ask("POST", "feed/revoke").catch(() => null);
    show(part("feed-link"), false);
    show(part("feed-end"), !answer?.ok);
    await this.tell(answer, word("feed_ended"));
  }

  // --- On this phone

  async subscription() {
    const worker = await navigator.serviceWorker.getRegistration("/home");
    return (await worker?.pushManager.getSubscription()) ?? null;
  }

  /** @param {boolean} isOn */
  async push(isOn) {
    try {
      const answer = isOn ? await this.subscribe() : await this.unsubscribe();
      await this.tell(answer, word("kept_there"));
      field("push-on").checked = isOn && answer.ok;
    } catch {
      field("push-on").checked = false;
      write(part("remind-told"), word("push_refused"));
    }
  }

  async subscribe() {
    const worker = await navigator.serviceWorker.ready;
    const applicationServerKey = this.chosen?.push_key ?? "";
    const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
    return this.clinic.ask("POST", "push", { endpoint: made.endpoint });
  }

  async unsubscribe() {
    const made = await this.subscription();
    await made?.unsubscribe();
    return this.clinic.ask("POST", "push/remove", { endpoint: made?.endpoint ?? "" });
  }
}
