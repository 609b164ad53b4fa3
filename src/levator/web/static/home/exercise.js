// One exercise: what to do before it, and the calm timer while it goes on.

import { Awake } from "../awake.js";
import { make, part, show, write } from "../elements.js";
import { Teller, Voice } from "../voice.js";
import { After } from "./after.js";
import { drawing } from "./ask.js";
import { Cues, shake } from "./cues.js";
import { Guide, repetitionsDone } from "./guide.js";
import { offered } from "./phone.js";
import { breathAt, shapeSize } from "./shape.js";
import { draftName } from "./store.js";
import { heading, sizeOf } from "./today.js";
import { word } from "./words.js";

/**
 * @typedef {import("./keeper.js").Keeper} Keeper
 * @typedef {import("./phone.js").Item} Item
 * @typedef {import("./phone.js").Session} Session
 */

const PARTS = ["before", "running", "after"];
const LOOK_MS = 20_000;

export class Exercise {
  /** @param {Keeper} keeper @param {() => void} leave to where it is said why it may not be done */
  constructor(keeper, leave) {
    this.keeper = keeper;
    this.leave = leave;
    this.after = new After(keeper);
    this.shown = "";
    this.cues = new Cues();
    this.awake = new Awake();
    this.voice = new Voice(() => {});
    this.teller = new Teller(part("spoken"), this.voice);
    /** @type {Item | null} */
    this.item = null;
    /** @type {Guide | null} */
    this.guide = null;
    /** as it would be kept if it ended now @type {Session | null} */
    this.session = null;
    this.number = -2;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.waiting = undefined;
    part("begin").addEventListener("click", () => this.begin());
    part("pause").addEventListener("click", () => this.toggle());
    part("stop").addEventListener("click", () => void this.finish("stopped"));
    part("pain").addEventListener("click", () => void this.finish("pain"));
    part("sound").addEventListener("click", () => this.toggleSound());
    addEventListener("levator-hidden", () => this.pause());
    document.addEventListener("visibilitychange", () => this.look());
  }

  get isRunning() {
    return this.guide !== null && !this.guide.isEnded;
  }

  /** @param {string} name */
  show(name) {
    this.shown = name;
    for (const one of PARTS) show(part(one), one === name);
    document.body.classList.toggle("is-guiding", name === "running");
    const title = document.querySelector(`#${name} h1`);
    if (title instanceof HTMLElement) title.focus();
  }

  /** The exercise, if it may be done now. @param {string} exercise */
  open(exercise) {
    const item = this.allowed(exercise, this.keeper.day);
    if (!item) return false;
    this.take(item);
    this.show("before");
    return true;
  }

  /** @param {string} exercise @param {string} day @returns {Item | undefined} */
  allowed(exercise, day) {
    const offer = offered(this.keeper.state, day);
    const found = offer.is === "items" ? offer.items.find((one) => one.item.exercise === exercise) : undefined;
    return found?.is_done ? undefined : found?.item;
  }

  /** Something was told or heard meanwhile, here or on another page: what is shut now asks nothing more. */
  follow() {
    this.drawSound();
    const { item, session } = this;
    if (!item) return;
    if (this.shown === "before") this.renew(this.allowed(item.exercise, this.keeper.day), item);
    else if (this.isRunning && session && !this.allowed(item.exercise, session.on_day)) void this.shut();
  }

  /** @param {Item | undefined} now @param {Item} before as it was read */
  renew(now, before) {
    if (!now) this.leave();
    else if (JSON.stringify(now) !== JSON.stringify(before)) this.take(now);
  }

  /** It ends, and it is said why. */
  async shut() {
    await this.finish("stopped");
    const { state, day, line } = this.keeper;
    const offer = offered(state, day);
    const [title, why] = heading(offer, true, line);
    const acts = offer.is === "stopped" ? offer.acts.map((one) => one.act) : [];
    write(part("after-line"), [`${title}.`, ...acts, why].join(" "));
  }

