/** The picture that the network sees: a file, what the camera sees, a part of it in a frame, a picture that is moved. */

import { WAYS, button, el, say } from "./dom.js";
import { Refused, drawn, opened } from "./photo.js";
import { middle } from "./resample.js";

/** @typedef {import("./desk.js").Desk} Desk @typedef {import("./resample.js").Picture} Picture @typedef {import("./resample.js").Box} Box */

const SHOWN = 240; // pixels of the longer side of the photo, as the workbook shows it too
const STEP = 0.02; // of the photo: how far a key moves the frame
const SMALLEST = 0.1; // of the largest frame

/** The part of the page that takes a photo. */
export class Input {
  /** @param {Desk} desk @param {(text: string) => void} tell */
  constructor(desk, tell) {
    this.desk = desk;
    this.tell = tell;
    this.name = "";
    /** @type {{width: number, height: number} | null} its pixels are with the thread that calculates */
    this.photo = null;
    /** @type {Picture | null} what that thread has not got yet */
    this.given = null;
    /** @type {HTMLCanvasElement} the photo, to draw it small again and again */
    this.whole = el("canvas");
    this.due = false;
    this.moved = false;
    /** @type {Promise<void> | null} */
    this.seeing = null;
    /** @type {Box} */
    this.box = [0, 0, 1, 1];
    this.share = 1;
    this.small = el("canvas", { class: "photo", tabindex: 0, role: "application", "aria-label": say("frame") });
    this.size = el("input", { type: "range", id: "size", min: SMALLEST, max: 1, step: 0.01, value: 1, oninput: () => this.zoom(Number(this.size.value)) });
    this.framed = el("div", { class: "framed", hidden: true }, this.small, el("p", { class: "size" }, el("label", { for: "size" }, say("size")), this.size));
    this.chooser = el("input", { type: "file", id: "file", accept: "image/*", onchange: () => void this.take(this.chooser.files?.[0]) });
    this.camera = el("div", { class: "camera" });
    this.drop = el("div", { class: "drop" }, el("label", { for: "file", class: "choose" }, say("choose")), this.chooser, el("p", {}, say("drop")),
      button(say("camera"), () => void this.look()), this.camera);
    this.listen();
    this.element = el("div", { class: "input" }, this.drop, this.framed);
  }

