/** Two pictures of one size over each other, with a handle that moves where they meet. */
export class Viewer {
  #frame;
  #under;
  #over;
  #split;
  #names = { left: '', right: '' };

  /** @param {HTMLElement} frame holds two canvases and a range */
  constructor(frame) {
    this.#frame = frame;
    const [under, over] = frame.querySelectorAll('canvas');
    this.#under = under;
    this.#over = over;
    this.#split = /** @type {HTMLInputElement} */ (frame.querySelector('input'));
    this.#split.addEventListener('input', () => this.#move());
    this.#move();
  }

  /**
   * @param {'left' | 'right'} side
   * @param {ImageBitmap} picture
   * @param {string} name for people
   */
  show(side, picture, name) {
    const canvas = side === 'left' ? this.#under : this.#over;
    // A canvas of another size is emptied; one of the same size keeps its picture until it is drawn.
    if (canvas.width !== picture.width) canvas.width = picture.width;
    if (canvas.height !== picture.height) canvas.height = picture.height;
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    context.clearRect(0, 0, picture.width, picture.height);
    context.drawImage(picture, 0, 0);
    canvas.setAttribute('aria-label', name);
    this.#names[side] = name;
    this.#move();
  }

  /** Shows as much of one picture as of the other. */
  center() {
    this.#split.value = '50';
    this.#move();
  }

  /** @param {boolean} actual one pixel of the picture for each of the page, or all that fits */
  zoom(actual) {
    this.#frame.classList.toggle('actual', actual);
  }

  #move() {
    const share = this.#split.valueAsNumber;
    this.#frame.style.setProperty('--split', `${share}%`);
    const { left, right } = this.#names;
    this.#split.setAttribute('aria-valuetext', `${Math.round(share)} % ${left}, the rest ${right}`);
  }
}
