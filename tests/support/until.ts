/**
 * Asks again and again until the answer is yes; a question that fails counts as no. Each question is a request to the thing
 * that is waited for, so that nothing waits longer than it takes. Jest's own limit ends a wait that is in vain.
 */
export async function until(question: () => Promise<boolean>): Promise<void> {
  for (;;) {
    const answer = await question().catch(() => false);
    if (answer) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
