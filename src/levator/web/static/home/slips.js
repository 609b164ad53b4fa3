// A tap answers only what she saw when she aimed: what has just come under her thumb takes none for
// a moment. Keys and assistive technology click by name, not by place: they always count.

const MOMENT_MS = 500;
const THUMB_PX = 40;
/** What stops or hides, wherever and whenever. */
const ALWAYS = "#stop, #pain, #hide, .cover";

/** Where the last tap was that counted. */
let last = { x: 0, y: 0, ms: -Infinity };
let isSecond = false;
let isHers = false;
let movedMs = -Infinity;

addEventListener("pointerdown", ({ clientX, clientY, timeStamp }) => {
  const isHere = Math.hypot(clientX - last.x, clientY - last.y) < THUMB_PX;
  isSecond = isHere && timeStamp - last.ms < MOMENT_MS;
  if (!isSecond) last = { x: clientX, y: clientY, ms: timeStamp };
}, true);

addEventListener("click", (event) => {
  const on = event.target instanceof Element ? event.target : null;
  const isLate = event.timeStamp - movedMs < MOMENT_MS && on?.closest("main");
  isHers = event.detail === 0 || Boolean(on?.closest(ALWAYS)) || !(isSecond || isLate);
  isSecond = false;
  if (isHers) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
addEventListener("click", () => (isHers = false));

/** Another thing is where she aimed, and no tap of hers brought it. */
export function moved() {
  if (!isHers) movedMs = performance.now();
}

/** How wide and high each part above is, in the size of the text. @type {Map<Element, [number, number]>} */
const sizes = new Map();

/** Turning the phone and larger text are deeds of hers; what else is higher than it was came by itself. @param {ResizeObserverEntry} entry */
function resized({ target, contentRect }) {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const [wide, high] = [contentRect.width / rem, Math.round(contentRect.height)];
  const before = sizes.get(target);
  sizes.set(target, [wide, high]);
  if (before && before[0] === wide && before[1] !== high) moved();
}

/** From now on, what comes or goes by itself. @param {Element[]} above @param {Element[]} taken where what she could tap goes */
export function heed(above, taken) {
  const heights = new ResizeObserver((entries) => entries.forEach(resized));
  const gone = new MutationObserver((changes) => changes.some(isGone) && moved());
  for (const one of above) heights.observe(one);
  for (const one of taken) gone.observe(one, { childList: true, attributeFilter: ["hidden"] });
}

/** Out of sight nothing goes from under her thumb. @param {MutationRecord} one */
function isGone({ target, removedNodes }) {
  if (!(target instanceof HTMLElement)) return false;
  return removedNodes.length ? !target.closest("[hidden]") : target.hidden;
}
