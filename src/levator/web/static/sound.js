// The sound mode: what the picture says, for someone who does not look. A tone while she is
// outside the band (lower than the reference tone: a little more; higher: a little less),
// silence inside it, and a short sound of its own at the start of every phase.

const TARGET_HZ = 330;
const PERCENT_PER_OCTAVE = 25;
const LOUD = 0.12;
const SOFTEN_S = 0.04;
/** @type {Record<string, number[]>} */
const CUES = { rise: [330, 440], hold: [440, 440], fall: [440, 330], rest: [220] };

export class Sound {
  constructor() {
    this.isOn = false;
    this.lastPhase = "";
    /** @type {AudioContext | null} */
    this.audio = null;
    /** @type {{tone: OscillatorNode, gain: GainNode} | null} */
    this.voice = null;
  }

  toggle() {
    this.isOn = !this.isOn;
    if (this.isOn) this.start();
    else this.hush();
    return this.isOn;
  }

  start() {
    this.audio ??= new AudioContext();
    void this.audio.resume();
    if (this.voice) return;
    const tone = this.audio.createOscillator();
    const gain = this.audio.createGain();
    tone.type = "triangle";
    gain.gain.value = 0;
    tone.connect(gain).connect(this.audio.destination);
    tone.start();
    this.voice = { tone, gain };
  }

  hush() {
    if (this.audio && this.voice) {
      this.voice.gain.gain.setTargetAtTime(0, this.audio.currentTime, SOFTEN_S);
    }
  }

  /**
   * @param {string} phase empty when nothing is asked
   * @param {number} level her %MVC @param {number} target %MVC @param {number} band %MVC
   */
  follow(phase, level, target, band) {
    if (!this.isOn || !this.audio || !this.voice) return;
    if (phase !== this.lastPhase) this.cue(phase);
    this.lastPhase = phase;
    const off = level - target;
    if (!phase || Number.isNaN(off) || Math.abs(off) <= band) {
      this.hush();
      return;
    }
    const pitch = TARGET_HZ * 2 ** (Math.max(-50, Math.min(50, off)) / PERCENT_PER_OCTAVE);
    this.voice.tone.frequency.setTargetAtTime(pitch, this.audio.currentTime, SOFTEN_S);
    this.voice.gain.gain.setTargetAtTime(LOUD, this.audio.currentTime, SOFTEN_S);
  }

  /** @param {string} phase */
  cue(phase) {
    const { audio } = this;
    if (!audio) return;
    (CUES[phase] ?? []).forEach((pitch, index) => {
      const tone = audio.createOscillator();
      const gain = audio.createGain();
      const fromS = audio.currentTime + index * 0.14;
      tone.frequency.value = pitch;
      gain.gain.setValueAtTime(0, fromS);
      gain.gain.linearRampToValueAtTime(LOUD, fromS + 0.02);
      gain.gain.linearRampToValueAtTime(0, fromS + 0.13);
      tone.connect(gain).connect(audio.destination);
      tone.start(fromS);
      tone.stop(fromS + 0.15);
    });
  }
}
