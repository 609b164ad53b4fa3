// The sketch of the stretch at birth, moved by two sliders. Everything is calculated already; here
// a head and a descent are looked up, and what stands there is drawn.

/** @typedef {{level_mm: number, origins_mm: number, radii_mm: number[][], ratios: string[][],
 *   longer: number[][]}} Part */
/** @typedef {{scale: number, tilt: number, middle: number, spines: number}} Drawing */
/** @typedef {{drawing: Drawing, heads_mm: number[], descents_mm: number[], heads: string[],
 *   descents: string[], words: string[], parts: Part[]}} Grid */

/**
 * A loop as two curves, behind the head and before it, its ends at the right; as in
 * `levator.web.home.stretch`.
 * @param {Drawing} drawing @param {number} radius @param {number} level @param {number} origins
 */
export function loop(drawing, radius, level, origins) {
  const wide = radius * drawing.scale;
  const half = (origins / 2) * drawing.scale;
  const y = drawing.spines + level * drawing.scale;
  const left = drawing.middle - wide;
  const end = drawing.middle + Math.sqrt(Math.max(0, wide * wide - half * half));
  const place = (/** @type {number} */ one) => one.toFixed(2);
  const arc = `M${place(left)} ${place(y)}A${place(wide)} ${place(wide * drawing.tilt)} 0 0`;
  const [up, down] = [y - half * drawing.tilt, y + half * drawing.tilt];
  return {
    back: `${arc} 1 ${place(end)} ${place(up)}`,
    front: `${arc} 0 ${place(end)} ${place(down)}`,
    lead: `M32 ${place(y)}H${place(left)}`,
  };
}

/** @param {string} selector */
const every = (selector) => [...document.querySelectorAll(selector)];
const slider = (/** @type {string} */ id) =>
  /** @type {HTMLInputElement} */ (document.getElementById(id));

/** @param {Grid} grid @param {number} head @param {number} descent */
function show(grid, head, descent) {
  const ball = document.querySelector(".ball");
  const { scale, spines } = grid.drawing;
  ball?.setAttribute("cy", String(spines + (grid.descents_mm[descent] ?? 0) * scale));
  ball?.setAttribute("r", String(((grid.heads_mm[head] ?? 0) / 2) * scale));
  const [backs, fronts, leads] = [every(".back"), every(".front"), every(".lead-line")];
  const [ratios, drawnRatios, words] = [every(".ratio"), every(".drawn-ratio"), every(".longer")];
  grid.parts.forEach((part, at) => {
    const radius = part.radii_mm[head]?.[descent] ?? 0;
    const drawn = loop(grid.drawing, radius, part.level_mm, part.origins_mm);
    backs[at]?.setAttribute("d", drawn.back);
    fronts[at]?.setAttribute("d", drawn.front);
    leads[at]?.setAttribute("d", drawn.lead);
    for (const text of [ratios[at], drawnRatios[at]]) {
      if (text) text.textContent = part.ratios[head]?.[descent] ?? "";
    }
    const longer = words[at];
    if (longer) longer.textContent = grid.words[part.longer[head]?.[descent] ?? 0] ?? "";
  });
}

/** @param {string} id @param {string} words */
function name(id, words) {
  slider(id).setAttribute("aria-valuetext", `${words} cm`);
  const text = document.getElementById(`${id}-text`);
  if (text) text.textContent = words;
}

function begin() {
  const grid = /** @type {Grid} */ (JSON.parse(document.getElementById("grid")?.textContent ?? ""));
  const moved = () => {
    const [head, descent] = [slider("head").valueAsNumber, slider("descent").valueAsNumber];
    show(grid, head, descent);
    name("head", grid.heads[head] ?? "");
    name("descent", grid.descents[descent] ?? "");
  };
  for (const id of ["head", "descent"]) slider(id).addEventListener("input", moved);
  document.getElementById("moves")?.removeAttribute("hidden");
}

begin();
