// The curve: the band to be in, her line, the moment that is now.

import { FINE, FLOOR_PERCENT, Scale } from "./scale.js";
import { Sheet } from "./sheet.js";

/** @typedef {import("./wire.js").Ring} Ring */
/** @typedef {import("./target.js").Targets} Targets */

const STEP_PX = 2;
const LOWEST_TOP_PERCENT = 50;
const GRID_PERCENT = 20;
const WIDE_GRID_PERCENT = 50;

/**
 * @typedef {object} Scene
 * @property {Ring | undefined} ring her line
 * @property {Targets} targets
 * @property {number} nowS session time
 * @property {"none" | "fresh" | "amber" | "grey"} freshness
 * @property {number} pastS seconds of past shown
 * @property {boolean} isAsking false draws nothing to come
 * @property {boolean} isFine thin strokes for a therapist's screen
 * @property {{at_s: number, text: string, short: string, is_good: boolean}[]} labels
 * @property {{at_s: number, text: string}[]} [marks] set by hand
 */

export class Curve {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.sheet = new Sheet(canvas);
    this.topPercent = LOWEST_TOP_PERCENT;
  }

  /** @param {Scene} scene */
  draw(scene) {
    const { sheet } = this;
    const [lowest, highest] = this.reachLately(scene);
    this.topPercent = Math.max(
      LOWEST_TOP_PERCENT, scene.targets.highest + 2.6 * scene.targets.band, highest,
    );
    const floor = scene.isFine ? Math.min(FINE.floorPercent, lowest) : FLOOR_PERCENT;
    const scale = new Scale(sheet, scene, this.topPercent, floor);
    sheet.clear();
    this.drawGround(scene, scale);
    if (scene.targets.last) this.drawBand(scene, scale);
    this.drawNow(scene, scale);
    this.drawMarks(scene, scale);
    this.drawLine(scene, scale);
    this.drawLabels(scene, scale);
  }

  /**
   * How far down and up her line goes on the sheet, in whole tens. A patient's sheet follows it
   * in open mode only, where no target sets the height; a therapist's always.
   * @param {Scene} scene @returns {[number, number]}
   */
  reachLately(scene) {
    const { ring } = scene;
    if (!ring || (!scene.isFine && scene.targets.last?.breakpoints.length)) return [0, 0];
    let lowest = 0;
    let highest = 0;
    const step = Math.max(1, Math.round(ring.hz / 20));
    for (let index = ring.end - 1; index > ring.end - scene.pastS * ring.hz; index -= step) {
      const value = ring.at(index);
      if (value > highest) highest = value;
      if (value < lowest) lowest = value;
    }
    const up = Math.ceil((highest + (scene.isFine ? 4 : 10)) / 10) * 10;
    const down = Math.floor((lowest - 4) / 10) * 10;
    return [Math.max(FINE.lowestPercent, down), Math.min(FINE.topPercent, up)];
  }

  /** @param {Scene} scene @param {Scale} scale */
  drawGround(scene, scale) {
    const { pen, width, tokens } = this.sheet;
    pen.strokeStyle = tokens.line;
    const step = scale.top - scale.floor > 160 ? WIDE_GRID_PERCENT : GRID_PERCENT;
    const first = scene.isFine ? Math.ceil(scale.floor / step) * step : 0;
    const last = scene.isFine ? scale.top : 0;
    pen.font = `13px ${tokens.font}`;
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (let percent = first; percent <= last; percent += step) {
      pen.lineWidth = percent === 0 ? 2 : 1;
      pen.beginPath();
      pen.moveTo(scale.left, scale.y(percent));
      pen.lineTo(width, scale.y(percent));
      pen.stroke();
      pen.fillStyle = tokens.soft;
      if (scene.isFine) pen.fillText(`${percent < 0 ? "−" : ""}${Math.abs(percent)} %`, scale.left - 6, scale.y(percent));
    }
    pen.textAlign = "left";
  }

  /** @param {Scene} scene @param {Scale} scale */
  drawBand(scene, scale) {
    const { pen, width, tokens } = this.sheet;
    this.fillBand(scene, scale, scale.left, scale.nowX, tokens.band);
    const toX = scene.isAsking ? width : scale.nowX;
    if (scene.isAsking) this.fillBand(scene, scale, scale.nowX, toX, tokens.bandAhead);
    pen.strokeStyle = tokens.middle;
    pen.lineWidth = scene.isFine ? 1 : 2;
    pen.setLineDash([2, 6]);
    pen.beginPath();
    let isDown = false;
    for (let x = scale.left; x <= toX; x += STEP_PX) {
      const atS = scale.s(x);
      if (!scene.targets.of(atS, scene.nowS)) isDown = false;
      else {
        const y = scale.y(scene.targets.level(atS, scene.nowS));
        if (isDown) pen.lineTo(x, y);
        else pen.moveTo(x, y);
        isDown = true;
      }
    }
    pen.stroke();
    pen.setLineDash([]);
  }

  /**
   * @param {Scene} scene @param {Scale} scale
   * @param {number} fromX @param {number} toX @param {string} colour
   */
  fillBand(scene, scale, fromX, toX, colour) {
    const { pen } = this.sheet;
    const half = scene.targets.band;
    /** @type {[number, number][]} */
    const upper = [];
    const flush = () => {
      if (upper.length > 1) {
        pen.beginPath();
        for (const [x, level] of upper) pen.lineTo(x, scale.y(level + half));
        for (const [x, level] of upper.reverse()) {
          pen.lineTo(x, scale.y(Math.max(level - half, FLOOR_PERCENT / 2)));
        }
        pen.closePath();
        pen.fillStyle = colour;
        pen.fill();
        this.edgeBand();
      }
      upper.length = 0;
    };
    for (let x = fromX; ; x = Math.min(toX, x + STEP_PX)) {
      const atS = scale.s(x);
      if (scene.targets.of(atS, scene.nowS)) {
        upper.push([x, scene.targets.level(atS, scene.nowS)]);
      } else flush();
      if (x >= toX) break;
    }
    flush();
  }

  /** Where colours are forced there are no shades: the band is its outline. */
  edgeBand() {
    const { pen, tokens } = this.sheet;
    if (!tokens.bandEdge) return;
    pen.strokeStyle = tokens.bandEdge;
    pen.lineWidth = 1;
    pen.stroke();
  }

  /** @param {Scene} scene @param {Scale} scale */
  drawNow(scene, scale) {
    const { pen, tokens } = this.sheet;
    pen.strokeStyle = scene.isFine ? tokens.soft : tokens.line;
    pen.lineWidth = scene.isFine ? 1 : 2;
    if (scene.isFine) pen.setLineDash([3, 4]);
    pen.beginPath();
    pen.moveTo(scale.nowX, scale.above);
    pen.lineTo(scale.nowX, scale.bottom);
    pen.stroke();
    pen.setLineDash([]);
  }

  /** @param {Scene} scene @param {Scale} scale */
  drawLine(scene, scale) {
    const { ring } = scene;
    if (!ring || ring.isEmpty) return;
    const { pen, tokens } = this.sheet;
    const colour = { none: tokens.stale, fresh: tokens.her, amber: tokens.late, grey: tokens.stale };
    pen.strokeStyle = colour[scene.freshness];
    pen.lineWidth = scene.isFine ? 2 : 6;
    pen.lineJoin = "round";
    pen.lineCap = "round";
    pen.beginPath();
    const every = Math.max(1, Math.floor(ring.hz / (scale.perS / 1.5)));
    const first = Math.ceil((scene.nowS - scene.pastS) * ring.hz / every) * every;
    let isDown = false;
    for (let index = first; index < ring.end; index += every) {
      isDown = this.lineTo(scale, ring.at(index), (index + 1) / ring.hz, isDown);
    }
    const newest = ring.newest;
    if (scene.freshness !== "fresh") this.lineTo(scale, newest, ring.endS, isDown);
    else this.lineTo(scale, newest, scene.nowS, isDown);
    pen.stroke();
    if (!Number.isNaN(newest)) this.drawDot(scene, scale, newest, colour[scene.freshness]);
  }

  /** @param {Scale} scale @param {number} level @param {number} atS @param {boolean} isDown */
  lineTo(scale, level, atS, isDown) {
    if (Number.isNaN(level)) return false;
    const x = Math.min(scale.nowX, scale.x(atS));
    const y = Math.min(scale.bottom - 2, scale.y(level));
    if (isDown) this.sheet.pen.lineTo(x, y);
    else this.sheet.pen.moveTo(x, y);
    return true;
  }

  /** @param {Scene} scene @param {Scale} scale @param {number} level @param {string} colour */
  drawDot(scene, scale, level, colour) {
    if (scene.isFine) return;
    const { pen, tokens } = this.sheet;
    // On the line of now while samples come; where it was when they stopped.
    const atS = scene.freshness === "fresh" ? scene.nowS : (scene.ring?.endS ?? scene.nowS);
    const x = Math.min(scale.nowX, scale.x(atS));
    const y = Math.max(18, Math.min(scale.bottom - 18, scale.y(level)));
    pen.fillStyle = tokens.paper;
    pen.beginPath();
    pen.arc(x, y, 18, 0, 2 * Math.PI);
    pen.fill();
    pen.fillStyle = colour;
    pen.beginPath();
    pen.arc(x, y, 13, 0, 2 * Math.PI);
    pen.fill();
  }

  /** What the therapist marked, where it was marked. @param {Scene} scene @param {Scale} scale */
  drawMarks(scene, scale) {
    const { pen, tokens } = this.sheet;
    const shown = (scene.marks ?? []).filter((mark) => scale.x(mark.at_s) >= scale.left);
    pen.strokeStyle = tokens.sun;
    pen.lineWidth = 1.5;
    pen.setLineDash([5, 3]);
    pen.beginPath();
    for (const mark of shown) {
      pen.moveTo(scale.x(mark.at_s), scale.above);
      pen.lineTo(scale.x(mark.at_s), scale.bottom);
    }
    pen.stroke();
    pen.setLineDash([]);
    this.writeRow(shown.map((mark) => ({ ...mark, short: "", colour: tokens.sun })), scale, scale.bottom + 3);
  }

  /** @param {Scene} scene @param {Scale} scale */
  drawLabels(scene, scale) {
    const { tokens } = this.sheet;
    const coloured = scene.labels.map((label) => ({ ...label, colour: label.is_good ? tokens.sage : tokens.sun }));
    this.writeRow(coloured, scale, 0);
  }

  /**
   * Texts beside each other, the newest whole; an older one that would run into the next is
   * shortened, or left out.
   * @param {{at_s: number, text: string, short: string, colour: string}[]} texts in their order
   * @param {Scale} scale @param {number} y
   */
  writeRow(texts, scale, y) {
    const { pen, tokens, width } = this.sheet;
    pen.font = `600 13px ${tokens.font}`;
    pen.textBaseline = "top";
    let freeToX = width;
    for (const one of [...texts].reverse()) {
      const at = scale.x(one.at_s);
      // The newest moves to the left where the sheet ends; an older one stays at its time.
      const room = freeToX - (freeToX === width ? scale.left : Math.max(at, scale.left));
      const fits = [one.text, one.short].find((text) => text && pen.measureText(text).width <= room);
      const long = fits ? pen.measureText(fits).width : 0;
      if (at > width || at + long < scale.left) continue;
      const x = Math.max(scale.left, Math.min(at, width - long));
      pen.fillStyle = one.colour;
      if (fits) pen.fillText(fits, x, y);
      freeToX = Math.min(at, x) - 10;
    }
  }
}
