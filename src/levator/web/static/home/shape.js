// The picture of an exercise: a round shape that grows, stays, shrinks and is small; and inside it
// one that breathes.

const SMALL = 0.42;

/** How large the shape is, 1 being all of it. @param {string} part @param {number} share of the part that is behind */
export function shapeSize(part, share) {
  const eased = share * share * (3 - 2 * share);
  if (part === "rise") return SMALL + (1 - SMALL) * eased;
  if (part === "hold") return 1;
  if (part === "fall") return 1 - (1 - SMALL) * eased;
  return SMALL;
}

/** @param {[number, number]} breathS in and out @param {number} atS @returns {{size: number, isIn: boolean}} */
export function breathAt([inS, outS], atS) {
  const inBreath = ((atS % (inS + outS)) + inS + outS) % (inS + outS);
  const isIn = inBreath < inS;
  return { size: isIn ? inBreath / inS : 1 - (inBreath - inS) / outS, isIn };
}
