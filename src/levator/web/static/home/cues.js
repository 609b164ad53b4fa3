// What is heard during an exercise. Every tone of the exercise is given to the sound of the device
// at once, so that it goes on where the page is hidden and its timers sleep. The two clocks differ
// a little: at each look what is still to come is put right.

import { CUES, note, NOTE_S, SOFT, STEADY_HZ } from "../notes.js";

/** @typedef {import("./guide.js").Guide} Guide */

/** By so much may the clock of the sound be beside that of the page. */
const BESIDE_S = 0.03;
const LOW_HZ = 262;
const SOFTEN_S = 0.05;
/** What has just begun is not begun again. */
const BEGUN_S = 0.02;

/**
 * The cues of an exercise: when, and which. @param {[number, string][]} breakpoints
 * @param {number} lastsS @returns {{atS: number, name: string}[]}
 */
export function cuesOf(breakpoints, lastsS) {
  const found = breakpoints.map(([atS, name]) => ({ atS, name }));
  return [...found, { atS: lastsS, name: "set_ended" }];
}

/**
 * From where to where a soft tone says that effort is asked: up, steady, down.
 * @param {[number, string][]} breakpoints @param {number} lastsS
 * @returns {{riseS: number, holdS: number, fallS: number, endS: number}[]}
 */
export function tonesOf(breakpoints, lastsS) {
  const rises = breakpoints.flatMap(([, part], place) => (part === "rise" ? [place] : []));
  return rises.map((first) => {
    const from = (/** @type {string[]} */ parts) => {
      const found = breakpoints.slice(first).find(([, part]) => parts.includes(part));
      return found ? found[0] : lastsS;
    };
    const endS = from(["rest"]);
    const [riseS, fallS] = [breakpoints[first]?.[0] ?? 0, Math.min(from(["fall", "rest"]), endS)];
    return { riseS, holdS: Math.min(from(["hold", "fall", "rest"]), fallS), fallS, endS };
  });
}

export class Cues {
  /** @param {(name: string, atS: number) => void} heard hears of every cue as it is given to the device */
  constructor(heard = () => {}) {
    this.heard = heard;
    /** @type {AudioContext | null} */
    this.audio = null;
    /** @type {Guide | null} */
    this.guide = null;
    /** @type {OscillatorNode[]} */
    this.sounding = [];
    /** the sound's clock less the position in the exercise, as it was when all was scheduled */
    this.aheadS = NaN;
  }

  /** Only after a touch of hers does a browser let anything sound. @param {Guide} guide */
  start(guide) {
    this.audio ??= new AudioContext();
    void this.audio.resume();
    this.guide = guide;
    this.schedule();
    // Before the first part: that there is sound, and how loud, is heard in time.
    if (this.audio && guide.atS < 0) this.play(this.audio, "ready", this.audio.currentTime);
  }

  /** How far the sound's clock is ahead of the position now. */
  nowAheadS() {
    return (this.audio?.currentTime ?? 0) - (this.guide?.atS ?? 0);
  }

  /** At every look of the page: what is to come is put right where the clocks have parted. */
  follow() {
    if (!this.audio || !this.guide?.isRunning) return;
    if (Math.abs(this.nowAheadS() - this.aheadS) > BESIDE_S) this.schedule();
  }

  schedule() {
    this.hush();
    const { audio, guide } = this;
    if (!audio || !guide?.isRunning) return;
    this.aheadS = this.nowAheadS();
    const nowS = guide.atS;
    for (const cue of cuesOf(guide.breakpoints, guide.lastsS)) {
      if (cue.atS >= nowS - BEGUN_S) this.play(audio, cue.name, cue.atS + this.aheadS);
    }
    for (const tone of tonesOf(guide.breakpoints, guide.lastsS)) {
      if (tone.endS > nowS) this.sounding.push(steady(audio, tone, this.aheadS));
    }
  }

  /** @param {AudioContext} audio @param {string} name @param {number} fromS of the sound's clock */
  play(audio, name, fromS) {
    const begins = Math.max(fromS, audio.currentTime);
    this.heard(name, begins - this.aheadS);
    const pitches = CUES.get(name) ?? [];
    this.sounding.push(...pitches.map((pitch, place) => note(audio, pitch, begins + place * NOTE_S)));
  }

  /** Nothing sounds any more, and nothing is to come. */
  hush() {
    for (const one of this.sounding) one.stop();
    this.sounding = [];
    this.aheadS = NaN;
  }

  /** Let go: it pauses, or has ended before its end. */
  fall() {
    this.hush();
    if (this.audio) this.play(this.audio, "falling", this.audio.currentTime);
  }

  /** After the screen was away a phone may have put the sound to sleep. */
  wake() {
    if (this.guide?.isRunning) void this.audio?.resume();
  }
}

/**
 * @param {AudioContext} audio @param {{riseS: number, holdS: number, fallS: number, endS: number}} tone
 * @param {number} aheadS
 */
function steady(audio, tone, aheadS) {
  const voice = audio.createOscillator();
  const gain = audio.createGain();
  const nowS = audio.currentTime;
  const at = (/** @type {number} */ oneS) => Math.max(nowS, oneS + aheadS);
  voice.type = "triangle";
  voice.frequency.setValueAtTime(LOW_HZ, at(tone.riseS));
  voice.frequency.linearRampToValueAtTime(STEADY_HZ, at(tone.holdS));
  voice.frequency.setValueAtTime(STEADY_HZ, at(tone.fallS));
  voice.frequency.linearRampToValueAtTime(LOW_HZ, at(tone.endS));
  gain.gain.setValueAtTime(0, at(tone.riseS));
  gain.gain.linearRampToValueAtTime(SOFT, at(tone.riseS) + SOFTEN_S);
  gain.gain.setValueAtTime(SOFT, at(tone.fallS));
  gain.gain.linearRampToValueAtTime(0, at(tone.endS));
  voice.connect(gain).connect(audio.destination);
  voice.start(at(tone.riseS));
  voice.stop(at(tone.endS) + SOFTEN_S);
  return voice;
}

/** Short for what begins, long for letting go; where a device can. @param {string} part */
export function shake(part) {
  if (!("vibrate" in navigator)) return;
  if (part === "ready") navigator.vibrate([60, 80, 60, 80, 60]);
  else if (part === "rise") navigator.vibrate(120);
  else if (part === "hold") navigator.vibrate([60, 80, 60]);
  else if (part === "fall") navigator.vibrate(350);
  else if (part === "over") navigator.vibrate([200, 120, 200]);
}