  listen() {
    document.addEventListener("dragover", (event) => event.preventDefault());
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      void this.take(event.dataTransfer?.files[0]);
    });
    let from = /** @type {[number, number] | null} */ (null);
    const point = (/** @type {PointerEvent} */ event) => /** @type {[number, number]} */ ([event.offsetX, event.offsetY]);
    this.small.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
      from = point(event);
      this.small.setPointerCapture(event.pointerId);
    });
    this.small.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
      if (!from || !this.photo) return;
      const [x, y] = point(event);
      const scale = this.photo.width / this.small.clientWidth;
      this.move((x - from[0]) * scale, (y - from[1]) * scale);
      from = [x, y];
    });
    this.small.addEventListener("pointerup", () => (from = null));
    this.small.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      const way = WAYS[event.key];
      if (!way || !this.photo) return;
      event.preventDefault();
      this.move(way[0] * STEP * this.photo.width, way[1] * STEP * this.photo.height);
    });
  }

  /**
   * Read a file.
   * @param {File | undefined} file
   */
  async take(file) {
    if (!file) return;
    this.tell(say("reading"));
    try {
      const photo = await opened(file);
      this.name = file.name.replace(/\.[^.]*$/, "");
      await this.put(photo);
      this.tell(say("taken", { name: file.name }));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.tell(say(`refused_${error.message}`, { name: file.name }));
    }
    this.chooser.value = "";
  }

  /**
   * Show a photo to the network.
   * @param {Picture} photo
   */
  async put(photo) {
    const [, height, width] = this.desk.facts.shape;
    this.given = photo;
    this.photo = { width: photo.width, height: photo.height };
    [this.whole.width, this.whole.height] = [photo.width, photo.height];
    const pixels = new ImageData(new Uint8ClampedArray(photo.data), photo.width, photo.height);
    this.whole.getContext("2d")?.putImageData(pixels, 0, 0);
    this.box = middle(photo, width, height);
    this.share = 1;
    this.size.value = "1";
    this.framed.hidden = false;
    this.desk.forgetTruth();
    await this.see();
  }

  /** Bring what is in the frame to the network; of many moves of the frame only the last. */
  async see() {
    this.drawPhoto(this.small, SHOWN);
    this.moved = true;
    this.seeing ??= this.bring().finally(() => (this.seeing = null));
    await this.seeing;
  }

  async bring() {
    const [channels, height, width] = this.desk.facts.shape;
    while (this.moved) {
      this.moved = false;
      for (let photo = this.given; photo; photo = this.given) {
        this.given = null;
        await this.desk.ask("photo", { photo, channels }, [photo.data.buffer]);
      }
      await this.desk.show(await this.desk.ask("look", { width, height, box: this.box, levels: this.desk.facts.levels }));
    }
  }

  /** @param {number} right @param {number} down in pixels of the photo */
  move(right, down) {
    if (!this.photo) return;
    const [left, top, end, bottom] = this.box;
    const [wide, high] = [end - left, bottom - top];
    const x = Math.min(this.photo.width - wide, Math.max(0, left + right));
    const y = Math.min(this.photo.height - high, Math.max(0, top + down));
    this.box = [x, y, x + wide, y + high];
    this.soon();
  }

  /** See what is in the frame before the screen is drawn again: of many moves only the last. */
  soon() {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      void this.see();
    });
  }

  /**
   * Make the frame smaller, around its middle.
   * @param {number} share of the largest
   */
  zoom(share) {
    if (!this.photo) return;
    const [, height, width] = this.desk.facts.shape;
    const whole = middle(this.photo, width, height);
    const [wide, high] = [(whole[2] - whole[0]) * share, (whole[3] - whole[1]) * share];
    const [x, y] = [(this.box[0] + this.box[2] - wide) / 2, (this.box[1] + this.box[3] - high) / 2];
    this.box = [x, y, x + wide, y + high];
    this.move(0, 0);
  }

  /**
   * Draw the photo, small, and the frame; where it is `part`, only a frame around less than all of it.
   * @param {HTMLCanvasElement} canvas @param {number} longest @param {boolean} [part]
   */
  drawPhoto(canvas, longest, part = false) {
    const photo = this.photo;
    const context = canvas.getContext("2d");
    if (!photo || !context) return;
    const scale = longest / Math.max(photo.width, photo.height);
    canvas.width = Math.max(1, Math.round(photo.width * scale));
    canvas.height = Math.max(1, Math.round(photo.height * scale));
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(this.whole, 0, 0, canvas.width, canvas.height);
    const [left, top, right, bottom] = this.box.map((end) => end * scale);
    if (part && right - left >= canvas.width && bottom - top >= canvas.height) return;
    context.lineWidth = 3;
    context.strokeStyle = "#ffe14d";
    context.strokeRect(left + 1.5, top + 1.5, right - left - 3, bottom - top - 3);
  }

  /** Ask for the camera, and show what it sees until a picture is taken. */
  async look() {
    /** @type {MediaStream} */
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user" } });
    } catch {
      this.tell(say("no_camera"));
      return;
    }
    const video = el("video", { autoplay: true, playsinline: true, muted: true, "aria-label": say("camera") });
    video.srcObject = stream;
    const end = () => {
      for (const track of stream.getTracks()) track.stop();
      this.camera.replaceChildren();
    };
    const snap = () => {
      if (video.videoWidth === 0) return;
      const photo = drawn(video, video.videoWidth, video.videoHeight);
      end();
      this.name = say("photo");
      void this.put(photo);
    };
    this.camera.replaceChildren(video, el("p", {}, button(say("snap"), snap), " ", button(say("stop"), end)));
  }
}
