/** Work that is done piece by piece between frames, so that none of it makes the page wait. */
export class Turns {
  /** Do `work` when its turn comes; what is returned takes it back. */
  add(work: () => void): () => void {
    this._waiting.add(work);
    this._begin();
    return () => {
      this._waiting.delete(work);
    };
  }

  private _begin(): void {
    if (!this._running && this._waiting.size) {
      this._running = true;
      requestAnimationFrame(() => {
        // After the frame was drawn.
        setTimeout(() => {
          this._next();
        });
      });
    }
  }

  private _next(): void {
    this._running = false;
    const [work] = this._waiting;
    if (work) {
      this._waiting.delete(work);
      try {
        work();
      } finally {
        this._begin();
      }
    }
  }

  private readonly _waiting = new Set<() => void>();
  private _running = false;
}
