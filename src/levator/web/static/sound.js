// The sound mode: what the picture says, for someone who does not look.
//
// Silence means that nothing is asked. While something is asked there is a tone: soft and
// steady where she is well, louder beside the band (lower: a little more; higher: a little
// less). Every phase begins with a short sound of its own. Three falling notes say that the
// picture cannot be trusted (again and again) or that it pauses or has ended: let go. Where it
// only goes on once she presses something, four quick notes say so, a few times.

import { CUES, LOUD, note, NOTE_S, SOFT, STEADY_HZ } from "./notes.js";

export { CUES };

const PERCENT_PER_OCTAVE = 25;
const SOFTEN_S = 0.04;
/** A tone that is not asked for again stops by itself, also where the page hangs. */
const LASTS_S = 0.4;
/** For the ear only: at the edge of the band the tone must not flutter. */
const EDGE_PERCENT = 1;
const CALM_S = 0.25;
const AGAIN_S = 6;
/** How often the falling notes come where something is said after them, or nothing comes any more. */
const TIMES_FALLING = new Map([["ended", 2], ["paused", 1]]);
const TIMES_TO_PRESS = 3;

/** Where her level is followed; at rest only what is too much is heard. */
const FOLLOWED = new Set(["rise", "hold", "fall", "rest", "ready"]);
const AT_REST = new Set(["rest", "ready"]);
/** Steps that ask effort before there is a band. */
const GUIDED = new Set(["lift", "push", "hold_comfortably", "hold_hard", "quick"]);
/** Where nothing is asked, and she must not think that all goes well. */
const NOTHING = new Set(["still", "paused", "stopped", "ended"]);

/** Whether she is in the band, slow to change its mind. */
export class Edge {
  constructor() {
    this.isIn = true;
    this.sinceS = -Infinity;
  }

  /** @param {number} off from the middle, %MVC @param {number} band %MVC @param {number} nowS */
  at(off, band, nowS) {
    const isIn = Math.abs(off) <= band + (this.isIn ? EDGE_PERCENT : -EDGE_PERCENT);
    if (isIn !== this.isIn && nowS - this.sinceS >= CALM_S) {
      this.isIn = isIn;
      this.sinceS = nowS;
    }
    return this.isIn;
  }
}

export class Sound {
  /** @param {(name: string, sign: string) => void} heard hears of every cue and change of tone */
  constructor(heard) {
    this.heard = heard;
    this.isOn = false;
    this.sign = "";
    this.tone = "";
    this.edge = new Edge();
    this.fallingAtS = -Infinity;
    /** of each reason why nothing is asked, how often it is still told @type {Map<string, {falling: number, press: number}>} */
    this.left = new Map();
    /** when the test sound is over */
    this.freeAtS = -Infinity;
    /** @type {AudioContext | null} */
    this.audio = null;
    /** @type {{tone: OscillatorNode, gain: GainNode} | null} */
    this.voice = null;
    /** @type {OscillatorNode[]} */
    this.notes = [];
  }

  toggle() {
    this.isOn = !this.isOn;
    if (this.isOn) this.start();
    else this.hush();
    this.sign = "";
    return this.isOn;
  }

  start() {
    this.audio ??= new AudioContext();
    void this.audio.resume();
    this.voice ??= this.newVoice(this.audio);
    this.cue("on");
    this.freeAtS = this.audio.currentTime + 4 * NOTE_S;
  }

  /** After the screen was away a phone may have put the audio to sleep. */
  wake() {
    if (this.isOn) void this.audio?.resume();
  }

  /** @param {AudioContext} audio */
  newVoice(audio) {
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    tone.type = "triangle";
    gain.gain.value = 0;
    tone.connect(gain).connect(audio.destination);
    tone.start();
    return { tone, gain };
  }

  /** No tone, and no note that was still to come. */
  hush() {
    this.cut();
    this.sound("", STEADY_HZ, 0);
  }

