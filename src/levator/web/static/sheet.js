// A canvas that knows its size and its colours. They come from the page's tokens, so light, dark
// and forced colours are settled in one place, the CSS.

/** @param {HTMLElement} element */
export function tokensOf(element) {
  const style = getComputedStyle(element);
  const token = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`).trim();
  return {
    paper: token("canvas"),
    line: token("line"),
    band: token("band"),
    bandAhead: token("band-ahead"),
    bandEdge: token("band-edge"),
    middle: token("middle"),
    her: token("night"),
    stale: token("stale"),
    late: token("late"),
    soft: token("soft"),
    ink: token("ink"),
    sage: token("sage-text"),
    sun: token("sun-text"),
    font: style.fontFamily,
  };
}

/** @typedef {ReturnType<typeof tokensOf>} Tokens */

/** A canvas that knows its size in CSS pixels and its tokens. */
export class Sheet {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    const pen = canvas.getContext("2d", { alpha: true });
    if (!pen) throw new Error("this browser cannot draw");
    this.pen = pen;
    this.width = 0;
    this.height = 0;
    this.tokens = tokensOf(canvas);
    new ResizeObserver(() => this.fit()).observe(canvas);
    for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
      matchMedia(query).addEventListener("change", () => this.repaint());
    }
    this.fit();
  }

  repaint() {
    this.tokens = tokensOf(this.canvas);
  }

  fit() {
    const scale = Math.min(2, devicePixelRatio || 1);
    this.width = this.canvas.clientWidth;
    this.height = this.canvas.clientHeight;
    this.canvas.width = Math.max(1, Math.round(this.width * scale));
    this.canvas.height = Math.max(1, Math.round(this.height * scale));
    this.pen.setTransform(scale, 0, 0, scale, 0, 0);
    this.repaint();
  }

  clear() {
    this.pen.clearRect(0, 0, this.width, this.height);
  }
}
