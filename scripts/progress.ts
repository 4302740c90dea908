/** How often a line is written where nothing can be overwritten. */
const lineMs = 2_000;
const overwrite = '\r\u001b[K';

/**
 * One line that says how far a command is. A terminal sees it change in place; a file or a pipe
 * gets a line from time to time. It goes to standard error, so that results stay alone.
 */
export class Progress {
  readonly #isTerminal = process.stderr.isTTY;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #isOpen = false;

  /** Shows `line` now, or where lines stay, if the last one was a while ago. */
  show(line: string): void {
    if (this.#isTerminal) {
      process.stderr.write(`${overwrite}${line.slice(0, process.stderr.columns)}`);
      this.#isOpen = true;
    } else if (performance.now() - this.#writtenAt >= lineMs) {
      this.say(line);
    }
  }

  /** Writes a line that stays. */
  say(line: string): void {
    this.end();
    process.stderr.write(`${line}\n`);
    this.#writtenAt = performance.now();
  }

  /** Removes the line that changes, so that something else can be written. */
  end(): void {
    if (this.#isOpen) process.stderr.write(overwrite);
    this.#isOpen = false;
  }
}
