/**
 * The errors of the codec: one family, so that `error instanceof TgcError` tells them from bugs.
 *
 * Messages are one line, fit to be shown to a person: what was wrong, then what to do about it. A
 * cancelled call is none of these: it throws the reason of its AbortSignal, as `fetch` does.
 */

/** @typedef {'bitstream' | 'bundle' | 'image' | 'usage'} Kind */

/** Base class of every error that the codec raises on purpose. */
export class TgcError extends Error {
  /**
   * @param {Kind} kind what was wrong, for programs; survives a message to another thread
   * @param {string} message for people
   */
  constructor(kind, message) {
    super(message);
    this.kind = kind;
    this.name = new.target.name;
  }
}

/** A compressed file is damaged, cut short, or not for this codec. */
export class BitstreamError extends TgcError {
  /** @param {string} message */
  constructor(message) {
    super('bitstream', message);
  }
}

/** A model bundle is damaged, incomplete, or breaks the normative bounds. */
export class BundleError extends TgcError {
  /** @param {string} message */
  constructor(message) {
    super('bundle', message);
  }
}

/** A picture has a size or form that cannot be coded. */
export class ImageError extends TgcError {
  /** @param {string} message */
  constructor(message) {
    super('image', message);
  }
}

/** A function was called with arguments that make no sense. */
export class UsageError extends TgcError {
  /** @param {string} message */
  constructor(message) {
    super('usage', message);
  }
}

/**
 * What an untrusted file says, safe to repeat in a message: on one line, printable, cut short.
 *
 * @param {unknown} foreign
 * @param {number} most characters
 */
export function shown(foreign, most = 80) {
  const text = String(foreign).slice(0, most + 1);
  const safe = text.replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (c) => {
    return `\\u{${/** @type {number} */ (c.codePointAt(0)).toString(16)}}`;
  });
  return safe.length > most ? `${safe.slice(0, most)}...` : safe;
}
