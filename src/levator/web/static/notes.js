// The notes by which a cue is known, at the seat and at home.

export const STEADY_HZ = 330;
export const LOUD = 0.12;
export const SOFT = 0.03;
export const NOTE_S = 0.14;

/** The notes of a cue, Hz. Names are those of a phase, or of a step of the calibration. */
export const CUES = new Map([
  ["on", [330, 440, 550]],
  ["ready", [330, 330, 330]],
  ["rise", [330, 440]],
  ["hold", [440, 440]],
  ["fall", [440, 330]],
  ["rest", [220]],
  ["set_ended", [440, 550, 440]],
  ["lift", [330, 440]],
  ["push", [262, 196]],
  ["hold_comfortably", [330, 440]],
  ["hold_hard", [330, 440]],
  ["quick", [330, 440, 330]],
  ["let_go", [440, 330]],
  ["press", [660, 550, 660, 550]],
  ["falling", [392, 311, 233]],
]);

/** @param {AudioContext} audio @param {number} pitch Hz @param {number} fromS */
export function note(audio, pitch, fromS) {
  const tone = audio.createOscillator();
  const gain = audio.createGain();
  tone.frequency.value = pitch;
  gain.gain.setValueAtTime(0, fromS);
  gain.gain.linearRampToValueAtTime(LOUD, fromS + 0.02);
  gain.gain.linearRampToValueAtTime(0, fromS + NOTE_S - 0.01);
  tone.connect(gain).connect(audio.destination);
  tone.start(fromS);
  tone.stop(fromS + NOTE_S);
  return tone;
}
