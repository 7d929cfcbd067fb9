// Waiting for something that cannot be waited for by a selector.

/**
 * Asks again and again until the answer is truthy, and returns it.
 *
 * @template T
 * @param {() => T | Promise<T>} question what it throws counts as "not yet", and is told when time is up
 * @param {string} expected what is waited for, for the message
 * @param {number} limit milliseconds
 * @returns {Promise<T>}
 * @throws {Error} when time is up
 */
export async function eventually(question, expected, limit = 10_000) {
  const end = Date.now() + limit;
  let last;
  for (;;) {
    try {
      last = await question();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) {
      const seen = last instanceof Error ? last.message : JSON.stringify(last);
      throw new Error(`in vain for ${limit} ms: ${expected}; last: ${seen}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