  cut() {
    for (const note of this.notes) note.stop();
    this.notes = [];
    this.freeAtS = -Infinity;
  }

  /** The screen goes away: one last sound, and nothing more until it is back. */
  leave() {
    if (!this.isOn || !this.sign) return;
    this.hush();
    if (!NOTHING.has(this.sign)) this.cue("falling");
    this.sign = "";
  }

  /**
   * @param {string} sign what is asked: a phase or step; why nothing is; or empty
   * @param {number} level her %MVC @param {number} target %MVC @param {number} band %MVC
   */
  follow(sign, level, target, band) {
    if (!this.isOn || !this.audio) return;
    if (sign !== this.sign) this.change(sign);
    if (NOTHING.has(sign)) this.fall(this.audio.currentTime);
    if (GUIDED.has(sign)) this.sound("steady", STEADY_HZ, SOFT);
    else if (FOLLOWED.has(sign)) this.followLevel(AT_REST.has(sign), level - target, band);
    else this.sound("", STEADY_HZ, 0);
  }

  /** @param {boolean} isRest @param {number} off %MVC from the target @param {number} band %MVC */
  followLevel(isRest, off, band) {
    const counted = isRest ? Math.max(0, off) : off;
    if (Number.isNaN(off)) this.sound("", STEADY_HZ, 0);
    else if (!this.edge.at(counted, band, this.audio?.currentTime ?? 0)) {
      const octaves = Math.max(-50, Math.min(50, counted)) / PERCENT_PER_OCTAVE;
      this.sound("beside", STEADY_HZ * 2 ** octaves, LOUD);
    } else if (isRest) this.sound("", STEADY_HZ, 0);
    else this.sound("steady", STEADY_HZ, SOFT);
  }

  /** @param {string} sign */
  change(sign) {
    const wasNothing = NOTHING.has(this.sign);
    this.sign = sign;
    this.edge = new Edge();
    if (!NOTHING.has(sign)) this.cue(sign);
    else {
      if (!wasNothing) this.fallingAtS = -Infinity;
      if (!wasNothing) this.left.clear();
      // What was told is not told again because the picture hung for a moment in between.
      const press = sign === "paused" ? TIMES_TO_PRESS : 0;
      if (!this.left.has(sign)) this.left.set(sign, { falling: TIMES_FALLING.get(sign) ?? Infinity, press });
    }
  }

  /** @param {number} nowS */
  fall(nowS) {
    const left = this.left.get(this.sign);
    if (!left || nowS - this.fallingAtS < AGAIN_S || left.falling + left.press <= 0) return;
    this.fallingAtS = nowS;
    const name = left.falling > 0 ? "falling" : "press";
    left[name] -= 1;
    this.cue(name);
  }

  /** @param {string} name of what sounds from now on @param {number} pitch Hz @param {number} loud */
  sound(name, pitch, loud) {
    if (!this.audio || !this.voice) return;
    if (name !== this.tone) this.heard(name || "silence", this.sign);
    this.tone = name;
    const nowS = this.audio.currentTime;
    const { tone, gain } = this.voice;
    if (loud) tone.frequency.setTargetAtTime(pitch, nowS, SOFTEN_S);
    gain.gain.cancelScheduledValues(nowS);
    gain.gain.setTargetAtTime(loud, nowS, SOFTEN_S);
    gain.gain.setTargetAtTime(0, nowS + LASTS_S, SOFTEN_S);
  }

  /** @param {string} name */
  cue(name) {
    const { audio } = this;
    const pitches = CUES.get(name);
    if (!audio) return;
    // The test sound is heard out, except where there is nothing to go on with.
    const isFree = name === "falling" || audio.currentTime >= this.freeAtS;
    if (isFree) this.cut();
    if (!pitches) return;
    this.heard(name, this.sign);
    const fromS = isFree ? audio.currentTime : this.freeAtS;
    this.notes.push(...pitches.map((pitch, place) => note(audio, pitch, fromS + place * NOTE_S)));
  }
}
