// Frames and messages between a screen and its room. The format: docs/reference/wire.md.

/**
 * @typedef {object} DrawnTrack
 * @property {number} firstIndex index of the first value at `hz`
 * @property {number} hz values per second
 * @property {Float32Array} values NaN where samples never came
 */

/**
 * @typedef {object} Frame
 * @property {number} generation of the tracks
 * @property {number} revision of the target that was in force
 * @property {number} madeS server clock at which the newest value was made
 * @property {DrawnTrack[]} tracks
 */

const VERSION = 1;
const HEAD_BYTES = 16;
const TRACK_BYTES = 24;

/**
 * @param {ArrayBuffer} bytes
 * @returns {Frame}
 */
export function decode(bytes) {
  const view = new DataView(bytes);
  if (view.getUint8(0) !== VERSION) throw new Error("unknown frame version");
  const tracks = [];
  let at = HEAD_BYTES;
  for (let left = view.getUint8(1); left > 0; left -= 1) {
    const count = view.getUint32(at, true);
    const firstIndex = view.getFloat64(at + 8, true);
    const hz = view.getFloat64(at + 16, true);
    tracks.push({ firstIndex, hz, values: new Float32Array(bytes, at + TRACK_BYTES, count) });
    at += TRACK_BYTES + 4 * (count + (count % 2));
  }
  return {
    generation: view.getUint16(2, true),
    revision: view.getUint32(4, true),
    madeS: view.getFloat64(8, true),
    tracks,
  };
}

/** The last values of one track, by index. */
export class Ring {
  /** @param {number} hz @param {number} keptS */
  constructor(hz, keptS = 90) {
    this.hz = hz;
    this.size = Math.ceil(hz * keptS);
    this.values = new Float32Array(this.size).fill(NaN);
    this.end = 0;
    this.isEmpty = true;
  }

  /** @param {DrawnTrack} track */
  add(track) {
    if (!track.values.length) return;
    let index = track.firstIndex;
    if (this.isEmpty) this.end = index;
    this.isEmpty = false;
    for (let gap = Math.max(this.end, index - this.size); gap < index; gap += 1) {
      this.values[gap % this.size] = NaN;
    }
    for (const value of track.values) {
      this.values[index % this.size] = value;
      index += 1;
    }
    this.end = Math.max(this.end, index);
  }

  /** @param {number} index */
  at(index) {
    if (index >= this.end || index < this.end - this.size || index < 0) return NaN;
    return this.values[index % this.size] ?? NaN;
  }

  /** Seconds of session time just after the newest value. */
  get endS() {
    return this.end / this.hz;
  }

  get newest() {
    return this.isEmpty ? NaN : this.at(this.end - 1);
  }
}

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 2000;
const RESEND_MS = 250;
const SYNC_MS = 1000;

/**
 * One screen's line to its room: reconnects by itself, asks for what it missed, and sends a
 * command again until the room says that it has it.
 */
export class Line {
  /**
   * @param {string} path
   * @param {object} on
   * @param {(frame: Frame) => void} on.frame
   * @param {(picture: any) => void} on.picture
   * @param {(isOpen: boolean) => void} on.change
   */
  constructor(path, on) {
    this.path = path;
    this.on = on;
    /** @type {number[]} */
    this.cursor = [];
    this.generation = -1;
    /** @type {Map<string, object>} */
    this.unanswered = new Map();
    /** server clock minus this page's clock, seconds */
    this.serverAheadS = NaN;
    this.bestTripS = Infinity;
    this.retryMs = FIRST_RETRY_MS;
    this.isOver = false;
    this.isSignedOut = false;
    /** @type {WebSocket | null} */
    this.socket = null;
    this.open();
    setInterval(() => this.resend(), RESEND_MS);
    setInterval(() => this.sync(), SYNC_MS);
  }

  get isOpen() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  open() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}${this.path}`);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.onopen = () => {
      this.retryMs = FIRST_RETRY_MS;
      this.say({ type: "hello", generation: this.generation, cursor: this.cursor });
      this.sync();
      this.resend();
      this.on.change(true);
    };
    socket.onmessage = (event) => this.hear(event.data);
    socket.onclose = (event) => {
      // 4401: this screen is not let in (any more); 4404: the room is gone.
      this.isOver = this.isOver || event.code === 4401 || event.code === 4404;
      this.isSignedOut = event.reason === "signed out";
      this.on.change(false);
      if (this.isOver) return;
      setTimeout(() => this.open(), this.retryMs);
      this.retryMs = Math.min(LAST_RETRY_MS, this.retryMs * 2);
    };
  }

  /** @param {ArrayBuffer | string} data */
  hear(data) {
    if (typeof data !== "string") {
      const frame = decode(data);
      this.generation = frame.generation;
      this.cursor = frame.tracks.map((track) => track.firstIndex + track.values.length);
      this.on.frame(frame);
      return;
    }
    const message = JSON.parse(data);
    if (message.type === "picture") this.on.picture(message);
    else if (message.type === "answer") this.unanswered.delete(message.id);
    else if (message.type === "sync") this.heardSync(message.at_s, message.server_s);
  }

  /** @param {number} atS @param {number} serverS */
  heardSync(atS, serverS) {
    const nowS = performance.now() / 1000;
    const tripS = nowS - atS;
    // The quickest round trip knows the offset best; it is forgotten slowly, as clocks drift.
    this.bestTripS += 0.00005;
    if (tripS > this.bestTripS) return;
    this.bestTripS = tripS;
    this.serverAheadS = serverS - (atS + tripS / 2);
  }

  sync() {
    this.say({ type: "sync", at_s: performance.now() / 1000 });
  }

  /** @param {object} message */
  say(message) {
    if (this.isOpen) this.socket?.send(JSON.stringify(message));
  }

  /**
   * Send a command and keep sending it until it is answered.
   * @param {object} command
   */
  command(command) {
    const id = crypto.randomUUID();
    this.unanswered.set(id, { type: "command", id, ...command });
    this.resend();
  }

  resend() {
    for (const message of this.unanswered.values()) this.say(message);
  }
}
