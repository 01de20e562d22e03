/**
 * Let `node` have the Enter key for as long as the answer is not called: a dialog above it would end, or swallow the
 * key. `take` says whether it did something with it; where it did not, the dialog gets the key.
 */
export function keepEnter(node: HTMLElement, take: (event: KeyboardEvent) => 'taken' | 'typed' | 'left'): () => void {
  const listen = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.isComposing || event.target !== node) {
      return;
    }
    const what = take(event);
    if (what !== 'left') {
      event.stopPropagation();
    }
    if (what === 'taken') {
      event.preventDefault();
    }
  };
  // The window hears of it before the dialog does.
  window.addEventListener('keydown', listen, true);
  return () => {
    window.removeEventListener('keydown', listen, true);
  };
}