  /** @param {Item} item */
  take(item) {
    this.item = item;
    this.guide = null;
    write(part("guide-line"), `${item.title} · ${sizeOf(item)}`);
    write(part("before-title"), item.title);
    write(part("running-title"), item.title);
    write(part("before-how"), item.how);
    write(part("before-posture"), item.posture_words);
    part("before-picture").replaceChildren(...drawing(item.posture));
    part("before-cues").replaceChildren(...item.cues.map((one) => make("li", "", one.words)));
    write(part("before-lowered"), item.lowered ?? "");
    show(part("before-lowered"), item.lowered !== null);
  }

  // --- While it goes on

  begin() {
    const { keeper } = this;
    // The last moment before effort is asked for: the page may have been open for days.
    const item = this.item && this.allowed(this.item.exercise, keeper.day);
    if (!item) {
      this.leave();
      return;
    }
    this.guide = new Guide(item.breakpoints, item.lasts_s, () => performance.now() / 1000);
    this.session = keeper.session(item.exercise, keeper.time, 0, 0, "stopped");
    keeper.begins(this.session);
    this.number = -2;
    this.guide.start();
    this.show("running");
    this.voice.turn(keeper.settings["voice"] === true);
    if (keeper.settings["sound"]) this.cues.start(this.guide);
    this.awake.want(true);
    this.wait();
    this.draw();
    part("pause").focus();
  }

  /** Every frame while it is seen. */
  draw = () => {
    const { guide, item } = this;
    if (!guide || !item || guide.isEnded) return;
    this.look();
    if (!document.hidden && !guide.isEnded) this.drawSoon();
  };

