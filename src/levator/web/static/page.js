// What both live screens share: texts of the page, small changes to the page, and the view
// of the room that frames and pictures build up.

import { Freshness, SessionClock } from "./clock.js";
import { make, part } from "./elements.js";
import { Targets } from "./target.js";
import { Line, Ring } from "./wire.js";

export { make, part, show, write } from "./elements.js";

/**
 * A picture is everything but the samples, as words and numbers ready to be shown; the room
 * sends a whole new one whenever something changed. See docs/reference/wire.md.
 * @typedef {object} Picture
 * @property {number} generation of the tracks; another one starts the drawing anew
 * @property {"open" | "calibrating" | "session" | "over"} room
 * @property {string | null} state of the session
 * @property {string} headline
 * @property {string} sentence
 * @property {string[]} troubles
 * @property {string} stage_line
 * @property {string} watchers
 * @property {boolean} is_watched
 * @property {import("./target.js").Target[]} targets
 * @property {{label: string, role: string, unit: string}[]} tracks
 * @property {{number: number, round: number | null, asked: number | null, line: string,
 *   done: {round: number, is_good: boolean, word: string}[]} | null} set
 * @property {boolean} is_tired fatigue stands in the set under way
 * @property {boolean} asks_effort
 * @property {{from_s: number, until_s: number, instruction: string, headline: string,
 *   step: string, results: string[]} | null} calibration
 * @property {string[]} can commands that make sense now
 * @property {string | null} [next] where she goes on, once another sitting is opened for her
 * @property {TherapistPart | undefined} therapist
 */

/**
 * @typedef {object} TherapistPart
 * @property {string} curve_title
 * @property {string} curve_note
 * @property {boolean} is_in_percent whether the curve has a reference; else it is in its own unit
 * @property {string} begin label of the button that begins
 * @property {{channel: string, role: string, name: string}[]} roles while they can be changed
 * @property {{set: number, round: number, is_good: boolean, word: string, detail: string,
 *   label: string, start_s: number}[]} verdicts
 * @property {{figure: string, sentence: string}} fatigue
 * @property {DoseEditor | null} dose
 * @property {string} dose_line
 * @property {string} why
 * @property {{line: string, is_well: boolean}[]} measured results of the calibration, with numbers
 * @property {{at_s: number, text: string}[]} marks set by hand
 * @property {string} seat
 * @property {boolean} may_ask_after pain
 * @property {boolean} may_go_again
 * @property {{code: string, address: string, qr: string | null} | null} join
 * @property {{number: string, line: string}[]} asking
 * @property {{is_here: boolean, line: string}[]} people
 * @property {{line: string, is_well: boolean}} saving
 * @property {string} seat_line
 * @property {number[]} loud tracks to point at
 * @property {{address: string, words: string}[]} reports once the sitting is over, oldest first
 * @property {string[]} before what came before a new calibration in this room
 */

/**
 * @typedef {object} DoseEditor
 * @property {DoseFields} fields
 * @property {Record<string, string>} hints what a field may be, by its name
 * @property {string} limits_line
 * @property {string} title
 * @property {string} use
 * @property {string} line force and pattern in short, for where the editor is folded
 * @property {{field: string, line: string}[]} refusals `field` is empty where it is about all
 */

/**
 * @typedef {object} DoseFields
 * @property {number} force_percent_mvc
 * @property {number} rise_s
 * @property {number} hold_s
 * @property {number} fall_s
 * @property {number} rest_s
 * @property {number | null} tangent_percent
 */

/** The texts of this page in its language: the English text is the key, as everywhere. */
const texts = JSON.parse(document.getElementById("texts")?.textContent ?? "{}");

/** @param {string} text @param {Record<string, string | number>} values */
function fill(text, values) {
  return text.replace(/%\((\w+)\)s/g, (_, name) => String(values[name] ?? ""));
}

/** @param {string} text @param {Record<string, string | number>} [values] */
export function say(text, values = {}) {
  return fill(texts[text] ?? text, values);
}

/**
 * @param {string} singular @param {string} plural @param {number} count
 * @returns {string} with `%(count)s` still in it
 */
export function sayCount(singular, plural, count) {
  const forms = texts[singular] ?? [singular, plural];
  const rules = new Intl.PluralRules(document.documentElement.lang);
  return rules.select(count) === "one" ? forms[0] : forms[1];
}

/** A number with one decimal, as the page's language writes it. @param {number} value */
export function number(value) {
  return value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
}

/** @param {string} name of a phase @returns {string} */
export function phaseWord(name) {
  switch (name) {
    case "ready": return say("Get ready");
    case "rise": return say("Tighten");
    case "hold": return say("Hold");
    case "fall": return say("Let go");
    default: return say("Rest");
  }
}

