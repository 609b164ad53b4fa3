// What is read out in the sound mode. Only a voice that is on this device may speak: others send
// the words away over the network.

export class Voice {
  /** @param {(name: string, sign: string) => void} heard hears of everything that is said */
  constructor(heard) {
    this.heard = heard;
    this.isOn = false;
  }

  /** A voice of this device in the page's language; undefined where there is none. */
  get own() {
    if (!("speechSynthesis" in window)) return undefined;
    const language = document.documentElement.lang;
    return speechSynthesis
      .getVoices()
      .find((one) => one.localService === true && one.lang.split(/[-_]/)[0]?.toLowerCase() === language);
  }

  /** @param {boolean} isOn */
  turn(isOn) {
    this.isOn = isOn;
    if (!isOn) this.hush();
    // Some browsers look for their voices only when they are asked the first time.
    else void this.own;
  }

  hush() {
    if ("speechSynthesis" in window) speechSynthesis.cancel();
  }

  /** @param {string} text @param {boolean} isNow breaks off what was being said */
  say(text, isNow) {
    if (isNow && this.isOn) this.hush();
    const voice = this.isOn && text ? this.own : undefined;
    if (!voice) return;
    const words = new SpeechSynthesisUtterance(text);
    words.voice = voice;
    words.lang = voice.lang;
    speechSynthesis.speak(words);
    this.heard("words", text);
  }
}

/** Tells who does not look what has changed: in the page's one live region, and by voice. */
export class Teller {
  /** @param {HTMLElement} region @param {Voice} voice */
  constructor(region, voice) {
    this.region = region;
    this.voice = voice;
    /** @type {string[]} */
    this.last = [];
  }

  /** The parts in the order of telling; only those that differ from before are told. @param {string[]} parts */
  tell(parts) {
    const changed = parts.filter((part, place) => part !== this.last[place]);
    const isNewWord = parts[0] !== this.last[0];
    if (!changed.length) return;
    this.last = parts;
    // "Pause" is not said before "Pause: nothing is asked."
    const isSaidAgain = (/** @type {string} */ part) => changed.some((one) => one !== part && one.startsWith(part));
    const told = changed.filter((part) => part && !isSaidAgain(part));
    const text = told.map((part) => (/[.!?]$/.test(part) ? part : `${part}.`)).join(" ");
    if (!text) return;
    this.region.textContent = text;
    this.voice.say(text, isNewWord);
  }
}
