// The calm timer: where she is in an exercise. A position is always the clock's time since the
// start; nothing is added up from one moment to the next, so a page that was hidden or hung for
// minutes is right again at its first look.

/**
 * @typedef {[number, string][]} Breakpoints seconds from the start of the exercise, and the part
 *   that begins there
 * @typedef {{part: string, repetition: number, repetitions: number, left_s: number, share: number,
 *   number: number}} Position
 * share : how much of the part is behind, 0 to 1. number : of the breakpoint; -1 before the first.
 */

/** Time to lie down and to put the telephone away before the first part. */
export const LEAD_S = 8;
/** The same after a pause: she lies there already. */
export const AGAIN_S = 4;

/** @param {Breakpoints} breakpoints @param {number} lastsS @param {number} atS @returns {Position} */
export function positionAt(breakpoints, lastsS, atS) {
  const next = breakpoints.findIndex(([fromS]) => fromS > atS);
  const number = (next < 0 ? breakpoints.length : next) - 1;
  const fromS = breakpoints[number]?.[0] ?? -LEAD_S;
  const untilS = breakpoints[number + 1]?.[0] ?? lastsS;
  const isOver = atS >= lastsS;
  return {
    part: isOver ? "over" : (breakpoints[number]?.[1] ?? "ready"),
    repetition: Math.max(1, begun(breakpoints.slice(0, number + 1))),
    repetitions: begun(breakpoints),
    left_s: Math.max(0, Math.ceil(untilS - atS - 1e-6)),
    share: untilS > fromS ? Math.min(1, Math.max(0, (atS - fromS) / (untilS - fromS))) : 1,
    number,
  };
}

/** @param {Breakpoints} breakpoints */
function begun(breakpoints) {
  return breakpoints.filter(([, part]) => part === "rise").length;
}

/** How many repetitions lie behind a moment as a whole. @param {Breakpoints} breakpoints @param {number} lastsS @param {number} atS */
export function repetitionsDone(breakpoints, lastsS, atS) {
  if (atS >= lastsS) return begun(breakpoints);
  const begins = breakpoints.filter(([fromS, part]) => part === "rise" && fromS <= atS);
  return Math.max(0, begins.length - 1);
}

export class Guide {
  /** @param {Breakpoints} breakpoints @param {number} lastsS @param {() => number} clock in seconds, never set back */
  constructor(breakpoints, lastsS, clock) {
    this.breakpoints = breakpoints;
    this.lastsS = lastsS;
    this.clock = clock;
    /** the clock's time at which the exercise begins; NaN before it was started */
    this.beginsS = NaN;
    /** where it stands still; NaN while it runs */
    this.heldS = NaN;
    this.isEnded = false;
  }

  start() {
    this.beginsS = this.clock() + LEAD_S;
  }

  get isRunning() {
    return !Number.isNaN(this.beginsS) && Number.isNaN(this.heldS) && !this.isEnded;
  }

  /** Seconds since the first part began; below zero before it. */
  get atS() {
    return Number.isNaN(this.heldS) ? this.clock() - this.beginsS : this.heldS;
  }

  get position() {
    return positionAt(this.breakpoints, this.lastsS, this.atS);
  }

  get isOver() {
    return this.isEnded || this.atS >= this.lastsS;
  }

  /** Stand still. It goes on at the beginning of the repetition that was broken off. */
  pause() {
    if (!this.isRunning || this.isOver) return;
    const { atS } = this;
    const begins = this.breakpoints.filter(([fromS, part]) => part === "rise" && fromS <= atS);
    this.heldS = begins.at(-1)?.[0] ?? 0;
  }

  resume() {
    if (Number.isNaN(this.heldS) || this.isEnded) return;
    this.beginsS = this.clock() + AGAIN_S - this.heldS;
    this.heldS = NaN;
  }

  /** End it here, for good: nothing is asked any more. @returns {number} how many repetitions were done */
  end() {
    const { atS } = this;
    this.heldS = Math.min(Math.max(0, atS), this.lastsS);
    this.isEnded = true;
    return repetitionsDone(this.breakpoints, this.lastsS, this.heldS);
  }

  /** Seconds until the next part begins; Infinity where none comes. */
  get nextS() {
    if (!this.isRunning) return Infinity;
    const { atS } = this;
    const next = this.breakpoints.find(([fromS]) => fromS > atS)?.[0] ?? this.lastsS;
    return next > atS ? next - atS : Infinity;
  }
}