  /** One frame is asked for, however often the page was hidden and shown. */
  drawSoon() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(this.draw);
  }

  frame = 0;

  /** The next part begins: also where nothing is drawn. */
  wait() {
    clearTimeout(this.waiting);
    const { guide } = this;
    if (!guide?.isRunning) return;
    const mostMs = Math.min(LOOK_MS, 1000 * guide.nextS + 5);
    this.waiting = setTimeout(() => {
      this.look();
      this.wait();
    }, mostMs);
  }

  /** Whatever the moment: what is asked now, and what is to be heard. */
  look() {
    const { guide, item } = this;
    if (!guide || !item || guide.isEnded) return;
    if (!document.hidden && this.wasHidden) {
      this.cues.wake();
      this.drawSoon();
    }
    this.wasHidden = document.hidden;
    if (guide.isRunning && guide.isOver) {
      void this.finish("done");
      return;
    }
    this.cues.follow();
    this.picture(guide, item);
  }

  wasHidden = false;

  /** @param {Guide} guide @param {Item} item */
  picture(guide, item) {
    const { position } = guide;
    const isPaused = !guide.isRunning;
    const phase = isPaused ? "paused" : position.part;
    const shape = part("shape");
    if (shape.dataset["part"] !== phase) shape.dataset["part"] = phase;
    shape.style.setProperty("--size", shapeSize(phase, position.share).toFixed(3));
    write(part("left"), isPaused ? "" : String(position.left_s));
    write(part("phase"), word(phase));
    write(part("cue"), isPaused ? word("paused_why") : cueOf(item, position));
    write(part("guide-line"), `${item.title} · ${word("round", { now: position.repetition, all: position.repetitions })}`);
    write(part("pause-hint"), word(isPaused ? "tap_to_go_on" : "tap_to_pause"));
    this.breathe(phase, item, position.number, guide.atS);
    if (position.number !== this.number || isPaused) this.change(phase, position.number);
  }

  /** Only where a whole breath fits in: half of one would say to breathe in each time. @param {string} phase @param {Item} item @param {number} number of the breakpoint @param {number} atS */
  breathe(phase, item, number, atS) {
    const breath = this.keeper.state.plan?.breath_s;
    const [fromS, untilS] = [item.breakpoints[number]?.[0] ?? 0, item.breakpoints[number + 1]?.[0] ?? item.lasts_s];
    const fits = breath && untilS - fromS >= breath[0] + breath[1];
    const isShown = Boolean(fits) && (phase === "hold" || phase === "rest");
    part("shape").classList.toggle("breathes", isShown);
    if (!breath || !isShown) {
      write(part("breath"), "");
      return;
    }
    const { size, isIn } = breathAt(breath, atS - fromS);
    part("shape").style.setProperty("--breath", size.toFixed(3));
    write(part("breath"), word(isIn ? "breathe_in" : "breathe_out"));
  }

  /** Another part has begun. @param {string} phase @param {number} number */
  change(phase, number) {
    const isNew = number !== this.number;
    this.number = number;
    this.teller.tell([word(phase), part("cue").textContent ?? ""]);
    if (!isNew || phase === "paused") return;
    if (this.keeper.settings["shake"]) shake(phase);
    if (phase === "rise") void this.note();
  }

  /** So far, in case that the page is closed. */
  async note() {
    const { guide, session } = this;
    if (!guide || !session) return;
    const repetitions = repetitionsDone(guide.breakpoints, guide.lastsS, guide.atS);
    if (repetitions) await this.keeper.write({ facts: { [draftName(session)]: { ...session, repetitions, lasted_s: guide.atS } } });
  }

  toggle() {
    if (this.guide?.isRunning) this.pause();
    else this.goOn();
  }

  pause() {
    if (!this.guide?.isRunning) return;
    this.guide.pause();
    if (this.keeper.settings["sound"]) this.cues.fall();
    this.awake.want(false);
    clearTimeout(this.waiting);
    this.look();
  }

  goOn() {
    if (!this.guide || this.guide.isEnded) return;
    if (!this.allowed(this.item?.exercise ?? "", this.keeper.day)) {
      void this.shut();
      return;
    }
    this.guide.resume();
    this.number = -2;
    if (this.keeper.settings["sound"]) this.cues.start(this.guide);
    this.awake.want(true);
    this.wait();
    this.look();
  }

  toggleSound() {
    const isOn = !this.keeper.settings["sound"];
    void this.keeper.set("sound", isOn);
    if (!isOn) this.cues.hush();
    else if (this.guide) this.cues.start(this.guide);
    this.drawSound();
  }

  drawSound() {
    const isOn = this.keeper.settings["sound"] === true;
    part("sound").setAttribute("aria-pressed", String(isOn));
    write(part("sound-word"), word(isOn ? "on" : "off"));
  }

  // --- Its end

  /** @param {Session["ended_by"]} endedBy */
  async finish(endedBy) {
    const { guide, session } = this;
    if (!guide || !session || guide.isEnded) return;
    const repetitions = guide.end();
    clearTimeout(this.waiting);
    this.awake.want(false);
    this.voice.hush();
    if (endedBy === "done" && this.keeper.settings["shake"]) shake("over");
    else if (endedBy !== "done" && this.keeper.settings["sound"]) this.cues.fall();
    const lasted_s = Math.round(10 * guide.heldS) / 10;
    await this.ended({ ...session, repetitions, lasted_s, ended_by: endedBy });
  }

  /** Done without the timer. @param {Item} item */
  async tapped(item) {
    this.take(item);
    const { keeper } = this;
    await this.ended(keeper.session(item.exercise, keeper.time, item.repetitions, 0, "tapped"));
  }

  /** @param {Session} session */
  async ended(session) {
    this.session = null;
    this.show("after");
    await this.after.ask(session);
  }

  /** Leave it, as it stands. */
  async close() {
    if (this.isRunning) await this.finish("stopped");
    document.body.classList.remove("is-guiding");
    await this.after.close();
  }
}

/** @param {Item} item @param {import("./guide.js").Position} position */
function cueOf(item, position) {
  if (position.part === "ready") return item.posture_words;
  const found = item.cues.filter((one) => one.part === position.part);
  return found[(position.repetition - 1) % Math.max(1, found.length)]?.words ?? "";
}
