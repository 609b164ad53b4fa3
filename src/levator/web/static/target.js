// What is asked, as the room sent it. This file interpolates between breakpoints and knows
// nothing else about training: after `valid_until_s`, and wherever nothing was sent, it is rest.

/**
 * @typedef {object} Phase
 * @property {string} name ready, rise, hold, fall or rest
 * @property {number} from_s
 * @property {number} to_s
 */

/**
 * @typedef {object} Target
 * @property {number} revision
 * @property {number} at_s session time from which it replaces earlier revisions
 * @property {number | null} round
 * @property {[number, number][]} breakpoints session seconds, %MVC
 * @property {number} valid_until_s
 * @property {number} band_percent_mvc
 * @property {Phase[]} phases
 */

/**
 * The straight lines of a target, rest outside them.
 * @param {Target} target
 * @param {number} atS
 * @returns {number} %MVC
 */
export function levelOf(target, atS) {
  const points = target.breakpoints;
  let before = points[0];
  if (!before || atS < before[0]) return 0;
  for (const point of points) {
    if (point[0] > atS) {
      const share = (atS - before[0]) / (point[0] - before[0]);
      return before[1] + share * (point[1] - before[1]);
    }
    before = point;
  }
  return 0;
}

/** The targets of the last minute, newest last. */
export class Targets {
  constructor() {
    /** @type {Target[]} */
    this.list = [];
    /** @type {number | null} */
    this.hiddenRevision = null;
    this.hiddenFromS = Infinity;
  }

  /** @param {Target[]} list */
  set(list) {
    this.list = list;
    if (this.hiddenRevision !== null && (this.last?.revision ?? 0) > this.hiddenRevision) {
      this.show();
    }
  }

  get last() {
    return this.list[this.list.length - 1];
  }

  /** Take the target away at once, before the room has answered. @param {number} fromS */
  hide(fromS) {
    this.hiddenRevision = this.last?.revision ?? 0;
    this.hiddenFromS = Math.min(this.hiddenFromS, fromS);
  }

  show() {
    this.hiddenRevision = null;
    this.hiddenFromS = Infinity;
  }

  get isHidden() {
    return this.hiddenRevision !== null;
  }

  /**
   * The target that a time belongs to. What is past was asked by the newest revision of its
   * moment; what is to come is drawn from the newest of all, as long as that one holds.
   * @param {number} atS @param {number} nowS
   * @returns {Target | undefined}
   */
  of(atS, nowS) {
    if (atS >= this.hiddenFromS) return undefined;
    if (atS >= nowS) {
      const { last } = this;
      const end = last?.breakpoints[last.breakpoints.length - 1];
      return last && end && nowS <= last.valid_until_s && atS <= end[0] ? last : undefined;
    }
    for (let index = this.list.length - 1; index >= 0; index -= 1) {
      const target = this.list[index];
      if (!target || target.at_s > atS) continue;
      return target.breakpoints.length && atS <= target.valid_until_s ? target : undefined;
    }
    return undefined;
  }

  /** @param {number} atS @param {number} nowS */
  level(atS, nowS) {
    const target = this.of(atS, nowS);
    return target ? levelOf(target, atS) : 0;
  }

  /** @param {number} nowS @returns {Phase | undefined} */
  phase(nowS) {
    const target = this.of(nowS, nowS);
    return target?.phases.find((phase) => phase.from_s <= nowS && nowS < phase.to_s);
  }

  /** The highest %MVC asked in the targets at hand. */
  get highest() {
    let highest = 0;
    for (const target of this.list) {
      for (const point of target.breakpoints) highest = Math.max(highest, point[1]);
    }
    return highest;
  }

  get band() {
    return this.last?.band_percent_mvc ?? 0;
  }
}
