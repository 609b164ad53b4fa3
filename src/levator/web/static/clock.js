// The session's time on this screen: it runs as smoothly as the screen does, though samples
// come in blocks. The offset follows what arrives slowly; a jump is followed at once.

const GAIN = 0.04;
const JUMP_S = 0.3;

export class SessionClock {
  constructor() {
    this.offsetS = NaN;
  }

  /**
   * @param {number} sessionS session time of the newest sample
   * @param {number} pageS this page's clock when it came
   */
  observe(sessionS, pageS) {
    const seenS = sessionS - pageS;
    if (Number.isNaN(this.offsetS) || Math.abs(seenS - this.offsetS) > JUMP_S) this.offsetS = seenS;
    else this.offsetS += GAIN * (seenS - this.offsetS);
  }

  /** @param {number} pageS */
  at(pageS) {
    return pageS + this.offsetS;
  }

  get isSet() {
    return !Number.isNaN(this.offsetS);
  }
}

/**
 * How old the newest sample is, and what that means for the picture.
 */
export class Freshness {
  /** @param {number} amberS @param {number} greyS */
  constructor(amberS, greyS) {
    this.amberS = amberS;
    this.greyS = greyS;
    this.madePageS = NaN;
  }

  /**
   * @param {number} madeS server clock @param {number} serverAheadS
   * @param {number} pageS this page's clock when it came
   */
  observe(madeS, serverAheadS, pageS) {
    const madePageS = Number.isNaN(serverAheadS) ? pageS : Math.min(pageS, madeS - serverAheadS);
    this.madePageS = Number.isNaN(this.madePageS) ? madePageS : Math.max(this.madePageS, madePageS);
  }

  /** @param {number} pageS */
  ageS(pageS) {
    return Math.max(0, pageS - this.madePageS);
  }

  /** @param {number} pageS @returns {"none" | "fresh" | "amber" | "grey"} */
  state(pageS) {
    if (Number.isNaN(this.madePageS)) return "none";
    const age = this.ageS(pageS);
    if (age > this.greyS) return "grey";
    return age > this.amberS ? "amber" : "fresh";
  }
}
