// A strip: one channel in its own unit, scaled to what it did lately.

import { number } from "./page.js";
import { Scale } from "./scale.js";
import { Sheet } from "./sheet.js";

/** @typedef {import("./wire.js").Ring} Ring */

const MUSCLE_ROOM = 3;
const EDGE_PX = 3;
/** room for a number at its line */
const SCALED_EDGE_PX = 10;

/** A small strip under the curve: one other channel, scaled to what it did lately. */
export class Strip {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.sheet = new Sheet(canvas);
    this.isLoud = false;
    this.isMuscle = false;
    /** with lines and numbers, where nothing else says how much it is */
    this.isScaled = false;
    /** what to do with the range that is drawn, as text, about once a second */
    this.tell = (/** @type {string} */ _text) => {};
    this.toldS = 0;
  }

  /** @param {Ring} ring @param {number} nowS @param {number} pastS */
  draw(ring, nowS, pastS) {
    const { sheet } = this;
    const { pen, tokens } = sheet;
    const scale = new Scale(sheet, { nowS, pastS, isFine: true }, 100);
    const [low, high] = extent(ring, nowS, pastS, this.isMuscle);
    sheet.clear();
    if (low === Infinity) return;
    if (Math.abs(nowS - this.toldS) > 1) {
      this.toldS = nowS;
      this.tell(`${number(low)} – ${number(high)}`);
    }
    if (this.isScaled) this.drawGround(scale, low, high);
    pen.strokeStyle = this.isLoud ? tokens.sun : tokens.soft;
    pen.lineWidth = 1.5;
    pen.lineJoin = "round";
    pen.beginPath();
    let isDown = false;
    const every = Math.max(1, Math.floor(ring.hz / scale.perS));
    const first = Math.ceil((nowS - pastS) * ring.hz / every) * every;
    for (let index = first; index < ring.end; index += every) {
      const value = ring.at(index);
      if (Number.isNaN(value)) isDown = false;
      else {
        const x = scale.x((index + 1) / ring.hz);
        const y = this.y(value, low, high);
        if (isDown) pen.lineTo(x, y);
        else pen.moveTo(x, y);
        isDown = true;
      }
    }
    pen.stroke();
  }

  /** @param {number} value @param {number} low @param {number} high */
  y(value, low, high) {
    const edge = this.isScaled ? SCALED_EDGE_PX : EDGE_PX;
    return edge + (this.sheet.height - 2 * edge) * (1 - (value - low) / (high - low || 1));
  }

  /** @param {Scale} scale @param {number} low @param {number} high */
  drawGround(scale, low, high) {
    const { pen, tokens, width } = this.sheet;
    pen.font = `13px ${tokens.font}`;
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    pen.strokeStyle = tokens.line;
    pen.fillStyle = tokens.soft;
    pen.lineWidth = 1;
    for (const value of roundOnes(low, high)) {
      const y = this.y(value, low, high);
      pen.beginPath();
      pen.moveTo(scale.left, y);
      pen.lineTo(width, y);
      pen.stroke();
      pen.fillText(number(value), scale.left - 6, y);
    }
  }
}

/**
 * Round numbers from low to high, at most six.
 * @param {number} low @param {number} high @returns {number[]}
 */
export function roundOnes(low, high) {
  const least = (high - low) / 5;
  if (!(least > 0)) return [low];
  const tens = 10 ** Math.floor(Math.log10(least));
  const step = tens * ([1, 2, 5].find((times) => times * tens >= least) ?? 10);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, place) => (first + place) * step);
}

/**
 * The lowest and highest value to draw. A muscle is drawn from zero and with room above its
 * usual level, so that a quiet one looks quiet.
 * @param {Ring} ring @param {number} nowS @param {number} pastS @param {boolean} isMuscle
 * @returns {[number, number]}
 */
function extent(ring, nowS, pastS, isMuscle) {
  let low = Infinity;
  let high = -Infinity;
  let total = 0;
  let count = 0;
  for (let index = Math.floor((nowS - pastS) * ring.hz); index < ring.end; index += 1) {
    const value = ring.at(index);
    if (Number.isNaN(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
    total += value;
    count += 1;
  }
  if (!isMuscle || !count) return [low, high];
  return [0, Math.max(high, (MUSCLE_ROOM * total) / count)];
}