/** What is left of a phase, cut around its number. @param {number} seconds @returns {[string, string]} */
export function countdown(seconds) {
  const text = sayCount("for %(count)s more second", "for %(count)s more seconds", seconds);
  const [before, after] = text.split("%(count)s");
  return [before ?? "", after ?? ""];
}

/** Show nothing of anybody any more, only why, and the way back. @param {string} heading @param {string} sentence @param {string} way */
export function clear(heading, sentence, way) {
  document.title = "levator";
  const link = make("a", "button primary", way);
  link.setAttribute("href", `/sign-in?next=${encodeURIComponent(location.pathname)}`);
  const main = make("main", "page narrow stack", make("h1", "", heading), make("p", "", sentence), make("p", "", link));
  document.body.className = "";
  document.body.replaceChildren(main);
}

/** Rebuild a part of the page only when what it shows has changed. */
export class Shown {
  constructor() {
    /** @type {Map<string, string>} */
    this.last = new Map();
  }

  /** @param {string} id @param {unknown} value @param {(root: HTMLElement) => void} build */
  when(id, value, build) {
    const text = JSON.stringify(value);
    if (this.last.get(id) === text) return;
    this.last.set(id, text);
    const root = part(id);
    root.replaceChildren();
    build(root);
  }
}

/** The room as this screen knows it now. */
export class View {
  /** @param {(picture: Picture) => void} onPicture @param {(isOpen: boolean) => void} onChange */
  constructor(onPicture, onChange) {
    const data = document.body.dataset;
    this.clock = new SessionClock();
    this.freshness = new Freshness(Number(data["amberS"]), Number(data["greyS"]));
    this.targets = new Targets();
    /** @type {Ring[]} */
    this.rings = [];
    this.generation = -1;
    /** server clock at which the newest sample was made */
    this.newestMadeS = NaN;
    /** @type {Picture | null} */
    this.picture = null;
    this.onPicture = onPicture;
    this.line = new Line(data["line"] ?? "", {
      frame: (frame) => this.takeFrame(frame),
      picture: (picture) => this.takePicture(picture),
      change: onChange,
    });
  }

  /** @param {import("./wire.js").Frame} frame */
  takeFrame(frame) {
    const pageS = performance.now() / 1000;
    if (frame.generation !== this.generation) {
      this.generation = frame.generation;
      this.rings = [];
      this.clock = new SessionClock();
    }
    frame.tracks.forEach((track, number) => {
      const ring = (this.rings[number] ??= new Ring(track.hz));
      ring.add(track);
    });
    this.newestMadeS = frame.madeS;
    this.freshness.observe(frame.madeS, this.line.serverAheadS, pageS);
    const first = this.rings[0];
    if (first && frame.tracks[0]?.values.length) this.clock.observe(first.endS, pageS);
  }

  /** @param {Picture} picture */
  takePicture(picture) {
    this.picture = picture;
    this.targets.set(picture.targets);
    this.onPicture(picture);
  }

  /** The index of the newest drawn value; -1 before the first. */
  get drawnIndex() {
    const first = this.rings[0];
    return first && !first.isEmpty ? first.end - 1 : -1;
  }
}

/**
 * What a benchmark reads, only when the page is asked for it by `?probe=1`: for every drawn
 * frame the page's clock after drawing, the newest index, and when that sample was made.
 */
export class Probe {
  constructor() {
    this.isOn = new URLSearchParams(location.search).get("probe") === "1";
    /** @type {[number, number, number][]} */
    this.drawn = [];
    /** every cue, change of tone and spoken text of the sound mode: page clock, what, and for which sign
     * @type {[number, string, string][]} */
    this.heard = [];
    /** @type {View | null} */
    this.view = null;
    if (this.isOn) Object.assign(window, { levatorProbe: this });
  }

  /** @param {View} view */
  note(view) {
    if (!this.isOn) return;
    this.view = view;
    this.drawn.push([performance.now(), view.drawnIndex, view.newestMadeS]);
    if (this.drawn.length > 20_000) this.drawn.shift();
  }

  /** @param {string} name @param {string} sign */
  hear(name, sign) {
    if (this.isOn) this.heard.push([performance.now(), name, sign]);
  }

  /** Lose the connection, as a network does. */
  drop() {
    this.view?.line.socket?.close();
  }

  /** How many values from an index on are not there. @param {number} from */
  missing(from) {
    const ring = this.view?.rings[0];
    let missing = 0;
    for (let index = from; ring && index < ring.end; index += 1) {
      if (Number.isNaN(ring.at(index))) missing += 1;
    }
    return missing;
  }
}
