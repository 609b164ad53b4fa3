// How seconds and percentages fall on a sheet: what is past at the left, what comes at the right.

/** @typedef {import("./sheet.js").Sheet} Sheet */

export const FLOOR_PERCENT = -8;
const PATIENT_PAST_S = 9;
const PREVIEW_S = 4;
/** A therapist's sheet has a scale at the left, verdicts above the curve and marks under it. */
export const FINE = { left: 46, above: 22, below: 20, floorPercent: -15, topPercent: 140, lowestPercent: -60 };
const BARE = { left: 0, above: 0, below: 0 };

/** How seconds and percentages fall on the sheet. */
export class Scale {
  /**
   * @param {Sheet} sheet
   * @param {{nowS: number, pastS: number, isFine?: boolean}} scene
   * @param {number} topPercent @param {number} floorPercent
   */
  constructor(sheet, scene, topPercent, floorPercent = FLOOR_PERCENT) {
    const room = scene.isFine ? FINE : BARE;
    this.left = room.left;
    this.nowX = this.left + ((sheet.width - this.left) * scene.pastS) / (scene.pastS + PREVIEW_S);
    this.perS = (this.nowX - this.left) / scene.pastS;
    this.nowS = scene.nowS;
    this.above = room.above;
    this.bottom = sheet.height - room.below;
    this.perPercent = (this.bottom - this.above) / (topPercent - floorPercent);
    this.top = topPercent;
    this.floor = floorPercent;
  }

  /** @param {number} s */
  x(s) {
    return this.nowX + (s - this.nowS) * this.perS;
  }

  /** @param {number} percent */
  y(percent) {
    return this.above + (this.top - Math.min(percent, this.top)) * this.perPercent;
  }

  /** @param {number} x */
  s(x) {
    return this.nowS + (x - this.nowX) / this.perS;
  }
}

/** How many seconds of past fit calmly on this width. @param {number} width */
export function pastOn(width) {
  return width < 560 ? 5 : PATIENT_PAST_S;
}
