// A training is longer than a phone's patience: the screen stays on while it goes on. Where the
// browser cannot do that, or will not (an empty battery), the training goes on without it.

export class Awake {
  constructor() {
    this.isWanted = false;
    this.isAsking = false;
    /** @type {WakeLockSentinel | null} */
    this.lock = null;
    // The browser lets go of it when the page goes out of sight.
    document.addEventListener("visibilitychange", () => void this.take());
  }

  /** @param {boolean} isWanted */
  want(isWanted) {
    if (isWanted === this.isWanted) return;
    this.isWanted = isWanted;
    void (isWanted ? this.take() : this.release());
  }

  async take() {
    const isHeld = this.isAsking || (this.lock !== null && !this.lock.released);
    if (!this.isWanted || isHeld || document.hidden || !("wakeLock" in navigator)) return;
    this.isAsking = true;
    try {
      this.lock = await navigator.wakeLock.request("screen");
    } catch {
      this.lock = null;
    }
    this.isAsking = false;
    if (!this.isWanted) await this.release();
  }

  async release() {
    const { lock } = this;
    this.lock = null;
    await lock?.release();
  }
}
